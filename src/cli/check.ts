import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { checkStatements } from "../derivation/check.js";
import { checkDefaults, type CheckOptions, type StatementSource } from "../derivation/options.js";
import { readDocument, readStream } from "../derivation/document.js";
import { notationData, readYaml } from "../derivation/document/frontMatter.js";
import { notations } from "../derivation/notation/ddpm.js";
import type { Notation } from "../derivation/notation/notation.js";
import { readNotation } from "../derivation/notation/readNotation.js";
import { plainText } from "../derivation/verdict/plainText.js";
import {
  summarize,
  type CheckReport,
  type StatementResult,
  type Verdict,
} from "../derivation/verdict/verdict.js";
import type { Schedule } from "../diffusion/schedule.js";
import { cosineSchedule, linearSchedule, quadraticSchedule } from "../diffusion/schedules.js";
import { InputError } from "../error.js";
import type { Command, CommandArguments } from "./command.js";
import { runMutation } from "./mutation.js";

const schedules: Readonly<Record<string, (range: { readonly T: number }) => Schedule>> = {
  linear: linearSchedule,
  cosine: cosineSchedule,
  quadratic: quadraticSchedule,
};

const usage = `Usage: workbook check FILE… [OPTIONS]

Says of every formula whether it holds: of displayed ones, and of inline ones that contain a
relation. FILE is Markdown (.md), LaTeX (.tex; \\label names a formula), HTML (.html: data-tex, and
the sources of KaTeX and MathJax), a notebook (.ipynb: its Markdown cells), a JSON list (.json:
[{"id", "latex", "chain"?, "line"?, "document"?}]; lines with one chain form one derivation, and what
a formula defines or declares is known to those after it with the same document), or - for standard
input (such a list, or one formula per line).

  --notation NAME   which symbol means what: ${Object.keys(notations).join(", ")} (default ${checkDefaults.notation.name}), or a file of
                    YAML or JSON; otherwise what the document's front matter says under \`notation\`
  --seed N          seed of the random worlds (default ${checkDefaults.seed})
  --worlds N        how many worlds (default ${checkDefaults.worlds})
  --digits N        significant digits carried (default ${checkDefaults.digits})
  --schedule NAME:T judge at the betas of a schedule (${Object.keys(schedules).join(", ")}) and every t = 1…T of it
                    instead of at random betas; T is 1000 unless given
  --json            one JSON document instead of the table
  --mutate          check the checker: make every known slip in every statement that holds, and list
                    those that were not noticed

Exit status: 0 nothing failed (undecided formulas are shown); 1 a formula fails or cannot be read, or,
with --mutate, a slip that changes the value was not noticed; 2 the call itself is wrong.
`;

export const command: Command = {
  summary: "verdict per formula of a document",
  usage,
  options: {
    notation: { type: "string" },
    seed: { type: "string" },
    worlds: { type: "string" },
    digits: { type: "string" },
    schedule: { type: "string" },
    json: { type: "boolean" },
    mutate: { type: "boolean" },
  },
  run: async (args, effects) => {
    const options = {
      seed: integerOf(args, "seed"),
      ...(args.values["worlds"] === undefined ? {} : { worlds: integerOf(args, "worlds") }),
      ...scheduleOf(args),
      digits: integerOf(args, "digits"),
    };
    const given = await givenNotation(args, effects.cwd);
    const documents = await Promise.all(filesOf(args).map((file) => readSource(file, effects.cwd)));
    const json = args.values["json"] === true;
    if (args.values["mutate"] === true) {
      const asked = documents.map(({ statements, notation }) => ({
        statements,
        options: { ...options, notation: given ?? notation },
      }));
      return runMutation(asked, json, effects);
    }
    // A document's notation and definitions end with it.
    const reports = documents.map(({ statements, notation }) =>
      checkStatements(statements, { ...options, notation: given ?? notation }),
    );
    const found = reports.flatMap((each) => each.statements);
    const report = { statements: found, summary: summarize(found) };
    effects.out(json ? `${JSON.stringify(report)}\n` : table(report, effects.isTerminal));
    return report.summary.fails + report.summary.unreadable > 0 ? 1 : 0;
  },
};

function filesOf({ positionals }: CommandArguments): readonly string[] {
  if (positionals.length === 0) {
    throw new InputError(
      "no FILE",
      "at least one document",
      "Try: workbook check notebooks/01-forward-process.md",
    );
  }
  return positionals;
}

interface Source {
  readonly statements: readonly StatementSource[];
  readonly notation: Notation;
}

/** The statements of a document and the notation that its front matter asks for. */
async function readSource(file: string, cwd: string): Promise<Source> {
  const { notation } = checkDefaults;
  if (file === "-") return { statements: readStream(await readAll(process.stdin)), notation };
  const text = await readText(file, cwd);
  const statements = readDocument(text, file);
  const data = notationData(text, file);
  return { statements, notation: data === undefined ? notation : await notationOf(data, file) };
}

/** A notation may name functions of the library, which load with it: most documents name none. */
async function notationOf(data: Parameters<typeof readNotation>[0], file: string): Promise<Notation> {
  const { libraryBindings } = await import("../binding/bindings.js");
  return readNotation(data, file, libraryBindings);
}

async function readText(file: string, cwd: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") {
      throw new InputError(`${file} (${error.code})`, "a file that can be read", "Check the path.", {
        cause: error,
      });
    }
    throw error;
  }
}

/** `--notation`: a name, or a file of YAML or JSON. */
async function givenNotation({ values }: CommandArguments, cwd: string): Promise<Notation | undefined> {
  const name = values["notation"];
  if (typeof name !== "string") return undefined;
  if (Object.hasOwn(notations, name)) return notations[name];
  if (/\.(?:ya?ml|json)$/.test(name)) return notationOf(readYaml(await readText(name, cwd), name), name);
  throw new InputError(
    `--notation ${name}`,
    `one of ${Object.keys(notations).join(", ")}, or a file ending in .yaml or .json`,
    "Choose one of these.",
  );
}

/** `linear`, `cosine:400` */
function scheduleOf({ values }: CommandArguments): Pick<CheckOptions, "schedule"> {
  const text = values["schedule"];
  if (typeof text !== "string") return {};
  const [, name = "", steps = "1000"] = /^([a-z]+)(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const make = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (make === undefined) {
    const known = Object.keys(schedules).join(", ");
    throw new InputError(
      `--schedule ${text}`,
      `one of ${known}, and a number of steps`,
      "Write --schedule linear:1000.",
    );
  }
  const { T, beta } = make({ T: Number(steps) });
  return { schedule: { name, betas: beta.slice(1, T + 1) } };
}

function integerOf({ values }: CommandArguments, name: "seed" | "worlds" | "digits"): number {
  const text = values[name];
  if (typeof text !== "string") return checkDefaults[name];
  if (!/^-?[0-9]{1,15}$/.test(text))
    throw new InputError(`--${name} ${text}`, "a whole number", `Write --${name} ${checkDefaults[name]}.`);
  return Number(text);
}

const colours: Readonly<Record<Verdict, string>> = {
  holds: "\u001b[32m",
  fails: "\u001b[31m",
  defines: "\u001b[36m",
  undecided: "\u001b[33m",
  unreadable: "\u001b[31m",
};

const widths = { verdict: 18, formula: 60 } as const;

function table(report: CheckReport, coloured: boolean): string {
  const places = report.statements.map(({ source }) => `${source.file}:${source.line}:${source.column}`);
  const width = Math.max(0, ...places.map((place) => place.length));
  const rows = report.statements.map((statement, at) =>
    row(statement, (places[at] ?? "").padEnd(width), coloured),
  );
  const counts = Object.entries(report.summary).map(([verdict, count]) => `${count} ${verdict}`);
  return `${rows.join("")}${counts.join(", ")}\n`;
}

function row(statement: StatementResult, place: string, coloured: boolean): string {
  const verdict = `${statement.verdict}${statement.inLaw ? " (in law)" : ""}`.padEnd(widths.verdict);
  const shown = coloured ? `${colours[statement.verdict]}${verdict}\u001b[0m` : verdict;
  const lines = [
    `${place}  ${shown}  ${excerpt(statement.latex).padEnd(widths.formula)}  ${measure(statement)}`.trimEnd(),
  ];
  if (statement.reason !== undefined) lines.push(`    ${statement.reason}`);
  if (statement.counterexample !== undefined) lines.push(`    ${statement.counterexample.text}`);
  lines.push(...explanation(statement).map((line) => `    ${line}`));
  return `${lines.join("\n")}\n`;
}

/** The slip that explains a failure, with the line as it would hold. */
function explanation({ repair, otherRepairs = [], chainRepair }: StatementResult): readonly string[] {
  const [first, ...others] = [...(repair === undefined ? [] : [repair]), ...otherRepairs];
  return [
    ...(first === undefined ? [] : [`${plainText(first.text)}: ${excerpt(first.latex)}`]),
    ...others.map(({ text, latex }) => `or ${plainText(text)}: ${excerpt(latex)}`),
    ...(chainRepair === undefined ? [] : [chainRepair]),
  ];
}

function measure({ maxRelativeError }: StatementResult): string {
  return maxRelativeError === null ? "" : `error ${maxRelativeError.toExponential(1)}`;
}

function excerpt(latex: string): string {
  const line = latex.replaceAll(/\s+/g, " ").trim();
  return line.length <= widths.formula ? line : `${line.slice(0, widths.formula - 1)}…`;
}
