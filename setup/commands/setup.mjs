/**
 * `npm run setup`
 *   --check         only says what would be done; status 1 if anything would
 *   --check --json  the same as one JSON array of {name, reason?}
 */
import { check, setUp } from "../all.mjs";
import { createContext } from "../context.mjs";

/** @param {readonly string[]} options */
export async function setup(options) {
  const context = createContext();
  if (!options.includes("--check")) {
    process.exitCode = (await setUp(context)) ? 0 : 1;
    return;
  }
  const states = check(context);
  const lines = states.map(
    ({ name, reason }) => `${reason === undefined ? "✓" : "✗"} ${name}: ${reason ?? "up to date"}`,
  );
  context.write(`${options.includes("--json") ? JSON.stringify(states) : lines.join("\n")}\n`);
  process.exitCode = states.some(({ reason }) => reason !== undefined) ? 1 : 0;
}
