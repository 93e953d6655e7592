import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { nodes, some } from "../../expr/walk.js";
import { normalParts } from "../evaluate/normal.js";
import type { Names } from "./names.js";
import type { Role } from "./notation.js";

/** What a symbol of which nothing is known stands for, where its place in the statement tells. */
export type UnknownKind = "vector" | "covariance";

/** Capital letters that no author uses for a number: a covariance and its inverse. */
const covariances = new Set(["\\Sigma", "\\Lambda"]);

/**
 * The unknown symbols of a statement that are no numbers, by printed symbol: Σ with any index is a
 * covariance, and the mean and the variable of a normal law whose covariance is a matrix (Σ, σ² I) are
 * vectors, as is what is transposed beside such a Σ.
 */
export function unknownKinds(exprs: readonly Expr[], names: Names): ReadonlyMap<string, UnknownKind> {
  const kinds = new Map<string, UnknownKind>();
  const all = exprs.flatMap((expr) => nodes(expr));
  const isCovariance = (node: Expr): node is SymbolExpr =>
    node.kind === "symbol" && covariances.has(node.name) && names.lookUp(node).meaning.kind === "unknown";
  for (const node of all) if (isCovariance(node)) kinds.set(printExpr(node), "covariance");
  const isMatrix = (node: Expr): boolean => isCovariance(node) || playsRole(node, "identity", names);
  if (!all.some(isMatrix)) return kinds;
  const unknownIn = (expr: Expr): readonly SymbolExpr[] =>
    nodes(expr).filter(
      (node): node is SymbolExpr =>
        node.kind === "symbol" &&
        names.lookUp(node).meaning.kind === "unknown" &&
        !covariances.has(node.name),
    );
  const vectors = all.flatMap((node) => {
    if (isNormal(node, names)) return vectorsOfNormal(node, isMatrix);
    return kinds.size > 0 && isTransposed(node, names) ? [node.kind === "power" ? node.base : node.of] : [];
  });
  for (const symbol of vectors.flatMap(unknownIn)) kinds.set(printExpr(symbol), "vector");
  return kinds;
}

function isNormal(node: Expr, names: Names): node is CallExpr {
  return node.kind === "call" && playsRole(node.head, "normal", names);
}

function playsRole(node: Expr, role: Role, names: Names): boolean {
  if (node.kind !== "symbol") return false;
  const { meaning } = names.lookUp(node);
  return meaning.kind === "role" && meaning.role === role;
}

/** Variable and mean of N(x; m, S), if S is a matrix. */
function vectorsOfNormal(call: CallExpr, isMatrix: (node: Expr) => boolean): readonly Expr[] {
  const parts = normalParts(call);
  if (!some(parts.covariance, isMatrix)) return [];
  return parts.at === undefined ? [parts.mean] : [parts.at, parts.mean];
}

/** `v^\top`, and `v^T` where T is the last time by name. */
function isTransposed(node: Expr, names: Names): node is Extract<Expr, { kind: "transpose" | "power" }> {
  if (node.kind === "transpose") return true;
  return node.kind === "power" && playsRole(node.exponent, "horizon", names);
}
