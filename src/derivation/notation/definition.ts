import type { Expr } from "../../expr/expr.js";

/** A symbol that a statement defined: `\lambda_t = body`, for all later statements. */
export interface Definition {
  /** The letter that stands for the time in `body`; undefined for a constant. */
  readonly parameter?: string;
  /** What is added to the subscript to give that letter: 1 for `L_{t-1} = …`. */
  readonly shift?: number;
  readonly body: Expr;
  /** The arguments on the left, for a function of several: a call with the same ones has the value `body`. */
  readonly args?: readonly Expr[];
  /** As written, for messages. */
  readonly latex: string;
  /** `\sigma_t^2 = …` defines the square. */
  readonly squared: boolean;
}
