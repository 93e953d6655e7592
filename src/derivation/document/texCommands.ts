import { blank } from "./formula.js";

export interface Commands {
  /** Puts the definitions in the place of the commands. */
  readonly expand: (latex: string) => string;
  /** The text without the definitions, which are no formulas. */
  readonly rest: string;
}

/** A definition may use others, but not go round in circles for ever; and a formula has an end. */
const limits = { rounds: 8, characters: 20_000, body: 2_000 } as const;

const definition =
  /\\(?:(?:re)?newcommand|providecommand)\*?\s*\{?\\([a-zA-Z]+)\}?(?=\s*\{)|\\def\s*\\([a-zA-Z]+)(?=\s*\{)|\\DeclareMathOperator(\*?)\s*\{?\\([a-zA-Z]+)\}?(?=\s*\{)/g;

/** `\newcommand{\abar}{\bar\alpha}`, `\def\abar{…}` and `\DeclareMathOperator{\KL}{KL}` of a LaTeX text. */
export function expandCommands(text: string): Commands {
  const bodies = new Map<string, string>();
  const rest: string[] = [];
  let done = 0;
  for (const match of text.matchAll(definition)) {
    const open = text.indexOf("{", match.index + match[0].length);
    const close = closingBrace(text, open);
    if (close === undefined) continue;
    const body = text.slice(open + 1, close);
    const [, command, defined, star, operator] = match;
    const name = command ?? defined ?? operator;
    if (name === undefined || body.includes("#")) continue;
    bodies.set(name, operator === undefined ? body : `\\operatorname${star ?? ""}{${body}}`);
    // A definition within another goes with it.
    if (match.index < done) continue;
    rest.push(text.slice(done, match.index), blank(text.slice(match.index, close + 1)));
    done = close + 1;
  }
  return { expand: (latex) => expandAll(latex, bodies), rest: [...rest, text.slice(done)].join("") };
}

function expandAll(latex: string, bodies: ReadonlyMap<string, string>): string {
  let now = latex;
  for (let round = 0; round < limits.rounds && now.length < limits.characters; round++) {
    const next = now.replaceAll(/\\([a-zA-Z]+)/g, (whole, name: string) => {
      const body = bodies.get(name);
      // Braces end the name of a command; they group nothing that the definition did not.
      return body === undefined ? whole : `{${body}}`;
    });
    if (next === now) break;
    now = next;
  }
  return now;
}

function closingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < Math.min(text.length, open + limits.body); at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return undefined;
}
