import type { ElementaryName, Span } from "../expr/expr.js";
import type { KatexNode } from "./nodes.js";
import { spanOf, type Token } from "./token.js";
import { own, type Tokenizing } from "./tokenizing.js";

type ExtremumToken = Extract<Token, { kind: "extremum" }>;

const series: Readonly<Record<string, "sum" | "product">> = { "\\sum": "sum", "\\prod": "product" };
const functions: Readonly<Record<string, ElementaryName>> = {
  exp: "exp",
  log: "log",
  ln: "log",
  cos: "cos",
  sin: "sin",
};
/** Words of upright letters that work on all that follows. */
const optimizers: Readonly<Record<string, ExtremumToken["which"]>> = {
  arg: "arg",
  argmax: "argmax",
  argmin: "argmin",
  max: "max",
  min: "min",
};
const integrals: Readonly<Record<string, 1 | 2 | 3>> = {
  "\\int": 1,
  "\\intop": 1,
  "\\iint": 2,
  "\\iiint": 3,
};

/** `\sum`, `\log`, `\max`, `\operatorname{…}`. */
export function operator(
  reader: Tokenizing,
  node: Extract<KatexNode, { type: "op" | "operatorname" }>,
  span: Span,
): readonly Token[] {
  if (node.type === "operatorname") {
    const tokens = reader.flat(node.body, span);
    const word = tokens.map((token) => (token.kind === "symbol" ? token.name : "?")).join("");
    const whole = spanOf(tokens, span);
    const which = own(optimizers, word);
    if (which !== undefined) return [{ kind: "extremum", which, span: whole }];
    if (word === "sup" || word === "inf")
      return [{ kind: "opaque", what: `the operator ${word}`, span: whole }];
    // \operatorname{\mathbb{E}}: a letter that is an operator already.
    if (tokens.length === 1 && word.startsWith("\\")) return tokens;
    return [
      /^[A-Za-z]+$/.test(word)
        ? wordToken(word, whole)
        : { kind: "opaque", what: "an operator", span: whole },
    ];
  }
  if (node.name === undefined) return reader.flat(node.body ?? [], span);
  const operator = own(series, node.name);
  if (operator !== undefined) return [{ kind: "series", operator, span }];
  const name = own(functions, node.name.slice(1));
  if (name !== undefined) return [{ kind: "function", name, span }];
  if (node.name === "\\det") return [{ kind: "symbol", name: "\\mathrm{det}", span }];
  const which = own(optimizers, node.name.slice(1));
  if (which !== undefined) return [{ kind: "extremum", which, span }];
  const count = own(integrals, node.name);
  if (count !== undefined) return [{ kind: "integral", count, span }];
  if (node.name.includes("int")) return [{ kind: "opaque", what: "an integral along a curve", span }];
  return [{ kind: "opaque", what: node.name === "\\lim" ? "a limit" : `the operator ${node.name}`, span }];
}

/** A word in upright letters: a known function, or a name of several letters. */
export function wordToken(word: string, span: Span): Token {
  const name = own(functions, word);
  if (name !== undefined) return { kind: "function", name, span };
  if (word === "arg" || word === "argmax" || word === "argmin")
    return { kind: "extremum", which: word, span };
  return { kind: "symbol", name: word.length === 1 ? word : `\\mathrm{${word}}`, span };
}
