import type { Span } from "../expr/expr.js";
import type { KatexNode } from "./nodes.js";
import type { Token } from "./token.js";

/** What a superscript says of the letter it stands on. */
export interface Raised {
  /** What belongs to the name: primes, `^{*}`, `^{(i)}`, `^{\mathrm{simple}}`. */
  readonly label: string;
  /** What is left: a power, or `\top`. */
  readonly sup: readonly Token[];
}

const marks: readonly string[] = ["*", "+", "-"];
const signs: readonly string[] = ["\\star", "\\dagger", "\\circ"];

/** Tells a label from a power. `source` gives the formula's text of a span. */
export function readRaised(sup: readonly Token[], source: (span: Span) => string): Raised {
  const primes = sup.findIndex((token) => !(token.kind === "symbol" && token.name === "\\prime"));
  const count = primes < 0 ? sup.length : primes;
  const label = "'".repeat(count);
  const rest = sup.slice(count);
  const name = labelOf(rest, source);
  return name === undefined ? { label, sup: rest } : { label: `${label}^{${name}}`, sup: [] };
}

function labelOf(sup: readonly Token[], source: (span: Span) => string): string | undefined {
  const [only] = sup;
  if (only === undefined) return undefined;
  if (sup.length === 1) {
    if (only.kind === "operator" && marks.includes(only.text)) return only.text;
    if (only.kind === "symbol" && signs.includes(only.name)) return only.name;
    if (only.kind === "symbol" && only.name.startsWith("\\mathrm{")) return only.name;
    if (only.kind === "text") return `\\mathrm{${only.text}}`;
    if (only.kind === "group" && only.left === "(") return source(only.span).replaceAll(/\s+/g, "");
  }
  // L^{simple}: three letters and more in a row are a word; a product of three exponents is no habit.
  const letters = sup.map((token) => (token.kind === "symbol" ? token.name : "?"));
  const word = letters.length > 2 && letters.every((name) => /^[A-Za-z]$/.test(name));
  return word ? `\\mathrm{${letters.join("")}}` : undefined;
}

/** `A^{\mathsf T}`, `A^{\mathrm T}`: the upright T is a transpose; a slanted one may be the last time. */
export function isUprightT(node: KatexNode): boolean {
  if (node.type === "ordgroup" || node.type === "styling") {
    const [only] = node.body;
    return node.body.length === 1 && only !== undefined && isUprightT(only);
  }
  if (node.type !== "font" || !["mathsf", "mathrm"].includes(node.font)) return false;
  const inner = node.body.type === "ordgroup" && node.body.body.length === 1 ? node.body.body[0] : node.body;
  return inner?.type === "mathord" && inner.text === "T";
}
