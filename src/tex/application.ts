import type { ElementaryExpr, Expr, SymbolExpr } from "../expr/expr.js";
import { some } from "../expr/walk.js";
import { canonicalHead, parseCall, parseIndex } from "./call.js";
import { withoutSub, type Parsing } from "./parsing.js";
import { joined, merge, startsFactor } from "./product.js";
import type { Token } from "./token.js";

const matrixFunctions = new Set(["\\mathrm{det}", "\\mathrm{tr}", "\\mathrm{Tr}"]);

const rounding = new Set(["\\lfloor", "\\lceil", "\\langle"]);

/** A letter with its scripts, and what it is a function of. */
export function parseSymbol(parser: Parsing, token: Token & { kind: "symbol" }): Expr {
  const label = labelBehind(parser, token);
  if (label !== undefined) parser.skip();
  const sub = label === undefined ? token.sub : [label];
  const index = sub === undefined ? undefined : parseIndex(sub, parser.inner, token.span);
  const head = canonicalHead({
    kind: "symbol",
    name: token.name,
    span: token.span,
    ...(index === undefined ? {} : { index }),
  });
  const next = parser.peek();
  if (matrixFunctions.has(head.name) && next?.kind === "symbol" && token.sup === undefined)
    return bareCall(head, parser.factor());
  if (isExpectation(head) && next !== undefined && token.sup === undefined && takesBare(head, next))
    return bareCall(head, parser.term());
  if (next?.kind !== "group" || !isCall(parser, head, next)) return parser.raised(head, token);
  if (token.sup !== undefined) return raisedHead(parser, head, token, next);
  parser.skip();
  return parser.raised(withoutSub(next, parseCall(head, next, parser.inner)), next);
}

/** `\det \Sigma`, `\mathbb E \|X\|^2`: without brackets of its own. */
const bareCall = (head: SymbolExpr, argument: Expr): Expr => ({
  kind: "call",
  head,
  args: [argument],
  rest: [],
  span: merge(head.span, argument.span),
});

const isExpectation = ({ name }: SymbolExpr): boolean => /^(?:\\math(?:bb|cal)\{E\}|E)$/.test(name);

/** Whether an expectation is taken of what follows without brackets: it reaches over the rest of the term. */
function takesBare({ name, index }: SymbolExpr, next: Token): boolean {
  if (next.kind === "group") return norms.has(next.left);
  // E alone may be any letter.
  return (
    startsFactor(next) &&
    !["dots", "opaque", "cases"].includes(next.kind) &&
    (name !== "E" || index !== undefined)
  );
}

const norms = new Set(["\\|", "\\lVert", "\\Vert", "|", "\\lvert", "\\vert"]);

/** `p\theta(x_{t-1} | x_t)`: the label of a function, not lowered. θ itself is no function. */
function labelBehind(parser: Parsing, { name, sub, sup }: Token & { kind: "symbol" }): Token | undefined {
  const [label, group] = [parser.peek(), parser.peek(1)];
  if (label?.kind !== "symbol" || label.name !== "\\theta" || group?.kind !== "group") return undefined;
  const bare = [sub, sup, label.sub, label.sup].every((script) => script === undefined);
  if (!bare || group.left !== "(" || !parser.vocabulary.isFunction(name)) return undefined;
  const [only] = group.body;
  const state = group.body.length === 1 && only?.kind === "symbol" && only.sub !== undefined;
  return state || group.body.some(({ kind }) => kind === "separator") ? label : undefined;
}

function isCall(parser: Parsing, head: SymbolExpr, group: Token & { kind: "group" }): boolean {
  // Behind an expectation, brackets of any shape are its brackets.
  if (isExpectation(head) && rounding.has(group.left)) return true;
  if (group.left !== "(" && group.left !== "[" && group.left !== "\\{") return false;
  return (
    parser.vocabulary.isFunction(head.name) ||
    head.name.startsWith("\\mathrm{") ||
    isParameter(group.body, parser) ||
    isLabelled(head) ||
    group.body.some((each) => each.kind === "separator")
  );
}

/** `L(\theta)`, `\sigma_q(t)`: parameters of a model and times are what something depends on, never a factor. */
const isParameter = (body: readonly Token[], { vocabulary }: Parsing): boolean => {
  const [only] = body;
  if (body.length !== 1 || only?.kind !== "symbol" || only.sup !== undefined) return false;
  return ["\\theta", "\\phi"].includes(only.name) || only.name === vocabulary.time;
};

/** `f_\theta(x)`: what has parameters is a function. */
const isLabelled = ({ index }: SymbolExpr): boolean =>
  index?.kind === "symbol" && ["\\theta", "\\phi"].includes(index.name);

/** `\Sigma_y^{-1}(\mu - \nu)` is a product, an inverse matrix in front; `f^2(x)` may mean two things. */
function raisedHead(parser: Parsing, head: SymbolExpr, token: Token, group: Token & { kind: "group" }): Expr {
  const raised = parser.raised(head, token);
  const inverse =
    raised.kind === "transpose" || (raised.kind === "power" && raised.exponent.kind === "negation");
  const several = group.body.some((each) => each.kind === "separator");
  if (inverse && !several && !head.name.startsWith("\\mathrm{")) return raised;
  parser.skip();
  // `\sigma_q^2(t)` is the square of its value at t.
  if (raised.kind === "power" && isParameter(group.body, parser))
    return parser.raised(parseCall(head, group, parser.inner), token);
  const span = { start: token.span.start, end: group.span.end };
  return { kind: "opaque", what: "a power between a function and its argument", span };
}

const circular = ["cos", "sin"];

/** `\log`, `\exp`, `\cos` and what they reach. */
export function parseElementary(parser: Parsing, token: Token & { kind: "function" }): Expr {
  if (token.sub !== undefined)
    return parser.opaque(
      token,
      token.name === "log" ? "a logarithm to a base of its own" : `\\${token.name} with a subscript`,
    );
  if (token.sup !== undefined) {
    if (!circular.includes(token.name)) return parser.opaque(token, `a power of \\${token.name} itself`);
    // `\cos^2 x` is the square of the cosine.
    const { sup, ...plain } = token;
    return parser.raised(parseElementary(parser, plain), { ...token, sup });
  }
  const next = parser.peek();
  // `\cos(u)^2` is the square of the cosine too.
  if (next?.kind === "group" && next.sup !== undefined && circular.includes(token.name)) {
    parser.skip();
    const of = parser.inner(next.body, next.span);
    const applied: ElementaryExpr = {
      kind: "elementary",
      name: token.name,
      of,
      span: merge(token.span, next.span),
    };
    return parser.raised(applied, next);
  }
  const bracketed = next?.kind === "group" && next.sup === undefined;
  const of = parser.factor();
  const apply = (argument: Expr): ElementaryExpr => ({
    kind: "elementary",
    name: token.name,
    of: argument,
    span: merge(token.span, argument.span),
  });
  return bracketed || !reachIsOpen(parser, of) ? apply(of) : ambiguous(parser, of, apply);
}

/** `\log \frac{a}{b}`: one factor; where a second follows, how far the function reaches cannot be seen. */
function reachIsOpen(parser: Parsing, argument: Expr): boolean {
  const next = parser.peek();
  const reaches =
    next !== undefined && (startsFactor(next) || (next.kind === "operator" && /[*/]/.test(next.text)));
  return reaches || argument.kind === "power";
}

/** Both readings of the rest of the term; it is read once, so that a row of functions takes no longer. */
function ambiguous(parser: Parsing, of: Expr, apply: (argument: Expr) => ElementaryExpr): Expr {
  const followers = parser.followers();
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
