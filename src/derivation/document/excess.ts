import { InputError } from "../../error.js";

/**
 * What a Markdown text may have. The parser takes time and memory for every line and every mark, and in one
 * paragraph for every pair of marks; texts that people write stay far below.
 */
const limits = {
  lines: 25_000,
  dollars: 60_000,
  /** `*`, `_`, brackets and their like between two empty lines. */
  marks: 5_000,
  /** Quotations and lists within one another. */
  depth: 100,
} as const;

const mostFormulas = 20_000;

/** @throws InputError for a text whose parsing would take too long */
export function refuseExcess(markdown: string, file: string): void {
  const remedy = "Give the part that has the formulas.";
  const lines = count(markdown, "\n") + 1;
  if (lines > limits.lines)
    throw new InputError(`${file}, ${lines} lines`, `at most ${limits.lines}`, remedy);
  const dollars = count(markdown, "$") + count(markdown, "\\[") + count(markdown, "\\(");
  if (dollars > limits.dollars)
    throw new InputError(`${file}, ${dollars} dollars and brackets`, `at most ${limits.dollars}`, remedy);
  let [marks, number] = [0, 0];
  for (const line of markdown.split("\n")) {
    number++;
    if (line.trim() === "") marks = 0;
    marks += line.length - line.replaceAll(/[*_[\]<&`~!]/g, "").length;
    if (marks > limits.marks) {
      const what = `${file}, line ${number}: a paragraph with ${marks} marks`;
      throw new InputError(what, `at most ${limits.marks}`, "Break it with empty lines.");
    }
    const [containers = ""] = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|[0-9]{1,9}[.)](?=[ \t])))*/.exec(line) ?? [];
    const depth = containers.replaceAll(/[ \t0-9]/g, "").length;
    if (depth > limits.depth)
      throw new InputError(
        `${file}, line ${number}: nested ${depth} deep`,
        `at most ${limits.depth}`,
        remedy,
      );
  }
}

/** @throws InputError for more formulas than are checked at once */
export function refuseMany(formulas: number, file: string): void {
  if (formulas <= mostFormulas) return;
  const remedy = "Check it in parts.";
  throw new InputError(`${file} with ${formulas} formulas`, `at most ${mostFormulas}`, remedy);
}

function count(text: string, mark: string): number {
  let found = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) found++;
  return found;
}
