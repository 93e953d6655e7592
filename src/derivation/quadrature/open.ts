import type { Expr, Span } from "../../expr/expr.js";
import type { Grid, TableSum } from "../../probability/table.js";
import type { Work } from "../../probability/tableIntegral.js";
import type { Scope } from "../evaluate/scope.js";
import { stateAt } from "../evaluate/symbol.js";

/** Where an expression is tabulated: the states `times` run over their axes, all others have their values. */
export interface OpenGrid {
  readonly scope: Scope;
  readonly grid: Grid;
  readonly times: ReadonlySet<number>;
  /** Noises that an expectation names: printed symbol → time of the accumulated noise it is. */
  readonly noises: ReadonlyMap<string, number>;
  /** Densities tabulated before, by their states. */
  readonly densities: Map<string, TableSum>;
  /** How many points were summed over so far for the relation at hand. */
  readonly work: Work;
  /** What is looked at, for refusals. */
  readonly span: Span;
  /** The largest number met on the way, against which differences are judged. */
  readonly largest: { value: number };
  /** The evaluator, handed down so that expectations can evaluate their parts. */
  readonly table: (expr: Expr, open: OpenGrid) => TableSum;
}

/** The value of x_t, where it was moved to or on its path. */
export function stateNumber(t: number, { scope }: Pick<OpenGrid, "scope">): number {
  const value = stateAt(t, scope);
  if (value.kind !== "vector") throw new RangeError("a state is a vector");
  return value.value.offset[0]?.toNumber() ?? 0;
}
