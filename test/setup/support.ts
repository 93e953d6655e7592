import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Context, createContext } from "../../setup/context.mjs";

/** A context over an empty folder of its own, with what it writes; the folder goes with the test. */
export interface Trial {
  readonly context: Context;
  readonly root: string;
  /** Everything written so far, with times and process ids replaced: `0.01 s` reads `T s`. */
  readonly written: () => string;
  readonly put: (name: string, text: string) => void;
}

export function createTrial(overrides: Partial<Context> = {}): Trial {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "workbook-setup-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  let text = "";
  const context = createContext({
    root,
    isTerminal: false,
    write: (more) => void (text += more),
    ...overrides,
  });
  return {
    context,
    root,
    written: () => withoutTimes(text),
    put: (name, content) => {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content, { mode: 0o755 });
    },
  };
}

export function withoutTimes(text: string): string {
  return text.replace(/ +\d+\.\d+ s/g, " T s");
}

/** Runs a module as a program of its own and waits for its first line; killed at the test's end at the latest. */
export async function startProgram(source: string): Promise<{
  readonly pid: number;
  readonly firstLine: string;
  readonly output: Promise<string>;
}> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    cwd: join(import.meta.dirname, "..", ".."),
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  const output = new Promise<string>((resolve) => child.once("close", () => resolve(text)));
  const firstLine = await new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (more: string) => {
      text += more;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
  });
  if (child.pid === undefined) throw new Error("the program did not start");
  return { pid: child.pid, firstLine, output };
}
