import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";

const project = join(import.meta.dirname, "..", "..");

/** What one case took in a process of its own kind, and what came of it. */
export interface Answer {
  readonly name: string;
  readonly said: readonly { readonly verdict: string; readonly reason: string }[];
  /** The class and message of what was thrown. */
  readonly thrown?: readonly [string, string];
  /** Milliseconds of processor time: the clock runs on while others use the machine. */
  readonly took: number;
  /** Memory of the process afterwards, in MB. */
  readonly memory: number;
}

/** One case: a formula, or a document with the name of its file. */
export interface Case {
  readonly name: string;
  readonly text: string;
  readonly file?: string;
}

/** Runs in the child, on the built checker. Whatever a case leaves behind in the globals is told. */
const program = `
const { checkLatex, checkStatements } = await import("${join(project, "dist", "derivation", "check.js")}");
const { readDocument } = await import("${join(project, "dist", "derivation", "document.js")}");
const globals = () => [globalThis, Object.prototype, Array.prototype, Function.prototype, String.prototype].flatMap((each) => Reflect.ownKeys(each)).length;
let text = "";
for await (const chunk of process.stdin) text += chunk;
checkLatex("\\\\beta_t = \\\\beta_t");
const before = globals();
for (const one of JSON.parse(text)) {
  const start = process.cpuUsage();
  let [said, thrown] = [[], undefined];
  try {
    const report = one.file === undefined ? checkLatex(one.text) : checkStatements(readDocument(one.text, one.file));
    said = report.statements.slice(0, 500).map(({ verdict, reason = "" }) => ({ verdict, reason }));
    said.length = Math.min(said.length, 500);
  } catch (error) { thrown = [error.name, error.message]; }
  if (globals() !== before) thrown = ["Error", "the globals have changed"];
  const { user } = process.cpuUsage(start);
  const answer = { name: one.name, said, thrown, took: user / 1e3, memory: process.memoryUsage.rss() / 1e6 };
  process.stdout.write(JSON.stringify(answer) + "\\n");
}`;

/** How long a case may be silent before its process is ended: the machine may be busy. */
const patience = 60_000;

/**
 * Answers of the cases, each from one process; a case that hangs or brings the process down ends it, and
 * the error names it.
 */
export async function answersOf(cases: readonly Case[]): Promise<ReadonlyMap<string, Answer>> {
  const child = spawn(process.execPath, ["--input-type=module", "--max-old-space-size=500", "-e", program], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const answers = new Map<string, Answer>();
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  let timer = setTimeout(() => child.kill("SIGKILL"), patience);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    answers.set(answer.name, answer);
    clearTimeout(timer);
    timer = setTimeout(() => child.kill("SIGKILL"), patience);
  });
  child.stdin.end(JSON.stringify(cases));
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const missing = cases.find(({ name }) => !answers.has(name));
  if (missing !== undefined) throw new Error(`no answer to "${missing.name}": ${errors.slice(0, 2_000)}`);
  return answers;
}
