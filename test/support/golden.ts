import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect } from "vitest";

/**
 * Compares a text with the file `test/output/PATH`. A missing file is written, except under CI; on
 * a difference the new text is left beside it as `-changed`.
 */
export function expectGolden(path: string, actual: string): void {
  const file = `test/output/${path}`;
  const changed = file.replace(/(\.\w+)$/, "-changed$1");
  if (!existsSync(file)) {
    if (process.env["CI"] !== undefined) throw new Error(`${file} is missing; run the tests once without CI`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  const expected = readFileSync(file, "utf8");
  if (actual === expected) rmSync(changed, { force: true });
  else writeFileSync(changed, actual);
  expect(actual, `compare ${file} with ${changed}`).toBe(expected);
}
