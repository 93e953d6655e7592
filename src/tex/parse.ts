import type { ElementaryExpr, Expr, Span, SymbolExpr } from "../expr/expr.js";
import { some } from "../expr/walk.js";
import { parseCases } from "./cases.js";
import { canonicalHead, parseCall, parseIndex } from "./call.js";
import { withoutDots } from "./dots.js";
import { ReadError } from "./error.js";
import { parseFamily, parseGroup, refuseSeparator } from "./group.js";
import { parseIntegral, sumVariables } from "./integral.js";
import { variablesBelow } from "./measure.js";
import { describeToken, spanOf, type Token } from "./token.js";

/** What the reader must know of names: whether `name(…)` is a call or a product. */
export interface Vocabulary {
  readonly isFunction: (name: string) => boolean;
}

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

/** Sums in sums, integrals in integrals: the readers below recurse into them. */
const deepest = 40;

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly vocabulary: Vocabulary,
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

  private peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  /** a + b - c */
  private sum(): Expr {
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
  private term(): Expr {
    return this.termFrom(this.factor());
  }

  private termFrom(first: Expr): Expr {
    return joined(first, this.followers());
  }

  /** What multiplies or divides the first factor of a term. */
  private followers(): readonly Follower[] {
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

  private factor(): Expr {
    const token = this.peek();
    if (token === undefined) {
      const end = { start: this.extent.end, end: this.extent.end };
      throw new ReadError("the expression ends where a quantity was expected", end);
    }
    this.at++;
    switch (token.kind) {
      case "series":
        return this.operand(token, () => this.series(token));
      case "integral":
        return this.operand(token, () => this.integral(token));
      case "extremum":
        return this.operand(token, () => this.extremum(token));
      case "gradient":
        return this.operand(token, () => this.gradient(token));
      case "opaque":
        return token.bounded === true ? this.bounded(token) : this.opaque(token, token.what);
      case "function":
        return this.elementary(token);
      case "symbol":
        return this.symbol(token);
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

  private readonly inner = (tokens: readonly Token[], near: Span): Expr =>
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
    return parseFamily(token, content) ?? this.raised(withoutSub(token, content), token);
  }

  private raised(base: Expr, token: Token): Expr {
    if (token.sup === undefined) return base;
    const [only] = token.sup;
    if (token.sup.length === 1 && only?.kind === "symbol" && only.name === "\\top") {
      return { kind: "transpose", of: base, span: merge(base.span, only.span) };
    }
    const exponent = this.inner(token.sup, token.span);
    return { kind: "power", base, exponent, span: merge(base.span, exponent.span) };
  }

  private symbol(token: Token & { kind: "symbol" }): Expr {
    const label = this.labelBehind(token);
    if (label !== undefined) this.at++;
    const sub = label === undefined ? token.sub : [label];
    const index = sub === undefined ? undefined : parseIndex(sub, this.inner, token.span);
    const head = canonicalHead({
      kind: "symbol",
      name: token.name,
      span: token.span,
      ...(index === undefined ? {} : { index }),
    });
    const next = this.peek();
    if (matrixFunctions.has(head.name) && next?.kind === "symbol" && token.sup === undefined)
      return this.bareCall(head);
    if (next?.kind !== "group" || !this.isCall(head, next)) return this.raised(head, token);
    if (token.sup !== undefined) return this.raisedHead(head, token, next);
    this.at++;
    return this.raised(withoutSub(next, parseCall(head, next, this.inner)), next);
  }

  /** `\det \Sigma`: one letter, with its scripts. */
  private bareCall(head: SymbolExpr): Expr {
    const argument = this.factor();
    return { kind: "call", head, args: [argument], rest: [], span: merge(head.span, argument.span) };
  }

  /** `p\theta(x_{t-1} | x_t)`: the label of a function, not lowered. θ itself is no function. */
  private labelBehind({ name, sub, sup }: Token & { kind: "symbol" }): Token | undefined {
    const [label, group] = [this.peek(), this.peek(1)];
    if (label?.kind !== "symbol" || label.name !== "\\theta" || group?.kind !== "group") return undefined;
    const bare = [sub, sup, label.sub, label.sup].every((script) => script === undefined);
    if (!bare || group.left !== "(" || !this.vocabulary.isFunction(name)) return undefined;
    const [only] = group.body;
    const state = group.body.length === 1 && only?.kind === "symbol" && only.sub !== undefined;
    return state || group.body.some(({ kind }) => kind === "separator") ? label : undefined;
  }

  private isCall(head: SymbolExpr, group: Token & { kind: "group" }): boolean {
    // Behind an expectation, brackets of any shape are its brackets.
    if (/^(?:\\math(?:bb|cal)\{E\}|E)$/.test(head.name) && rounding.has(group.left)) return true;
    if (group.left !== "(" && group.left !== "[" && group.left !== "\\{") return false;
    return (
      this.vocabulary.isFunction(head.name) ||
      head.name.startsWith("\\mathrm{") ||
      group.body.some((each) => each.kind === "separator")
    );
  }

  /** `\Sigma_y^{-1}(\mu - \nu)` is a product, an inverse matrix in front; `f^2(x)` may mean two things. */
  private raisedHead(head: SymbolExpr, token: Token, group: Token & { kind: "group" }): Expr {
    const raised = this.raised(head, token);
    const inverse =
      raised.kind === "transpose" || (raised.kind === "power" && raised.exponent.kind === "negation");
    const several = group.body.some((each) => each.kind === "separator");
    if (inverse && !several && !head.name.startsWith("\\mathrm{")) return raised;
    this.at++;
    const span = { start: token.span.start, end: group.span.end };
    return { kind: "opaque", what: "a power between a function and its argument", span };
  }

  private elementary(token: Token & { kind: "function" }): Expr {
    if (token.sub !== undefined) return this.opaque(token, "a logarithm to a base of its own");
    if (token.sup !== undefined) return this.opaque(token, `a power of \\${token.name} itself`);
    const next = this.peek();
    const bracketed = next?.kind === "group" && next.sup === undefined;
    const of = this.factor();
    const apply = (argument: Expr): ElementaryExpr => ({
      kind: "elementary",
      name: token.name,
      of: argument,
      span: merge(token.span, argument.span),
    });
    return bracketed || !this.reachIsOpen(of) ? apply(of) : this.ambiguous(of, apply);
  }

  /** `\log \frac{a}{b}`: one factor; where a second follows, how far the function reaches cannot be seen. */
  private reachIsOpen(argument: Expr): boolean {
    const next = this.peek();
    const reaches =
      next !== undefined && (startsFactor(next) || (next.kind === "operator" && /[*/]/.test(next.text)));
    return reaches || argument.kind === "power";
  }

  /** Both readings of the rest of the term; it is read once, so that a row of functions takes no longer. */
  private ambiguous(of: Expr, apply: (argument: Expr) => ElementaryExpr): Expr {
    const followers = this.followers();
    const wide = apply(joined(of, followers));
    // One within another would double the readings every time.
    if (some(wide, ({ kind }) => kind === "ambiguous"))
      return {
        kind: "opaque",
        what: `\\${wide.name} of what is ambiguous (brackets would tell), which`,
        span: wide.span,
      };
    const raised = of.kind === "power" && followers.length === 0;
    const narrow = raised ? { ...of, base: apply(of.base) } : joined(apply(of), followers);
    return { kind: "ambiguous", wide, narrow, span: wide.span };
  }

  private series(token: Token & { kind: "series" }): Expr {
    const variables = sumVariables(token, this.inner);
    if (variables !== undefined) {
      const body = this.term();
      return { kind: "integral", variables, body, span: merge(token.span, body.span) };
    }
    const [variable, equals, ...lower] = token.sub ?? [];
    if (
      variable?.kind !== "symbol" ||
      variable.sub !== undefined ||
      equals?.kind !== "relation" ||
      equals.text !== "="
    ) {
      return this.opaque(token, `a ${token.operator} without limits of the form _{s=1}^{t}`);
    }
    if (token.sup === undefined) return this.opaque(token, `a ${token.operator} without an upper limit`);
    const body = this.term();
    const expr: Expr = {
      kind: "series",
      operator: token.operator,
      index: variable.name,
      lower: this.inner(lower, token.span),
      upper: this.inner(token.sup, token.span),
      body,
      span: merge(token.span, body.span),
    };
    if (token.operator === "product") refuseTrailing(body, variable.name);
    return expr;
  }

  private integral(token: Token & { kind: "integral" }): Expr {
    const reading = parseIntegral(this.tokens, this.at - 1, this.inner);
    if ("what" in reading) return this.opaque(token, reading.what);
    this.at = reading.next;
    return reading.expr;
  }

  /** It reaches as far as the side it stands in. */
  private extremum(token: Token & { kind: "extremum" }): Expr {
    if (token.which === "arg") return this.opaque(token, "an argument of something");
    const variable = token.sup === undefined ? this.below(token) : undefined;
    if (variable === undefined) return this.opaque(token, `the operator \\${token.which}`);
    const of = this.sum();
    return { kind: "extremum", which: token.which, variable, of, span: merge(token.span, of.span) };
  }

  /** It reaches over its term. */
  private gradient(token: Token & { kind: "gradient" }): Expr {
    const next = this.peek();
    const divergence = next?.kind === "operator" && next.text === "*";
    if (token.sup !== undefined || divergence) return this.opaque(token, "a derivative of another kind");
    const variable = this.below(token);
    if (variable === undefined && token.sub !== undefined) return this.opaque(token, "a gradient");
    const of = this.term();
    const span = merge(token.span, of.span);
    return variable === undefined ? { kind: "gradient", of, span } : { kind: "gradient", variable, of, span };
  }

  /** The letters below an operator, `\theta` or `\theta \in \Theta`; several make a list. */
  private below(token: Token): Expr | undefined {
    if (token.sub === undefined) return undefined;
    const items = variablesBelow(token.sub, token.span, this.inner) ?? [];
    const [only] = items;
    if (items.length < 2) return only;
    return { kind: "list", left: "", right: "", items, span: token.span };
  }

  /** A limit: recognised, swallowed to the end of its term, never evaluated. */
  private opaque(token: Token, what: string): Expr {
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

const matrixFunctions = new Set(["\\mathrm{det}", "\\mathrm{tr}", "\\mathrm{Tr}"]);

/** Whether `\prod_s a_s b` multiplies b once or every time cannot be seen. */
function refuseTrailing(body: Expr, index: string): void {
  if (body.kind !== "product") return;
  const mentions = (factor: Expr): boolean =>
    some(factor, (node) => node.kind === "symbol" && node.name === index);
  const last = body.factors.at(-1);
  if (last !== undefined && !mentions(last) && body.factors.some(mentions)) {
    throw new ReadError("whether the product sign reaches this factor is ambiguous: use brackets", last.span);
  }
}

const rounding = new Set(["\\lfloor", "\\lceil", "\\langle"]);

/** A factor of a term behind the first. */
interface Follower {
  readonly factor: Expr;
  readonly divides?: true;
}

function joined(first: Expr, followers: readonly Follower[]): Expr {
  let factors: Expr[] = [first];
  for (const { factor, divides } of followers) {
    if (divides === undefined) {
      factors.push(factor);
      continue;
    }
    const numerator = product(factors);
    const span = merge(numerator.span, factor.span);
    factors = [{ kind: "quotient", numerator, denominator: factor, span }];
  }
  return product(factors);
}

function withoutSub(token: Token, expr: Expr): Expr {
  if (token.sub === undefined) return expr;
  throw new ReadError("a subscript on this is not read: brackets or braces may be misplaced", token.span);
}

function startsFactor(token: Token): boolean {
  return starters.has(token.kind);
}

const starters: ReadonlySet<Token["kind"]> = new Set([
  "number",
  "symbol",
  "function",
  "series",
  "integral",
  "extremum",
  "gradient",
  "fraction",
  "root",
  "group",
  "dots",
  "opaque",
  "cases",
]);

function product(written: readonly Expr[]): Expr {
  const span = mergeAll(written);
  const factors = withoutDots(written, "product");
  const [only] = factors;
  return factors.length === 1 && only !== undefined ? only : { kind: "product", factors, span };
}

const merge = (a: Span, b: Span): Span => ({
  start: Math.min(a.start, b.start),
  end: Math.max(a.end, b.end),
});

const mergeAll = (parts: readonly Expr[]): Span => parts.map((part) => part.span).reduce(merge);
