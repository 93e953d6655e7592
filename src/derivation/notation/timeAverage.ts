import type { CallExpr, Expr, Span } from "../../expr/expr.js";
import { endsOf } from "../../tex/range.js";

/** A time that an expectation averages over, uniform on `lower`…`upper`. */
export interface DrawnTime {
  readonly index: string;
  readonly lower: Expr;
  readonly upper: Expr;
}

const uniform = /^(?:\\mathcal\{U\}|\\mathrm\{(?:Uniform|Unif|uniform|unif)\}|U)$/;

/**
 * The ends of a uniform law on whole numbers: `U(1, T)`, `\mathcal U(\{1, \dots, T\})`, `[1, T]`. undefined for any
 * other law, also for one that begins at 0: then the time may be any real number.
 */
export function uniformEnds(law: Expr): { readonly lower: Expr; readonly upper: Expr } | undefined {
  const ends = writtenEnds(law);
  return ends?.lower.kind === "number" && Number(ends.lower.text) < 1 ? undefined : ends;
}

function writtenEnds(law: Expr): { readonly lower: Expr; readonly upper: Expr } | undefined {
  if (law.kind === "list") return endsOf(law);
  if (law.kind === "product") {
    const [head, set, ...more] = law.factors;
    const isUniform = head?.kind === "symbol" && uniform.test(head.name);
    return isUniform && set !== undefined && more.length === 0 ? endsOf(set) : undefined;
  }
  if (law.kind !== "call" || !uniform.test(law.head.name) || law.rest.length > 0) return undefined;
  const [first, second, ...more] = law.args;
  if (first === undefined || more.length > 0) return dottedEnds(law);
  return second === undefined ? endsOf(first) : { lower: first, upper: second };
}

/** `U\{1, \dots, T\}` */
const dottedEnds = ({ args, span }: CallExpr): ReturnType<typeof endsOf> =>
  endsOf({ kind: "list", left: "\\{", right: "\\}", items: args, span });

/** `\frac{1}{T} \sum_{t=1}^{T} f`, one after another. */
export function averageOver(times: readonly DrawnTime[], of: Expr, span: Span): Expr {
  return times.reduceRight<Expr>((body, { index, lower, upper }) => {
    const one: Expr = { kind: "number", text: "1", span };
    const terms: readonly Expr[] = [upper, { kind: "negation", of: lower, span }, one];
    const fromOne = lower.kind === "number" && lower.text === "1";
    const count: Expr = fromOne ? upper : { kind: "sum", terms, span };
    const sum: Expr = { kind: "series", operator: "sum", index, lower, upper, body, span };
    return { kind: "quotient", numerator: sum, denominator: count, span };
  }, of);
}
