import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { checkDefaults, checkStatements, type StatementSource } from "../derivation/check.js";
import { readDocument, readStream } from "../derivation/document.js";
import { notations } from "../derivation/notation/ddpm.js";
import type { Notation } from "../derivation/notation/notation.js";
import type { CheckReport, StatementResult, Verdict } from "../derivation/verdict/verdict.js";
import { InputError } from "../error.js";
import type { Command, CommandArguments } from "./command.js";
import { runMutation } from "./mutation.js";

const usage = `Usage: workbook check FILE… [OPTIONS]

Says of every formula whether it holds: of displayed ones, and of inline ones that contain a
relation. FILE is Markdown (.md), LaTeX (.tex; \\label names a formula), HTML (.html: data-tex, and
the sources of KaTeX and MathJax), a notebook (.ipynb: its Markdown cells), a JSON list (.json:
[{"id", "latex", "chain"?, "line"?}]; lines with one chain form one derivation), or - for standard
input (such a list, or one formula per line).

  --notation NAME   which symbol means what: ${Object.keys(notations).join(", ")} (default ${checkDefaults.notation.name})
  --seed N          seed of the random worlds (default ${checkDefaults.seed})
  --worlds N        how many worlds (default ${checkDefaults.worlds})
  --digits N        significant digits carried (default ${checkDefaults.digits})
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
    json: { type: "boolean" },
    mutate: { type: "boolean" },
  },
  run: async (args, effects) => {
    const statements = (
      await Promise.all(filesOf(args).map((file) => readStatements(file, effects.cwd)))
    ).flat();
    const options = {
      notation: notationOf(args),
      seed: integerOf(args, "seed"),
      worlds: integerOf(args, "worlds"),
      digits: integerOf(args, "digits"),
    };
    const json = args.values["json"] === true;
    if (args.values["mutate"] === true) return runMutation(statements, options, json, effects);
    const report = checkStatements(statements, options);
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

async function readStatements(file: string, cwd: string): Promise<readonly StatementSource[]> {
  if (file === "-") return readStream(await readAll(process.stdin));
  try {
    return readDocument(await readFile(resolve(cwd, file), "utf8"), file);
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") {
      throw new InputError(`${file} (${error.code})`, "a file that can be read", "Check the path.", {
        cause: error,
      });
    }
    throw error;
  }
}

function notationOf({ values }: CommandArguments): Notation {
  const name = values["notation"];
  if (typeof name !== "string") return checkDefaults.notation;
  const notation = Object.hasOwn(notations, name) ? notations[name] : undefined;
  if (notation === undefined) {
    throw new InputError(
      `--notation ${name}`,
      `one of ${Object.keys(notations).join(", ")}`,
      "Choose one of these.",
    );
  }
  return notation;
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
    ...(first === undefined ? [] : [`${first.text}: ${excerpt(first.latex)}`]),
    ...others.map(({ text, latex }) => `or ${text}: ${excerpt(latex)}`),
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
