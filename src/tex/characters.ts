import type { Span } from "../expr/expr.js";
import type { Token } from "./token.js";

/** Letters that KaTeX keeps as typed, in the spelling the tables of symbols use. */
const letters: Readonly<Record<string, string>> = {
  "\\varepsilon": "\\epsilon",
  "\\varphi": "\\phi",
  "\\vartheta": "\\theta",
  α: "\\alpha",
  β: "\\beta",
  γ: "\\gamma",
  δ: "\\delta",
  ε: "\\epsilon",
  ϵ: "\\epsilon",
  η: "\\eta",
  θ: "\\theta",
  λ: "\\lambda",
  μ: "\\mu",
  π: "\\pi",
  σ: "\\sigma",
  φ: "\\phi",
  Σ: "\\Sigma",
  "∞": "\\infty",
};

const relations: Readonly<Record<string, string>> = {
  "\\leq": "\\le",
  "≤": "\\le",
  "\\leqslant": "\\le",
  "\\geq": "\\ge",
  "≥": "\\ge",
  "\\geqslant": "\\ge",
  "\\lt": "<",
  "\\gt": ">",
  "\\rightarrow": "\\to",
  "→": "\\to",
  "∼": "\\sim",
  "≈": "\\approx",
  "∝": "\\propto",
  "≡": "\\equiv",
  "∈": "\\in",
  "≠": "\\ne",
  "≔": ":=",
  "≕": "=:",
  "\\triangleq": ":=",
  "≜": ":=",
  "\\doteq": "\\equiv",
  "\\approxeq": "\\approx",
  "\\simeq": "\\approx",
  "：": ":",
  "＝": "=",
};

const operators: Readonly<Record<string, "+" | "-" | "*" | "/">> = {
  "+": "+",
  "-": "-",
  "−": "-",
  // An en dash is typeset where a minus was meant; readers see a minus.
  "–": "-",
  "\\cdot": "*",
  "\\times": "*",
  "\\ast": "*",
  "*": "*",
  "×": "*",
  "·": "*",
  "⋅": "*",
  "/": "/",
};

const bars: Readonly<Record<string, "|" | "||">> = {
  "|": "|",
  "∣": "|",
  "\\mid": "|",
  "\\vert": "|",
  "\\|": "||",
  "\\Vert": "||",
  "\\parallel": "||",
  "∥": "||",
};

const opaque: Readonly<Record<string, string>> = {
  "\\partial": "a partial derivative",
  "\\exists": "a quantifier",
};

const bracketPairs: Readonly<Record<string, string>> = {
  "(": ")",
  "[": "]",
  "\\{": "\\}",
  "\\lbrace": "\\}",
  "\\lbrack": "]",
  "\\lVert": "\\rVert",
  "\\lvert": "\\rvert",
  "\\langle": "\\rangle",
  "\\lfloor": "\\rfloor",
  "\\lceil": "\\rceil",
};

/** Brackets of East Asian typography, with their side: KaTeX gives them none. */
const wideBrackets: Readonly<Record<string, readonly [side: "open" | "close", text: string]>> = {
  "（": ["open", "("],
  "）": ["close", ")"],
  "【": ["open", "["],
  "】": ["close", "]"],
  "［": ["open", "["],
  "］": ["close", "]"],
};

const wideLetter = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]$/u;

/** The closing bracket an opening one asks for; undefined if it opens nothing. */
export function closingOf(open: string): string | undefined {
  return bracketPairs[open];
}

/** A closing bracket in the one spelling that `closingOf` uses. */
export function closerOf(close: string): string {
  return close === "\\rbrace" ? "\\}" : close === "\\rbrack" ? "]" : close;
}

/** The token of one typeset character, judged by what it looks like and KaTeX's class for it. */
export function characterToken(text: string, family: string | undefined, span: Span): Token | undefined {
  const letter = letters[text] ?? text;
  const wide = wideBrackets[text];
  if (wide !== undefined) return { kind: "bracket", side: wide[0], text: wide[1], span };
  if (wideLetter.test(text)) return { kind: "text", text, span };
  const operator = operators[text];
  if (operator !== undefined) return { kind: "operator", text: operator, span };
  const bar = bars[text];
  if (bar !== undefined) return { kind: "separator", text: bar, span };
  if (text === "\\nabla" || text === "∇") return { kind: "gradient", span };
  if (text === "\\forall") return { kind: "text", text: "for all", span };
  const what = opaque[text];
  if (what !== undefined) return { kind: "opaque", what, span };
  if (family === "rel" || relations[text] !== undefined)
    return { kind: "relation", text: relations[text] ?? text, span };
  if (family === "open" || family === "close") return { kind: "bracket", side: family, text, span };
  if (text === "," || text === "，") return { kind: "separator", text: ",", span };
  if (text === ";" || text === "；") return { kind: "separator", text: ";", span };
  if (family === "inner" || /^…$|dots$/.test(text)) return { kind: "dots", span };
  if (/^[0-9]$/.test(text)) return { kind: "number", text, span };
  if (/^[A-Za-z]$|^\\[A-Za-z]+$/.test(letter)) return { kind: "symbol", name: letter, span };
  return { kind: "other", text, span };
}
