import type { Span } from "../expr/expr.js";
import { isInterval, matchBrackets } from "./brackets.js";
import { characterToken, closerOf, closingOf } from "./characters.js";
import { ReadError } from "./error.js";
import { limits } from "./katex.js";
import type { KatexNode } from "./nodes.js";
import { readRemark } from "./remark.js";
import { hasScripts, spanOf, type Token } from "./token.js";
import { isUprightT, readRaised } from "./scripts.js";
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
const series: Readonly<Record<string, "sum" | "product">> = { "\\sum": "sum", "\\prod": "product" };
const functions: Readonly<Record<string, "exp" | "log">> = { "\\exp": "exp", "\\log": "log", "\\ln": "log" };
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
const boxes = new Set(["\\fbox", "\\colorbox", "\\fcolorbox"]);
const accents: Readonly<Record<string, string>> = { "\\widetilde": "\\tilde", "\\widehat": "\\hat" };

type ExtremumToken = Extract<Token, { kind: "extremum" }>;

/** An entry of a table; `constructor` and its like are none. */
const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

class Tokenizer {
  private depth = 0;

  constructor(private readonly latex: string) {}

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
        return this.scripted(node, span);
      case "op":
      case "operatorname":
        return this.operator(node, span);
      case "genfrac":
        return [this.fraction(node, span)];
      case "sqrt":
        if (node.index !== null) throw new ReadError("a root other than the square root is not read", span);
        return [this.root(node.body, span)];
      case "leftright":
        return this.leftRight(node, span);
      case "middle":
        return this.flat([{ type: "textord", mode: "math", text: node.delim, loc: node.loc ?? null }], span);
      case "delimsizing":
        return [this.delimiter(node.delim, node.mclass, span)];
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

  private scripted(node: Extract<KatexNode, { type: "supsub" }>, span: Span): readonly Token[] {
    if (node.base?.type === "horizBrace") return this.flat([node.base.base], span);
    if (node.base === null) throw new ReadError("a script without a base", span);
    const stacked = this.stackedRelation(node, span);
    if (stacked !== undefined) return [stacked];
    const tokens = this.scriptBase(node.base, span);
    const [base] = tokens;
    if (tokens.length !== 1 || base === undefined) {
      throw new ReadError("a script on several things at once: put them in brackets", spanOf(tokens, span));
    }
    return [this.withScripts(base, node, span)];
  }

  /** A bracket keeps its own token here, so that `(a+b)^2` can be matched later. */
  private scriptBase(base: KatexNode, span: Span): readonly Token[] {
    const tokens = joinRuns(this.flat([base], span));
    return tokens.length === 1 ? tokens : matchBrackets(tokens);
  }

  private withScripts(base: Token, node: Extract<KatexNode, { type: "supsub" }>, span: Span): Token {
    const near = { start: base.span.end, end: base.span.end };
    const sub = node.sub === undefined ? undefined : this.matched([node.sub], near);
    const sup = node.sup === undefined ? undefined : this.superscript(node.sup, near);
    if ((sub !== undefined && base.sub !== undefined) || (sup !== undefined && base.sup !== undefined)) {
      throw new ReadError("two scripts in the same place", spanOf([base], span));
    }
    const source = (place: Span): string => this.latex.slice(place.start, place.end);
    const raised = base.kind === "symbol" && sup !== undefined ? readRaised(sup, source) : { label: "", sup };
    const token: Token = base.kind === "symbol" ? { ...base, name: base.name + raised.label } : base;
    const power = raised.sup?.length === 0 ? undefined : raised.sup;
    const scripted: Token = {
      ...token,
      ...(sub === undefined ? {} : { sub }),
      ...(power === undefined ? {} : { sup: power }),
    };
    const end = Math.max(base.span.end, ...[...(sub ?? []), ...(sup ?? [])].map((each) => each.span.end));
    // The base of a fraction or group keeps its start; the scripts may close a brace behind them.
    return { ...scripted, span: { start: base.span.start, end: this.closeBraces(end, base.span.end) } };
  }

  private superscript(node: KatexNode, near: Span): readonly Token[] {
    const tokens = this.matched([node], near);
    const [only] = tokens;
    const transposes =
      tokens.length === 1 && only?.kind === "symbol" && (only.name === "\\intercal" || isUprightT(node));
    return transposes ? [{ ...only, name: "\\top" }] : tokens;
  }

  private closeBraces(end: number, from: number): number {
    return end > from && this.latex[end] === "}" ? end + 1 : end;
  }

  /** `\overset{d}{=}`: equal in law. Any other mark over a relation is a comment. */
  private stackedRelation(node: Extract<KatexNode, { type: "supsub" }>, span: Span): Token | undefined {
    if (node.base?.type !== "op" || node.base.body === undefined) return undefined;
    const [relation, ...more] = this.flat(node.base.body, span);
    if (relation?.kind !== "relation" || more.length > 0) return undefined;
    const mark = node.sup === undefined ? [] : this.flat([node.sup], span);
    const law = mark.length === 1 && mark[0]?.kind === "symbol" && /^[dD]$/.test(mark[0].name);
    return law && relation.text === "=" ? { ...relation, text: "=d" } : relation;
  }

  private operator(node: Extract<KatexNode, { type: "op" | "operatorname" }>, span: Span): readonly Token[] {
    if (node.type === "operatorname") {
      const tokens = this.flat(node.body, span);
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
    if (node.name === undefined) return this.flat(node.body ?? [], span);
    const operator = own(series, node.name);
    if (operator !== undefined) return [{ kind: "series", operator, span }];
    const name = own(functions, node.name);
    if (name !== undefined) return [{ kind: "function", name, span }];
    if (node.name === "\\det") return [{ kind: "symbol", name: "\\mathrm{det}", span }];
    const which = own(optimizers, node.name.slice(1));
    if (which !== undefined) return [{ kind: "extremum", which, span }];
    const count = own(integrals, node.name);
    if (count !== undefined) return [{ kind: "integral", count, span }];
    if (node.name.includes("int")) return [{ kind: "opaque", what: "an integral along a curve", span }];
    return [{ kind: "opaque", what: node.name === "\\lim" ? "a limit" : `the operator ${node.name}`, span }];
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

  private leftRight(node: Extract<KatexNode, { type: "leftright" }>, span: Span): readonly Token[] {
    if (node.left === "." || node.right === ".") return this.halfOpen(node, span);
    const body = this.matched(node.body, span);
    const whole = around({ kind: "space", span }, body).span;
    const bars = (delim: string): boolean =>
      ["|", "\\vert", "\\|", "\\Vert", "\\lVert", "\\rVert", "\\lvert", "\\rvert"].includes(delim);
    const paired = bars(node.left)
      ? bars(node.right)
      : closingOf(node.left) === closerOf(node.right) || isInterval(node.left, node.right, body);
    if (!paired) throw new ReadError(`\\left${node.left} … \\right${node.right} is not read`, whole);
    return [{ kind: "group", left: node.left, right: node.right, body, span: whole }];
  }

  /** `\left.` and `\right.` show nothing: the other side is a bracket whose partner stands elsewhere. */
  private halfOpen(node: Extract<KatexNode, { type: "leftright" }>, span: Span): readonly Token[] {
    const [only] = node.body;
    if (node.body.length === 1 && only?.type === "array") {
      const rows = only.body.map((row) => row.map((cell) => this.matched([cell], span)));
      return [around({ kind: "cases", rows, span }, rows.flat(2))];
    }
    if (["|", "\\vert"].includes(node.right)) {
      const { span: whole } = around({ kind: "space", span }, this.matched(node.body, span));
      return [{ kind: "opaque", what: "the value of an expression at a point", bounded: true, span: whole }];
    }
    const body = this.flat(node.body, span);
    const place = spanOf(body, span);
    const side = (delim: string, mclass: "mopen" | "mclose", at: number): readonly Token[] =>
      delim === "." ? [] : [this.delimiter(delim, mclass, { start: at, end: at })];
    return [...side(node.left, "mopen", place.start), ...body, ...side(node.right, "mclose", place.end)];
  }

  private delimiter(delim: string, mclass: string, span: Span): Token {
    const family = mclass === "mopen" ? "open" : mclass === "mclose" ? "close" : undefined;
    // `\big(` without l or r has no side of its own: a bracket's shape tells.
    const shape =
      closingOf(delim) !== undefined
        ? "open"
        : [")", "]", "\\}", "\\rVert"].includes(delim)
          ? "close"
          : family;
    return characterToken(delim, shape, span) ?? { kind: "other", text: delim, span };
  }

  private extent(nodes: readonly KatexNode[], span: Span): Span {
    const spans = nodes.map((node) => this.span(node, span));
    return { start: spans[0]?.start ?? span.start, end: spans[spans.length - 1]?.end ?? span.end };
  }
}

/** A word in upright letters: a known function, or a name of several letters. */
function wordToken(word: string, span: Span): Token {
  if (word === "exp") return { kind: "function", name: "exp", span };
  if (word === "log" || word === "ln") return { kind: "function", name: "log", span };
  if (word === "arg" || word === "argmax" || word === "argmin")
    return { kind: "extremum", which: word, span };
  return { kind: "symbol", name: word.length === 1 ? word : `\\mathrm{${word}}`, span };
}

/** The token with the span of its parts: a fraction or root has no place of its own in KaTeX's tree. */
function around(token: Token, parts: readonly Token[]): Token {
  if (parts.length === 0) return token;
  const start = Math.min(...parts.map((part) => part.span.start));
  const end = Math.max(...parts.map((part) => part.span.end));
  return { ...token, span: { start, end } };
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
