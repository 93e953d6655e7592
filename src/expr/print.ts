import type {
  AmbiguousExpr,
  CallExpr,
  CaseBranch,
  Expr,
  IntegralExpr,
  ListExpr,
  ProductExpr,
  SeriesExpr,
  SumExpr,
} from "./expr.js";

/** How tightly a printed form binds: a part that binds less than its place asks gets brackets. */
const binding: Readonly<Record<Expr["kind"], number>> = {
  range: 0,
  sum: 1,
  negation: 1,
  series: 2,
  product: 2,
  elementary: 3,
  quotient: 4,
  root: 4,
  power: 4,
  norm: 5,
  bars: 5,
  transpose: 4,
  list: 5,
  number: 5,
  symbol: 5,
  call: 5,
  dots: 5,
  integral: 2,
  extremum: 0,
  gradient: 2,
  cases: 5,
  ambiguous: 2,
  opaque: 5,
};

/** LaTeX of the tree. Reading it again gives the same tree (spans apart). */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return expr.text;
    case "symbol":
      return expr.index === undefined ? expr.name : `${expr.name}_{${printExpr(expr.index)}}`;
    case "sum":
      return printSum(expr);
    case "negation":
      return `-${wrap(expr.of, 2)}`;
    case "product":
      return printProduct(expr);
    case "quotient":
      return `\\frac{${printExpr(expr.numerator)}}{${printExpr(expr.denominator)}}`;
    case "power":
      return `${printBase(expr.base, isLabel(expr.exponent))}^{${printExpr(expr.exponent)}}`;
    case "root":
      return `\\sqrt{${printExpr(expr.of)}}`;
    case "elementary":
      return `\\${expr.name}\\left(${printExpr(expr.of)}\\right)`;
    case "norm":
      return `\\left\\|${printExpr(expr.of)}\\right\\|`;
    case "bars":
      return `\\left|${printExpr(expr.of)}\\right|`;
    case "transpose":
      return `${printBase(expr.of, false)}^{\\top}`;
    case "list":
      return printList(expr);
    case "series":
      return `\\${expr.operator === "sum" ? "sum" : "prod"}_{${expr.index}=${printExpr(expr.lower)}}^{${printExpr(expr.upper)}} ${printBody(expr)}`;
    case "call":
      return printCall(expr);
    case "range":
      return `${printExpr(expr.first)}:${printExpr(expr.last)}`;
    case "dots":
      return "\\cdots";
    case "integral":
      return printIntegral(expr);
    case "extremum":
      return `${extrema[expr.which]}_{${printExpr(expr.variable)}} ${printExpr(expr.of)}`;
    case "gradient":
      return `\\nabla${expr.variable === undefined ? "" : `_{${printExpr(expr.variable)}}`} ${wrap(expr.of, 3)}`;
    case "cases":
      return `\\begin{cases} ${expr.branches.map(printBranch).join(" \\\\ ")} \\end{cases}`;
    case "ambiguous":
      return printAmbiguous(expr);
    case "opaque":
      return expr.what;
  }
}

/** Without the brackets that would tell. */
function printAmbiguous({ wide }: AmbiguousExpr): string {
  const { name, of } = wide;
  // A quotient written with a slash: \frac would be one factor.
  const slash = of.kind === "quotient" ? `${wrap(of.numerator, 3)} / ${wrap(of.denominator, 4)}` : undefined;
  return `\\${name} ${slash ?? printExpr(of)}`;
}

const extrema = { argmax: "\\arg\\max", argmin: "\\arg\\min", max: "\\max", min: "\\min" } as const;

function printBranch({ value, conditions }: CaseBranch): string {
  const compared = conditions.map(
    ({ relation, left, right }) => `${printExpr(left)} ${relation} ${printExpr(right)}`,
  );
  return `${printExpr(value)} & ${conditions.length === 0 ? "\\text{otherwise}" : compared.join(", ")}`;
}

/** The body of an integral ends at its first d; that of a bare sum with its term. */
function printIntegral({ variables, body }: IntegralExpr): string {
  if (variables.length === 0) return `\\sum ${wrap(body, 2)}`;
  const measures = variables.map((variable) => ` \\, d${printExpr(variable)}`).join("");
  // A bare d would be taken for that of the variable.
  const isD = body.kind === "symbol" && body.name === "d";
  return `${"\\int ".repeat(variables.length)}${isD ? `\\left(${printExpr(body)}\\right)` : wrap(body, 3)}${measures}`;
}

const wrap = (expr: Expr, least: number): string =>
  binding[expr.kind] >= least ? printExpr(expr) : `\\left(${printExpr(expr)}\\right)`;

/** A letter takes one superscript only, and reads a word or a sign there as part of its name. */
function printBase(base: Expr, label: boolean): string {
  const bare = base.kind !== "symbol" || !(label || /['^]/.test(base.name));
  return bare ? wrap(base, 5) : `\\left(${printExpr(base)}\\right)`;
}

const isLabel = (exponent: Expr): boolean =>
  exponent.kind === "product" ||
  (exponent.kind === "symbol" && /^\\(?:mathrm\{|star$|dagger$|circ$)/.test(exponent.name));

/** Whether a bare product belongs to a product sign as a whole cannot be seen. */
const printBody = ({ operator, body }: SeriesExpr): string =>
  wrap(body, operator === "product" && body.kind === "product" ? 3 : 2);

function printSum(expr: SumExpr): string {
  return expr.terms
    .map((term, at) => {
      if (term.kind === "negation") return `-${wrap(term.of, 2)}`;
      return `${at === 0 ? "" : "+"}${wrap(term, 2)}`;
    })
    .join("");
}

function printProduct(expr: ProductExpr): string {
  const last = expr.factors.length - 1;
  return expr.factors
    .map((factor, at) => {
      // A series swallows what follows it, so it may stand bare in the last place only.
      const text = factor.kind === "series" && at === last ? printExpr(factor) : wrap(factor, 3);
      return at > 0 && needsDot(expr.factors[at - 1], text) ? `\\cdot ${text}` : text;
    })
    .join(" ");
}

/** Two numbers side by side would read as one, a letter and brackets perhaps as a function of what they hold. */
function needsDot(before: Expr | undefined, text: string): boolean {
  if (/^[0-9.]/.test(text) || isExpectation(before)) return true;
  const raised = before?.kind === "power" ? before.base : before?.kind === "transpose" ? before.of : before;
  return raised?.kind === "symbol" && /^\\left(?:\(|\[|\\\{)/.test(text);
}

/** It would be taken of what follows. */
const isExpectation = (expr: Expr | undefined): boolean =>
  expr?.kind === "symbol" &&
  (/^\\math(?:bb|cal)\{E\}$/.test(expr.name) || (expr.name === "E" && expr.index !== undefined));

function printList({ left, right, items }: ListExpr): string {
  const text = items.map(printExpr).join(", ");
  return left === "" || right === "" ? text : `\\left${left}${text}\\right${right}`;
}

function printCall(expr: CallExpr): string {
  const args = expr.args.map(printExpr).join(", ");
  const mark = expr.mark === undefined ? "" : { "|": " \\mid ", ";": "; ", "||": " \\| " }[expr.mark];
  return `${printExpr(expr.head)}\\left(${args}${mark}${expr.rest.map(printExpr).join(", ")}\\right)`;
}
