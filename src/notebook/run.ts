/** Executes notebooks in the kernel, each in a process of its own, as an async generator of its progress. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { InputError } from "../error.js";
import { packageRoot } from "./root.js";

export interface RunRequest {
  /** Absolute path of the notebook; its cells run in its folder. */
  readonly notebook: string;
  /** Absolute path of the executed notebook, which is written as a whole or not at all. */
  readonly output: string;
  readonly kernel: string;
  /** Seconds that one cell may take; null for as long as it takes. */
  readonly timeout: number | null;
  /** What else the executed notebook says of its run, beside date and kernel: the profile, the data set. */
  readonly about: Readonly<Record<string, string>>;
  /** Added to the environment of the kernel. */
  readonly env: Readonly<Record<string, string>>;
  /** The Python that has nbclient. */
  readonly python: string;
  /** Stops the kernel when aborted; the generator then ends, and an earlier result stays as it was. */
  readonly signal: AbortSignal;
}

export interface CellFailure {
  /** The number of the code cell, from 1. */
  readonly cell: number;
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

export type RunEvent =
  | { readonly kind: "started"; readonly cells: number }
  /** A code cell starts; cells count from 1. */
  | { readonly kind: "cell"; readonly cell: number; readonly cells: number }
  | { readonly kind: "finished" }
  | ({ readonly kind: "failed" } & CellFailure);

type Report = RunEvent | { readonly kind: "refused"; readonly what: string; readonly expected: string };

/** Beside this file in src/; the compiler does not copy it to dist/. */
const script = join(packageRoot, "src", "notebook", "execute.py");

/** The interpreter of the project's own Python environment. */
export function projectPython(): string {
  const python = join(
    packageRoot,
    ".venv",
    process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
  );
  if (existsSync(python)) return python;
  throw new InputError(
    `${python} (missing)`,
    "the project's Python environment",
    "Run `npm run setup` first.",
  );
}

/**
 * Yields what happens; ends after `finished` or `failed`, or when stopped.
 * @throws InputError if the notebook cannot be read, the output not be written, or the kernel is not installed
 */
export async function* runNotebook(request: RunRequest): AsyncGenerator<RunEvent, void> {
  const { python, env, signal, ...task } = request;
  const child = spawn(python, [script, JSON.stringify({ ...task, folder: dirname(request.notebook) })], {
    // A group of its own: Ctrl-C reaches us alone, and we end the kernel in an orderly way.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      errors.push(String(error));
      resolve();
    });
  });
  const stopNow = (): void => void stop(child, ended);
  signal.addEventListener("abort", stopNow);
  let last: Report | undefined;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      last = JSON.parse(line) as Report;
      if (last.kind === "refused") throw refusal(last);
      yield last;
    }
    await ended;
    if (signal.aborted) return;
    if (last?.kind !== "finished" && last?.kind !== "failed") {
      throw new Error(`the execution of ${request.notebook} ended without a result:\n${errors.join("")}`);
    }
  } finally {
    signal.removeEventListener("abort", stopNow);
    await stop(child, ended);
  }
}

function refusal({ what, expected }: { what: string; expected: string }): InputError {
  const remedy = what.startsWith("kernel ")
    ? "Run `npx workbook kernel install` first."
    : "Name another file.";
  return new InputError(what, expected, remedy);
}

const stopMs = 5000;

/** Asks the process to end, which ends its kernel too; insists after a while. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const group = -child.pid;
  child.kill("SIGHUP");
  const timer = setTimeout(() => process.kill(group, "SIGKILL"), stopMs);
  await ended;
  clearTimeout(timer);
}
