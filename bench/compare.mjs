/**
 * Whether two runs of `workbook check … --json` say the same: `node bench/compare.mjs BEFORE.json AFTER.json`. A change
 * that only makes the checker faster must change nothing but the last digits of rounding. Exit status 1 if it does.
 */
import { readFileSync } from "node:fs";

/** @typedef {{id: string, maxRelativeError: number | null, [field: string]: unknown}} Statement */

/** @param {string | undefined} file @returns {readonly Statement[]} */
const read = (file) => JSON.parse(readFileSync(file ?? "", "utf8")).statements;
const [before, after] = [read(process.argv[2]), read(process.argv[3])];

/** Errors below the tolerance are rounding. @param {number | null} a @param {number | null} b */
const alike = (a, b) =>
  a === b || (a !== null && b !== null && (Math.max(a, b) < 1e-40 || Math.abs(a - b) < 1e-6 * Math.abs(b)));

let differences = before.length === after.length ? 0 : 1;
if (differences > 0) process.stdout.write(`${before.length} statements before, ${after.length} after\n`);
for (const [at, old] of before.entries()) {
  const now = after[at];
  if (now === undefined) continue;
  for (const field of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [a, b] = [old[field], now[field]];
    const same =
      field === "source" ||
      JSON.stringify(a) === JSON.stringify(b) ||
      (field === "maxRelativeError" && alike(old.maxRelativeError, now.maxRelativeError));
    if (same) continue;
    differences++;
    process.stdout.write(`${old.id}: ${field}: ${JSON.stringify(a)} before, ${JSON.stringify(b)} after\n`);
  }
}
process.stdout.write(differences === 0 ? `${before.length} statements, no difference\n` : "");
process.exitCode = differences === 0 ? 0 : 1;
