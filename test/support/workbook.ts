import { mkdtemp, readFile, rm, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { main } from "../../src/cli/main.js";

/** What one call of the command line said. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Calls the command line in-process and records what it writes. */
export async function workbook(cwd: string, ...argv: readonly string[]): Promise<Outcome> {
  let out = "";
  let err = "";
  const status = await main(argv, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    cwd,
    env: {},
    isTerminal: false,
  });
  return { status, out, err };
}

/** Runs `body` in a folder of its own that holds these files (path to contents), and removes it. */
export async function inFolder(
  files: Readonly<Record<string, string>>,
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "workbook-test-"));
  try {
    for (const [path, contents] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), contents);
    }
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function read(...path: readonly string[]): Promise<string> {
  return readFile(join(...path), "utf8");
}
