import type { Span } from "../expr/expr.js";
import { matchBrackets } from "./brackets.js";
import { characterToken } from "./characters.js";
import { delimiter, leftRight } from "./delimiters.js";
import { ReadError } from "./error.js";
import { limits } from "./katex.js";
import type { KatexNode } from "./nodes.js";
import { operator, wordToken } from "./operatorToken.js";
import { readRemark } from "./remark.js";
import { scripted } from "./scripted.js";
import { hasScripts, spanOf, type Token } from "./token.js";
import { around, own, type Tokenizing } from "./tokenizing.js";
import { joinRuns } from "./words.js";

/**
 * Turns KaTeX nodes into tokens; `latex` tells places in the formula from places in a macro. Brackets at
 * the top are not matched yet: one may be closed on a later line.
 */
export function tokenizeOpen(nodes: readonly KatexNode[], latex: string): readonly Token[] {
  return joinRuns(new Tokenizer(latex).flat(nodes, { start: 0, end: 0 }));
}

const letterFonts = new Set(["mathcal", "mathbb", "mathfrak", "mathscr"]);
const wordFonts = new Set(["mathrm", "mathit", "mathsf", "mathtt", "mathbf", "textrm"]);
const boxes = new Set(["\\fbox", "\\colorbox", "\\fcolorbox"]);
const accents: Readonly<Record<string, string>> = { "\\widetilde": "\\tilde", "\\widehat": "\\hat" };

class Tokenizer implements Tokenizing {
  private depth = 0;

  constructor(readonly latex: string) {}

  /** Tokens of a closed part of the formula, brackets matched within it. */
  matched(nodes: readonly KatexNode[], near: Span): readonly Token[] {
    if (++this.depth > limits.depth) throw new ReadError(`nested more than ${limits.depth} deep`, near);
    const tokens = matchBrackets(joinRuns(this.flat(nodes, near)));
    this.depth--;
    return tokens;
  }

  /** Tokens with brackets still open: braces do not bound what they enclose. */
  flat(nodes: readonly KatexNode[], near: Span): readonly Token[] {
    const tokens: Token[] = [];
    let last = near;
    for (const node of nodes) {
      const made = this.node(node, this.span(node, { start: last.end, end: last.end }));
      tokens.push(...made);
      last = spanOf(made, last);
    }
    return tokens;
  }

  private span(node: KatexNode, near: Span): Span {
    const loc = node.loc;
    return loc?.lexer.input === this.latex ? { start: loc.start, end: loc.end } : near;
  }

  private node(node: KatexNode, span: Span): readonly Token[] {
    switch (node.type) {
      case "atom":
      case "mathord":
      case "textord": {
        const token = characterToken(node.text, node.family, span);
        return token === undefined ? [] : [token];
      }
      case "spacing":
        return [];
      case "kern":
        return isWide(node.dimension) ? [{ kind: "space", span }] : [];
      case "cr":
        return [{ kind: "newline", span }];
      case "ordgroup":
      case "color":
      case "styling":
      case "sizing":
      case "mclass":
      case "tag":
      case "pmb":
      case "hbox":
      case "href":
        return this.flat(node.body, span);
      case "underline":
      case "smash":
      case "lap":
      case "vcenter":
        return this.flat([node.body], span);
      case "phantom":
      case "hphantom":
      case "vphantom":
      case "rule":
        return [];
      case "xArrow":
        return [{ kind: "relation", text: "\\to", span }];
      case "horizBrace":
        return this.flat([node.base], span);
      case "enclose":
        if (!boxes.has(node.label)) throw new ReadError(`${node.label} is not read`, span);
        return this.boxed(node, span);
      case "font":
        return this.font(node, span);
      case "accent":
        return [this.accented(own(accents, node.label) ?? node.label, node.base, span)];
      case "overline":
        return [this.accented("\\bar", node.body, span)];
      case "supsub":
        return scripted(this, node, span);
      case "op":
      case "operatorname":
        return operator(this, node, span);
      case "genfrac":
        return [this.fraction(node, span)];
      case "sqrt":
        if (node.index !== null) throw new ReadError("a root other than the square root is not read", span);
        return [this.root(node.body, span)];
      case "leftright":
        return leftRight(this, node, span);
      case "middle":
        return this.flat([{ type: "textord", mode: "math", text: node.delim, loc: node.loc ?? null }], span);
      case "delimsizing":
        return [delimiter(node.delim, node.mclass, span)];
      case "text":
        return [textToken(textOf(node.body), this.extent(node.body, span))];
      case "array":
        return [{ kind: "opaque", what: "an array", bounded: true, span }];
      case "htmlmathml":
        return this.flat(node.mathml, span)
          .slice(0, 1)
          .map((token) => ({ ...token, span }));
      default:
        throw new ReadError(`the construct "${(node as { type: string }).type}" is not read`, span);
    }
  }

  private font(node: Extract<KatexNode, { type: "font" }>, span: Span): readonly Token[] {
    const body = this.flat([node.body], span);
    const whole = spanOf(body, span);
    const letters = body.map((token) => (token.kind === "symbol" && !hasScripts(token) ? token.name : ""));
    if (letterFonts.has(node.font)) {
      // `\mathcal(`: the letter is missing. The bracket stands for itself.
      if (body.length === 1 && body[0]?.kind === "bracket") return body;
      const plain = body.map((token) => (token.kind === "number" && !hasScripts(token) ? token.text : ""));
      const names = letters.map((name, at) => (name === "" ? (plain[at] ?? "") : name));
      if (names.length === 0 || names.includes("")) {
        throw new ReadError(`\\${node.font} is read on letters only`, whole);
      }
      return [{ kind: "symbol", name: `\\${node.font}{${names.join("")}}`, span: whole }];
    }
    if (wordFonts.has(node.font) && letters.length > 1 && letters.every((name) => /^[A-Za-z]$/.test(name))) {
      return [wordToken(letters.join(""), whole)];
    }
    // Bold, upright and italic letters are the same letters: authors differ in nothing else.
    return body;
  }

  /** A box with words in it is a remark: space, unless the words are a condition. */
  private boxed(node: Extract<KatexNode, { type: "enclose" }>, span: Span): readonly Token[] {
    const body = this.flat([node.body], span);
    return readRemark(body, spanOf(body, span)) ?? body;
  }

  private accented(label: string, base: KatexNode, span: Span): Token {
    const tokens = this.matched([base], span);
    const [token] = tokens;
    if (tokens.length !== 1 || token?.kind !== "symbol" || token.sup !== undefined) {
      throw new ReadError(`${label} is read over a single letter only`, spanOf(tokens, span));
    }
    return { ...token, name: `${label}{${token.name}}` };
  }

  private fraction(node: Extract<KatexNode, { type: "genfrac" }>, span: Span): Token {
    if (!node.hasBarLine || node.leftDelim !== null || node.rightDelim !== null) {
      throw new ReadError("a binomial or a fraction without its line is not read", span);
    }
    const numerator = this.matched([node.numer], span);
    const denominator = this.matched([node.denom], spanOf(numerator, span));
    return around({ kind: "fraction", numerator, denominator, span }, [...numerator, ...denominator]);
  }

  private root(under: KatexNode, span: Span): Token {
    const body = this.matched([under], span);
    return around({ kind: "root", body, span }, body);
  }

  private extent(nodes: readonly KatexNode[], span: Span): Span {
    const spans = nodes.map((node) => this.span(node, span));
    return { start: spans[0]?.start ?? span.start, end: spans[spans.length - 1]?.end ?? span.end };
  }
}

/** The d of `\text{d}x` is upright, and no word. */
const textToken = (text: string, span: Span): Token =>
  text === "d" ? { kind: "symbol", name: "d", span } : { kind: "text", text, span };

function textOf(nodes: readonly KatexNode[]): string {
  return nodes
    .map((node) => {
      if (
        node.type === "textord" ||
        node.type === "spacing" ||
        node.type === "mathord" ||
        node.type === "atom"
      ) {
        return node.text;
      }
      return "body" in node && Array.isArray(node.body) ? textOf(node.body as readonly KatexNode[]) : "…";
    })
    .join("")
    .replaceAll("\\nobreakspace", " ")
    .trim();
}

function isWide(dimension: { readonly number: number; readonly unit: string }): boolean {
  const em = dimension.unit === "mu" ? dimension.number / 18 : dimension.number;
  return em >= 0.9 && (dimension.unit === "em" || dimension.unit === "mu" || dimension.unit === "ex");
}
