/**
 * Labels of charts: text with plotly's little markup (`<i>`, `<b>`, `<sub>`, `<sup>`, entities), so that one
 * string serves plotly, the PNG and plain text. Greek letters, `√` and combining accents
 * (`ᾱ`, `β̃`) are written as themselves.
 */
import { InputError } from "../error.js";

/** A stretch of a label in one style. */
export interface LabelRun {
  readonly text: string;
  readonly italic: boolean;
  readonly bold: boolean;
  readonly script: "base" | "sub" | "sup";
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&nbsp;": "\u00a0",
};
const tags = ["i", "b", "sub", "sup"] as const;

/**
 * Reads a label into runs of one style.
 * @throws InputError if a tag is unknown or not closed
 */
export function parseLabel(label: string): LabelRun[] {
  const open: string[] = [];
  const runs: LabelRun[] = [];
  for (const [token] of label.matchAll(/<[^>]*>|&[a-z]+;|[^<&]+|[<&]/gu)) {
    const tag = /^<(\/?)(\w+)>$/u.exec(token);
    if (tag === null) {
      appendText(runs, entities[token] ?? token, open);
    } else if (!tags.some((known) => known === tag[2])) {
      throw new InputError(
        `label ${label}: ${token}`,
        "<i>, <b>, <sub> or <sup>",
        "Write &lt; for a bare <.",
      );
    } else if (tag[1] === "") {
      open.push(tag[2] ?? "");
    } else if (open.pop() !== tag[2]) {
      throw new InputError(
        `label ${label}: ${token}`,
        "the end of the tag opened last",
        "Close tags in order.",
      );
    }
  }
  if (open.length > 0) {
    throw new InputError(`label ${label}`, `an end for <${open.join(">, <")}>`, "Close every tag.");
  }
  return runs;
}

function appendText(runs: LabelRun[], text: string, open: readonly string[]): void {
  const script = open.filter((tag) => tag === "sub" || tag === "sup").at(-1);
  runs.push({
    text,
    italic: open.includes("i"),
    bold: open.includes("b"),
    script: script === "sub" || script === "sup" ? script : "base",
  });
}

/** The label in one line of plain text: `x<sub>t−1</sub>` becomes `x_{t−1}`, `ᾱ<sub>t</sub>` becomes `ᾱ_t`. */
export function plainLabel(label: string): string {
  const stretches: { text: string; script: LabelRun["script"] }[] = [];
  for (const { text, script } of parseLabel(label)) {
    const last = stretches.at(-1);
    if (last?.script === script) last.text += text;
    else stretches.push({ text, script });
  }
  return stretches.map(plainStretch).join("");
}

function plainStretch({ text, script }: Pick<LabelRun, "text" | "script">): string {
  if (script === "base") return text;
  return `${script === "sub" ? "_" : "^"}${/^.\p{M}*$/u.test(text) ? text : `{${text}}`}`;
}
