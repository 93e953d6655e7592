/**
 * A formula as a tree. This file imports nothing: the reader builds these nodes, everything else
 * reads them. `span` points into the LaTeX the node was read from (offsets, end excluded).
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A literal such as `2` or `0.5`; `text` is decimal digits with at most one point. */
export interface NumberExpr {
  readonly kind: "number";
  readonly text: string;
  readonly span: Span;
}

/**
 * A letter with its accents and its subscript. `name` is LaTeX in one canonical spelling, whatever
 * the author chose: `x` (also for bold), `\bar{\alpha}` (also for `\overline\alpha`), `\mathrm{SNR}`.
 */
export interface SymbolExpr {
  readonly kind: "symbol";
  readonly name: string;
  readonly index?: Expr;
  readonly span: Span;
}

export interface SumExpr {
  readonly kind: "sum";
  readonly terms: readonly Expr[];
  readonly span: Span;
}

export interface NegationExpr {
  readonly kind: "negation";
  readonly of: Expr;
  readonly span: Span;
}

/** `a b`, `a \cdot b`; among the factors may stand `dots` (`\alpha_t\alpha_{t-1}\cdots\alpha_1`). */
export interface ProductExpr {
  readonly kind: "product";
  readonly factors: readonly Expr[];
  readonly span: Span;
}

export interface QuotientExpr {
  readonly kind: "quotient";
  readonly numerator: Expr;
  readonly denominator: Expr;
  readonly span: Span;
}

export interface PowerExpr {
  readonly kind: "power";
  readonly base: Expr;
  readonly exponent: Expr;
  readonly span: Span;
}

/** The square root; other degrees are not read. */
export interface RootExpr {
  readonly kind: "root";
  readonly of: Expr;
  readonly span: Span;
}

/** `\exp`, `\log` and `\ln` with their one argument. */
export type ElementaryName = "exp" | "log" | "cos" | "sin";

export interface ElementaryExpr {
  readonly kind: "elementary";
  readonly name: ElementaryName;
  readonly of: Expr;
  readonly span: Span;
}

/** `\|v\|`, the Euclidean norm. */
export interface NormExpr {
  readonly kind: "norm";
  readonly of: Expr;
  readonly span: Span;
}

/** `|x|`: the absolute value of a number, the determinant of a matrix; the bars do not say which. */
export interface BarsExpr {
  readonly kind: "bars";
  readonly of: Expr;
  readonly span: Span;
}

/** `A^\top`. `A^T` is a power, since T also is a time. */
export interface TransposeExpr {
  readonly kind: "transpose";
  readonly of: Expr;
  readonly span: Span;
}

/** `\{1, \dots, T\}`, `(\mu, \sigma^2)`, the interval `[0, 1)`; without brackets in `t = T, \dots, 1`. */
export interface ListExpr {
  readonly kind: "list";
  readonly left: "(" | "[" | "\\{" | "";
  readonly right: ")" | "]" | "\\}" | "";
  readonly items: readonly Expr[];
  readonly span: Span;
}

/** `\sum_{index=lower}^{upper} body` or `\prod`. */
export interface SeriesExpr {
  readonly kind: "series";
  readonly operator: "sum" | "product";
  readonly index: string;
  readonly lower: Expr;
  readonly upper: Expr;
  readonly body: Expr;
  readonly span: Span;
}

/** What stands after the first mark inside the brackets of a call. */
export type Mark = "|" | ";" | "||";

/** `head(args)`, `q(args | rest)`, `N(args; rest)`, `KL(args || rest)`. */
export interface CallExpr {
  readonly kind: "call";
  readonly head: SymbolExpr;
  readonly args: readonly Expr[];
  readonly mark?: Mark;
  readonly rest: readonly Expr[];
  readonly span: Span;
}

/** `1:T` in a subscript, or `x_1:x_T`. */
export interface RangeExpr {
  readonly kind: "range";
  readonly first: Expr;
  readonly last: Expr;
  readonly span: Span;
}

export interface DotsExpr {
  readonly kind: "dots";
  readonly span: Span;
}

/**
 * `\int f(x, z) \, dx \, dz`: `variables` are what stands behind each d, a range for `dx_{1:T}`. Without
 * variables it is a sum over everything that the distributions in it range over (`\sum P \log Q`).
 */
export interface IntegralExpr {
  readonly kind: "integral";
  readonly variables: readonly Expr[];
  readonly body: Expr;
  readonly span: Span;
}

/** `\arg\max_\theta f` and `\max_\theta f`; it reaches as far as the side of the relation it stands in. */
export interface ExtremumExpr {
  readonly kind: "extremum";
  readonly which: "argmax" | "argmin" | "max" | "min";
  readonly variable: Expr;
  readonly of: Expr;
  readonly span: Span;
}

/** `\nabla_\theta f`; `variable` is absent in `\nabla f`. */
export interface GradientExpr {
  readonly kind: "gradient";
  readonly variable?: Expr;
  readonly of: Expr;
  readonly span: Span;
}

/** `left relation right` between times, as a condition: `t > 1`, `t \in \{2, \dots, T\}`. */
export interface Comparison {
  readonly relation: string;
  readonly left: Expr;
  readonly right: Expr;
}

/** The value of one case and what must hold of the times there; without conditions it is the rest. */
export interface CaseBranch {
  readonly value: Expr;
  readonly conditions: readonly Comparison[];
}

/** `\begin{cases} a & t > 1 \\ b & t = 1 \end{cases}` */
export interface CasesExpr {
  readonly kind: "cases";
  readonly branches: readonly CaseBranch[];
  readonly span: Span;
}

/**
 * `\log\frac{a}{b} \cdot c` and `\log x^2`: how far the function reaches cannot be seen. `wide` is the function
 * of all that follows in the term, `narrow` has the function of the first factor alone.
 */
export interface AmbiguousExpr {
  readonly kind: "ambiguous";
  readonly wide: ElementaryExpr;
  readonly narrow: Expr;
  readonly span: Span;
}

/** Something KaTeX typesets and we recognise, but whose value we cannot compute: a limit, a remark. */
export interface OpaqueExpr {
  readonly kind: "opaque";
  readonly what: string;
  readonly span: Span;
}

export type Expr =
  | NumberExpr
  | SymbolExpr
  | SumExpr
  | NegationExpr
  | ProductExpr
  | QuotientExpr
  | PowerExpr
  | RootExpr
  | ElementaryExpr
  | NormExpr
  | BarsExpr
  | TransposeExpr
  | ListExpr
  | SeriesExpr
  | CallExpr
  | RangeExpr
  | DotsExpr
  | IntegralExpr
  | ExtremumExpr
  | GradientExpr
  | CasesExpr
  | AmbiguousExpr
  | OpaqueExpr;

export type Kind = Expr["kind"];
