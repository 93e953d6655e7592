import type { CaseBranch, Comparison, Expr, OpaqueExpr, CasesExpr } from "../expr/expr.js";
import type { ReadInner } from "./call.js";
import { splitSides } from "./range.js";
import type { Token } from "./token.js";

type Cases = Token & { kind: "cases" };

/** Words that only lead to a condition, and those that stand for "in all other cases". */
const leading = /^(?:if|for|when|where|at|and|当|若|如果)$/i;
const rest = /^(?:otherwise|else|其他|否则)[.,]?$/i;

/**
 * `\begin{cases} a & t > 1 \\ b & \text{otherwise} \end{cases}`: a value and its condition in each row. What
 * is not of that form is recognised and not read further.
 */
export function parseCases(token: Cases, read: ReadInner): CasesExpr | OpaqueExpr {
  const branches = token.rows
    .filter((row) => row.some((cell) => cell.length > 0))
    .map((row) => parseBranch(row, token, read));
  const known = branches.filter((branch) => branch !== undefined);
  const others = known.filter(({ conditions }) => conditions.length === 0);
  const last = others.length === 0 || (others.length === 1 && known.at(-1) === others[0]);
  return known.length === branches.length && known.length > 0 && last
    ? { kind: "cases", branches: known, span: token.span }
    : { kind: "opaque", what: "a distinction of cases", span: token.span };
}

function parseBranch(
  row: readonly (readonly Token[])[],
  near: Token,
  read: ReadInner,
): CaseBranch | undefined {
  const [value, condition] = row.map(withoutEnd);
  if (value === undefined || condition === undefined || row.length !== 2) return undefined;
  if (value.length === 0 || condition.length === 0) return undefined;
  const words = condition.flatMap((token) => (token.kind === "text" ? [token.text] : []));
  const conditions = condition.filter(({ kind }) => kind !== "text" && kind !== "space");
  if (words.some((word) => !leading.test(word) && !rest.test(word))) return undefined;
  if (words.some((word) => rest.test(word)))
    return conditions.length === 0 ? { value: read(value, near.span), conditions: [] } : undefined;
  const compared = parseComparisons(conditions, near, read);
  return compared === undefined ? undefined : { value: read(value, near.span), conditions: compared };
}

/** Commas part comparisons, and the members of the last one's right side: `t = 2, \dots, T`. */
function parseComparisons(
  tokens: readonly Token[],
  near: Token,
  read: ReadInner,
): readonly Comparison[] | undefined {
  const found: Comparison[] = [];
  for (const part of splitCommas(tokens)) {
    const compared = parseComparison(part, near, read);
    const last = found.at(-1);
    if (compared !== undefined) found.push(...compared);
    else if (last === undefined || part.length === 0) return undefined;
    else {
      const more = part.every(({ kind }) => kind === "dots")
        ? ({ kind: "dots", span: near.span } as const)
        : read(part, near.span);
      const items = last.right.kind === "list" && last.right.left === "" ? last.right.items : [last.right];
      const right: Expr = { kind: "list", left: "", right: "", items: [...items, more], span: near.span };
      found[found.length - 1] = { ...last, right };
    }
  }
  return found;
}

/** `1 < t \le T` is two comparisons. */
function parseComparison(
  tokens: readonly Token[],
  near: Token,
  read: ReadInner,
): readonly Comparison[] | undefined {
  const { sides, relations } = splitSides(tokens);
  if (relations.length === 0 || sides.some((side) => side.length === 0)) return undefined;
  const exprs = sides.map((side): Expr => read(side, near.span));
  return relations.flatMap((relation, at) => {
    const [left, right] = [exprs[at], exprs[at + 1]];
    return left === undefined || right === undefined ? [] : [{ relation, left, right }];
  });
}

function splitCommas(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "separator" && token.text === ",") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Without the comma or full stop that ends a cell. */
function withoutEnd(cell: readonly Token[]): readonly Token[] {
  const last = cell.at(-1);
  const ends =
    (last?.kind === "separator" && [",", ";"].includes(last.text)) ||
    (last?.kind === "other" && last.text === ".");
  return ends || last?.kind === "space" ? withoutEnd(cell.slice(0, -1)) : cell;
}
