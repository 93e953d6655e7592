import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../src/notebook/root.js";

/** What a script of test/support prints as JSON, run by the Python of the workbook. */
export function python(script: string, ...args: readonly string[]): unknown {
  const file = join(packageRoot, "test", "support", script);
  const output = execFileSync(join(packageRoot, ".venv", "bin", "python"), ["-I", file, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 28,
  });
  return JSON.parse(output);
}
