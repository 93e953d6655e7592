import type { Expr } from "../../expr/expr.js";
import type { Names } from "../notation/names.js";
import type { Site } from "./site.js";

/** The slips that people make, named after what was written: "root lost" stands for x where √x belongs. */
export type Slip =
  | "root lost"
  | "root added"
  | "standard deviation for variance"
  | "variance for standard deviation"
  | "square lost"
  | "square added"
  | "index shifted"
  | "fixed time for t"
  | "t for a fixed time"
  | "another index"
  | "limit of a sum or product"
  | "sum for product"
  | "product for sum"
  | "alpha for alpha-bar"
  | "alpha-bar for alpha"
  | "alpha for beta"
  | "beta for alpha"
  | "accent lost"
  | "accent added"
  | "one minus lost"
  | "one minus added"
  | "sign"
  | "factor 2 lost"
  | "factor 2 added"
  | "fraction upside down"
  | "arguments exchanged"
  | "condition lost"
  | "condition added"
  | "term lost"
  | "term added"
  | "factor lost"
  | "factor added";

/** What a rule may know beside the place. */
export interface Surroundings {
  readonly names: Names;
  /** The other side of the relation: what is missing on one side often stands on the other. */
  readonly other: Expr;
}

/** What may stand at a place instead of what stands there, in every way that one rule knows. */
export type Rule = (site: Site, around: Surroundings) => readonly Expr[];

/** A slip in both directions: how it is made, and how one that was made is undone. */
export interface SlipKind {
  readonly slip: Slip;
  readonly make: Rule;
  readonly undo: Rule;
}
