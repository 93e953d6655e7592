import type { Expr, SeriesExpr, SymbolExpr } from "../../../expr/expr.js";
import { sameExpr, some } from "../../../expr/walk.js";
import type { Names } from "../../notation/names.js";
import { isCallOf, isNumber, letter, numeral, roleOf } from "../build.js";
import type { Rule } from "../kind.js";
import type { Site } from "../site.js";

/** Times: the index of a symbol, the time given to a function, the limits of a sum or product. */

/** The index one step earlier and one step later. */
export const shiftIndex: Rule = (site, { names }) =>
  retimed(site, names, (time) => [shifted(time, -1), shifted(time, 1)]);

/** x_0 or x_T where x_t belongs. */
export const fixTime: Rule = (site, { names }) =>
  retimed(site, names, (time) => (mentionsIndex(time, names) ? [numeral("0", time), letter("T", time)] : []));

/** x_t where x_0, x_1 or x_T stands. */
export const freeTime: Rule = (site, { names }) =>
  retimed(site, names, (time) =>
    mentionsIndex(time, names)
      ? []
      : [letter(names.notation.time, time), shifted(letter(names.notation.time, time), -1)],
  );

/** Within a sum over s: s where t belongs, and t where s belongs. */
export const renameIndex: Rule = (site, { names }) => {
  const bound = site.trail.flatMap(({ parent, place }) =>
    parent.kind === "series" && place === 2 ? [parent.index] : [],
  );
  const letters = [...new Set([names.notation.time, ...bound])];
  if (letters.length < 2) return [];
  return retimed(site, names, (time) =>
    letters.flatMap((from) =>
      letters.filter((to) => to !== from && mentions(time, from)).map((to) => renamed(time, from, to)),
    ),
  );
};

/** The symbol or argument with each of the other times; none where no time stands. */
function retimed(site: Site, names: Names, change: (time: Expr) => readonly Expr[]): readonly Expr[] {
  const { node } = site;
  if (node.kind === "symbol" && node.index !== undefined) {
    const { meaning, time } = names.lookUp(node);
    const { index } = node;
    if (time === undefined || (meaning.kind !== "role" && meaning.kind !== "defined")) return [];
    return change(index)
      .map((each): SymbolExpr => ({ ...node, index: each }))
      .filter((each) => !isSame(each, node));
  }
  return isTimeArgument(site, names) ? change(node).filter((each) => !isSame(each, node)) : [];
}

const isSame = (a: Expr, b: Expr): boolean => sameExpr(a, b);

/** `t` or `t-1` in `\epsilon_\theta(x_t, t)`. */
function isTimeArgument({ node, trail }: Site, names: Names): boolean {
  const above = trail.at(-1)?.parent;
  if (above?.kind !== "call" || !mentionsIndex(node, names)) return false;
  const role = roleOf(above.head, names);
  const timed = role === "network" || role === "snr" || names.lookUp(above.head).meaning.kind === "defined";
  return (
    timed &&
    !isCallOf(above, ["normal"], names) &&
    !some(node, (each) => each.kind === "symbol" && each.index !== undefined)
  );
}

const mentionsIndex = (time: Expr, names: Names): boolean =>
  some(
    time,
    (node) =>
      node.kind === "symbol" && node.index === undefined && names.notation.indices.includes(node.name),
  );

const mentions = (time: Expr, name: string): boolean =>
  some(time, (node) => node.kind === "symbol" && node.name === name);

function renamed(time: Expr, from: string, to: string): Expr {
  switch (time.kind) {
    case "symbol":
      return time.name === from ? { ...time, name: to } : time;
    case "sum":
      return { ...time, terms: time.terms.map((term) => renamed(term, from, to)) };
    case "negation":
      return { ...time, of: renamed(time.of, from, to) };
    default:
      return time;
  }
}

/** `t` becomes `t-1`, `t-1` becomes `t-2` or `t` again; a number counts on, but not below 0. */
export function shifted(time: Expr, by: 1 | -1): Expr {
  if (time.kind === "number") return numeral(String(Math.max(0, Number(time.text) + by)), time);
  const terms = time.kind === "sum" ? time.terms : [time];
  const last = terms.at(-1);
  const size = last?.kind === "negation" ? last.of : last;
  const rest = terms.slice(0, -1);
  const known = terms.length > 1 && size?.kind === "number" && Number.isSafeInteger(Number(size.text));
  const offset = known ? Number(size.text) * (last === size ? 1 : -1) + by : by;
  const base = known ? rest : terms;
  if (offset === 0)
    return base.length === 1 ? (base[0] ?? time) : { kind: "sum", terms: base, span: time.span };
  const step = numeral(String(Math.abs(offset)), time);
  const signed: Expr = offset > 0 ? step : { kind: "negation", of: step, span: time.span };
  return { kind: "sum", terms: [...base, signed], span: time.span };
}

/** The limits of a sum or product: one term more or fewer at either end, T for t, 0, 1 or 2 below. */
export const moveLimit: Rule = ({ node }, { names }) => {
  if (node.kind !== "series") return [];
  const { lower, upper } = node;
  const uppers = [shifted(upper, -1), shifted(upper, 1), ...otherEnds(node, names)];
  const lowers = [
    shifted(lower, -1),
    shifted(lower, 1),
    ...(lower.kind === "number" ? ["0", "1", "2"].map((text) => numeral(text, lower)) : []),
  ];
  return [
    ...uppers.map((each) => ({ ...node, upper: each })),
    ...lowers.map((each) => ({ ...node, lower: each })),
  ].filter((each) => !sameExpr(each, node));
};

/** T for t and t for T; a sum over t itself does not end at t. */
function otherEnds({ index, upper }: SeriesExpr, names: Names): readonly Expr[] {
  const { time } = names.notation;
  if (upper.kind === "symbol" && upper.name === "T") return index === time ? [] : [letter(time, upper)];
  return isNumber(upper, "0") ? [] : [letter("T", upper)];
}

export const sumToProduct: Rule = ({ node }) =>
  node.kind === "series" && node.operator === "sum" ? [{ ...node, operator: "product" }] : [];
export const productToSum: Rule = ({ node }) =>
  node.kind === "series" && node.operator === "product" ? [{ ...node, operator: "sum" }] : [];
