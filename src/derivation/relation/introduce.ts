import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children, mapChildren } from "../../expr/walk.js";
import { describePlace } from "../../tex/error.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Declaration } from "../notation/declared.js";
import type { Names } from "../notation/names.js";
import { isCallOf } from "./distribution.js";
import { hasGeneralValue } from "./general/naming.js";
import { placesOf, scopeAt, type Decision, type Question } from "./question.js";
import { survey } from "./survey.js";

/** The decision on a statement that claims nothing that could be false; the reason says what it does instead. */
export function introduces(
  reason: string,
  question: Pick<Question, "digits">,
  more: Pick<Decision, "definition" | "declared" | "keeps"> = {},
): Decision {
  const base = { inLaw: false, maxRelativeError: null, digits: question.digits };
  return { ...base, verdict: "defines", reason, ...more };
}

const nothing = "an expression without a relation states nothing";

/** An expression without a relation names a quantity, if it has a value in the worlds. */
export function decideNaming(expr: Expr, latex: string, question: Question): Decision {
  const base = { inLaw: false, maxRelativeError: null, digits: question.digits };
  const refused = (why: string): Decision => ({
    ...base,
    verdict: "undecided",
    reason: `${nothing}; ${why}`,
  });
  try {
    if (expr.kind === "list" && expr.items.every(isName))
      return introduces("names a list; nothing is claimed", question);
    const whole = valued(expr);
    const problem = hasGeneralValue(whole, question) ? undefined : missingValue(whole, question);
    return problem === undefined
      ? introduces("names a quantity; nothing is claimed", question)
      : refused(problem);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return refused(describePlace(latex, error.span, error.message));
  }
}

/** A gradient or an extremum has a value where that has one of which it is taken. */
const valued = (expr: Expr): Expr =>
  expr.kind === "gradient" || expr.kind === "extremum" ? valued(expr.of) : mapChildren(expr, valued);

/** `x^1`, `x_m`, `x^m`, dots: what stands in a list of names. */
function isName(item: Expr): boolean {
  if (item.kind === "symbol" || item.kind === "dots" || item.kind === "range") return true;
  return (
    item.kind === "power" && item.base.kind === "symbol" && ["number", "symbol"].includes(item.exponent.kind)
  );
}

/**
 * Why the expression has no value in some world; undefined if it has one in each. Symbols of which nothing is
 * known may be numbers or vectors.
 * @throws EvaluationError where it has none at all
 */
export function missingValue(expr: Expr, question: Question): string | undefined {
  return valuedWith(expr, question).missing;
}

/** The same with the names under which it was found, in which unknown symbols are declared vectors where they must be. */
export function valuedWith(
  expr: Expr,
  question: Question,
): { readonly missing: string | undefined; readonly names: Names } {
  const readings = kindsOfUnknowns(expr, question.names);
  for (const [at, names] of readings.entries()) {
    try {
      return { missing: missingAs(expr, { ...question, names }), names };
    } catch (error) {
      const kind = error instanceof EvaluationError && error.problem === "type";
      if (!kind || at === readings.length - 1) throw error;
    }
  }
  throw new RangeError("an expression without a reading");
}

function missingAs(expr: Expr, question: Question): string | undefined {
  // A bare law has no value on a path.
  const mode = isCallOf(expr, "normal", question.names) && expr.mark === undefined ? "law" : "path";
  const found = survey(placesOf([expr], question), (place, trace) => {
    const scope = scopeAt(question, place, { trace, mode });
    scope.evaluate(expr, scope);
    return { agrees: true, error: 0, inLaw: false };
  });
  if (found.failure !== undefined) return found.failure.outcome.problem ?? "it has no value";
  const [why] = found.skipped.values();
  return found.worlds === question.draws.length ? undefined : `it has no value at any time: ${why ?? ""}`;
}

const mostUnknowns = 3;

/** The names as they are, and with every choice of unknown symbols taken for vectors; numbers come first. */
function kindsOfUnknowns(expr: Expr, names: Names): readonly Names[] {
  const unknown = [...new Set(unknownSymbols(expr, names).map(printExpr))].slice(0, mostUnknowns);
  return Array.from({ length: 2 ** unknown.length }, (_, choice) => {
    const vectors = unknown.filter((_, at) => Math.floor(choice / 2 ** at) % 2 === 1);
    const kinds = new Map<string, Declaration>(vectors.map((key) => [key, { kind: "vector" }]));
    return kinds.size === 0 ? names : names.withDeclared(names.declared.withSymbols(kinds));
  });
}

/** Symbols of which nothing is known, where a value belongs: not in subscripts, not the names of functions. */
export function unknownSymbols(expr: Expr, names: Names): readonly SymbolExpr[] {
  if (expr.kind === "symbol") return names.lookUp(expr).meaning.kind === "unknown" ? [expr] : [];
  const parts = expr.kind === "call" ? [...expr.args, ...expr.rest] : children(expr);
  return parts.flatMap((part) => unknownSymbols(part, names));
}
