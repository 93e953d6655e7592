import type { SymbolExpr } from "../../expr/expr.js";
import type { Sides } from "./equality.js";

/** One relation to decide, and what it inherits from the derivation it stands in. */
export interface Claim extends Sides {
  readonly relation: string;
  /** The variable of the density the derivation began with; `\propto` is meant in it. */
  readonly variable?: SymbolExpr;
  /** Whether `left` was written in this line; a line before cannot be defined again. */
  readonly ownLeft: boolean;
  /** The formula the places of `right` point into. */
  readonly latex: string;
}
