import type { Expr, Span } from "../expr/expr.js";
import { parseElementary, parseSymbol } from "./application.js";
import { parseCases } from "./cases.js";
import { withoutDots } from "./dots.js";
import { ReadError } from "./error.js";
import { parseFamily, parseGroup, refuseSeparator } from "./group.js";
import { parseExtremum, parseGradient, parseIntegralSign, parseSeries } from "./operator.js";
import { withoutSub, type Parsing, type Vocabulary } from "./parsing.js";
import { joined, merge, mergeAll, startsFactor, type Follower } from "./product.js";
import { describeToken, spanOf, type Token } from "./token.js";

export type { Vocabulary } from "./parsing.js";

/** Reads a whole expression. @throws ReadError with the place of what cannot be read */
export function parseExpression(
  tokens: readonly Token[],
  vocabulary: Vocabulary,
  near: Span,
  depth = 0,
): Expr {
  const parser = new Parser(tokens, vocabulary, spanOf(tokens, near), depth);
  return parser.whole();
}

/** `\\|v\\|_2` says which norm it is: the one that is meant without it. */
const isTwo = (sub: Token["sub"]): boolean =>
  sub?.length === 1 && sub[0]?.kind === "number" && sub[0].text === "2";

/** Sums in sums, integrals in integrals: the readers below recurse into them. */
const deepest = 40;

class Parser implements Parsing {
  at = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly vocabulary: Vocabulary,
    private readonly extent: Span,
    /** How many sums, integrals and their kin this stands in. */
    private depth: number,
  ) {}

  whole(): Expr {
    if (this.tokens.length === 0)
      throw new ReadError("nothing stands here; an expression was expected", this.extent);
    const expr = this.sum();
    const left = this.peek();
    if (left !== undefined) throw new ReadError(`${describeToken(left)} is not expected here`, left.span);
    return expr;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  skip(count = 1): void {
    this.at += count;
  }

  /** a + b - c */
  sum(): Expr {
    const terms: Expr[] = [];
    do {
      const sign = this.peek();
      const signed = sign?.kind === "operator" && (sign.text === "+" || sign.text === "-");
      if (signed) this.at++;
      else if (terms.length > 0) break;
      const term = this.term();
      const negative = signed && sign.text === "-";
      terms.push(negative ? { kind: "negation", of: term, span: merge(sign.span, term.span) } : term);
    } while (this.atSign());
    const span = mergeAll(terms);
    const written = withoutDots(terms, "sum");
    const [only] = written;
    return written.length === 1 && only !== undefined ? only : { kind: "sum", terms: written, span };
  }

  private atSign(): boolean {
    const token = this.peek();
    return token?.kind === "operator" && (token.text === "+" || token.text === "-");
  }

  /** a b \cdot c / d; a series or an integral takes all that follows it in the term. */
  term(): Expr {
    return this.termFrom(this.factor());
  }

  private termFrom(first: Expr): Expr {
    return joined(first, this.followers());
  }

  /** What multiplies or divides the first factor of a term. */
  followers(): readonly Follower[] {
    const found: Follower[] = [];
    for (;;) {
      const token = this.peek();
      if (token?.kind === "operator" && token.text === "*") {
        this.at++;
        found.push({ factor: this.factor() });
      } else if (token?.kind === "operator" && token.text === "/") {
        this.at++;
        found.push({ factor: this.divisor(token), divides: true });
      } else if (token !== undefined && startsFactor(token)) {
        found.push({ factor: this.factor() });
      } else return found;
    }
  }

  private divisor(slash: Token): Expr {
    const denominator = this.factor();
    const next = this.peek();
    if (next !== undefined && startsFactor(next)) {
      const span = { start: slash.span.start, end: next.span.end };
      throw new ReadError("what the slash divides by is ambiguous: write \\frac or brackets", span);
    }
    return denominator;
  }

  factor(): Expr {
    const token = this.peek();
    if (token === undefined) {
      const end = { start: this.extent.end, end: this.extent.end };
      throw new ReadError("the expression ends where a quantity was expected", end);
    }
    this.at++;
    switch (token.kind) {
      case "series":
        return this.operand(token, () => parseSeries(this, token));
      case "integral":
        return this.operand(token, () => parseIntegralSign(this, token));
      case "extremum":
        return this.operand(token, () => parseExtremum(this, token));
      case "gradient":
        return this.operand(token, () => parseGradient(this, token));
      case "opaque":
        return token.bounded === true ? this.bounded(token) : this.opaque(token, token.what);
      case "function":
        return parseElementary(this, token);
      case "symbol":
        return parseSymbol(this, token);
      case "separator":
        return refuseSeparator(token);
      case "number":
        return this.raised(withoutSub(token, { kind: "number", text: token.text, span: token.span }), token);
      case "fraction":
        return this.raised(withoutSub(token, this.fraction(token)), token);
      case "root":
        return this.raised(withoutSub(token, this.root(token)), token);
      case "group":
        return this.group(token);
      case "cases":
        return this.raised(withoutSub(token, parseCases(token, this.inner)), token);
      case "dots":
        return { kind: "dots", span: token.span };
      default:
        throw new ReadError(`${describeToken(token)} is not expected here`, token.span);
    }
  }

  readonly inner = (tokens: readonly Token[], near: Span): Expr =>
    parseExpression(tokens, this.vocabulary, near, this.depth);

  /** Reads what an operator works on. */
  private operand<T>(token: Token, read: () => T): T {
    if (this.depth >= deepest) throw new ReadError(`operators nested more than ${deepest} deep`, token.span);
    this.depth++;
    const result = read();
    this.depth--;
    return result;
  }

  private fraction(token: Token & { kind: "fraction" }): Expr {
    const numerator = this.inner(token.numerator, token.span);
    const denominator = this.inner(token.denominator, token.span);
    return { kind: "quotient", numerator, denominator, span: token.span };
  }

  private root(token: Token & { kind: "root" }): Expr {
    return { kind: "root", of: this.inner(token.body, token.span), span: token.span };
  }

  private group(token: Token & { kind: "group" }): Expr {
    const content = parseGroup(token, this.inner);
    const euclidean = content.kind === "norm" && isTwo(token.sub);
    return (
      parseFamily(token, content) ?? this.raised(euclidean ? content : withoutSub(token, content), token)
    );
  }

  raised(base: Expr, token: Token): Expr {
    if (token.sup === undefined) return base;
    const [only] = token.sup;
    if (token.sup.length === 1 && only?.kind === "symbol" && only.name === "\\top") {
      return { kind: "transpose", of: base, span: merge(base.span, only.span) };
    }
    const exponent = this.inner(token.sup, token.span);
    return { kind: "power", base, exponent, span: merge(base.span, exponent.span) };
  }

  /** A limit: recognised, swallowed to the end of its term, never evaluated. */
  opaque(token: Token, what: string): Expr {
    let end = token.span.end;
    for (let next = this.peek(); next !== undefined && !this.atSign(); next = this.peek()) {
      end = next.span.end;
      this.at++;
    }
    return { kind: "opaque", what, span: { start: token.span.start, end } };
  }

  private bounded(token: Token & { kind: "opaque" }): Expr {
    return { kind: "opaque", what: token.what, span: token.span };
  }
}
