import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { children, some } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Definition, Names } from "../notation/names.js";
import { placesOf, scopeAt, type Decision, type Question } from "./question.js";
import { survey } from "./survey.js";

export interface Proposal {
  readonly key: string;
  readonly definition: Definition;
}

/**
 * What `left = right` would define, if `left` is a symbol whose value is still open: one the notation
 * does not know, or a parameter such as σ_t. undefined if it is to be checked instead.
 */
export function proposeDefinition(left: Expr, right: Expr, names: Names): Proposal | undefined {
  const squared = left.kind === "power" && left.exponent.kind === "number" && left.exponent.text === "2";
  const target = squared ? left.base : left;
  const latex = `${printExpr(left)} = ${printExpr(right)}`;
  if (target.kind === "call") return proposeFunction(target, right, squared, names);
  if (target.kind !== "symbol") return undefined;
  const { meaning, key, time } = names.lookUp(target);
  const open = meaning.kind === "unknown" || (meaning.kind === "role" && meaning.role === "parameter");
  if (!open || mentionsKey(right, target, names) || leadsTo(right, key, names)) return undefined;
  if (time === undefined) return { key, definition: { body: right, latex, squared } };
  if (time.kind === "symbol" && time.index === undefined && names.notation.indices.includes(time.name)) {
    return { key, definition: { parameter: time.name, body: right, latex, squared } };
  }
  const moved = shiftedTime(time, names);
  if (moved === undefined) {
    // L_T, L_0: a quantity of its own, not one for every time.
    const label = `${target.name}_{${printExpr(time)}}`;
    const fixed = !some(time, (node) => node.kind === "symbol" && names.notation.indices.includes(node.name));
    return fixed && meaning.kind === "unknown"
      ? { key: label, definition: { body: right, latex, squared } }
      : undefined;
  }
  return { key, definition: { ...moved, body: right, latex, squared } };
}

/** A name for `L_T` alone, where L_t is defined for other times. */
export function proposeLabel(left: Expr, right: Expr, names: Names): Proposal | undefined {
  if (left.kind !== "symbol" || left.index === undefined) return undefined;
  const { meaning, time } = names.lookUp(left);
  const isTimed = meaning.kind === "defined" && time !== undefined;
  if (!isTimed || some(time, (node) => node.kind === "symbol" && names.isTime(node.name))) return undefined;
  const latex = `${printExpr(left)} = ${printExpr(right)}`;
  const definition = { body: right, latex, squared: false };
  return { key: `${left.name}_{${printExpr(left.index)}}`, definition };
}

/** `t - 1`: the letter and what leads back to it. */
function shiftedTime(
  time: Expr,
  names: Names,
): { readonly parameter: string; readonly shift: number } | undefined {
  if (time.kind !== "sum" || time.terms.length !== 2) return undefined;
  const [letter, step] = time.terms;
  const size = step?.kind === "negation" ? step.of : step;
  if (letter?.kind !== "symbol" || !names.notation.indices.includes(letter.name)) return undefined;
  if (size?.kind !== "number" || !Number.isSafeInteger(Number(size.text))) return undefined;
  return { parameter: letter.name, shift: step === size ? -Number(size.text) : Number(size.text) };
}

function proposeFunction(
  call: Extract<Expr, { kind: "call" }>,
  body: Expr,
  squared: boolean,
  names: Names,
): Proposal | undefined {
  const { meaning, key } = names.lookUp(call.head);
  if (meaning.kind !== "unknown" || call.mark !== undefined || mentions(body, call.head.name))
    return undefined;
  const latex = `${printExpr(call)}${squared ? "^2" : ""} = ${printExpr(body)}`;
  const [only] = call.args;
  const index =
    only?.kind === "symbol" && only.index === undefined && names.notation.indices.includes(only.name);
  if (call.args.length === 1 && index) {
    return { key, definition: { parameter: only.name, body, latex, squared } };
  }
  return squared ? undefined : { key, definition: { args: call.args, body, latex, squared } };
}

/** Whether the symbol occurs, or one that may be the same: `L_t` is L_0 at some time, L is neither. */
const mentionsKey = (expr: Expr, target: SymbolExpr, names: Names): boolean =>
  some(expr, (node) => {
    if (node.kind !== "symbol" || node.name !== target.name) return false;
    return (node.index === undefined) === (target.index === undefined) && !areLabels(node, target, names);
  });

/** Two different words below the letter: `L_{vlb}` and `L_T`. */
function areLabels(a: SymbolExpr, b: SymbolExpr, names: Names): boolean {
  const word = ({ index }: SymbolExpr): boolean =>
    index?.kind === "symbol" && index.name.startsWith("\\mathrm{");
  return (word(a) || word(b)) && names.lookUp(a).key !== names.lookUp(b).key;
}

const mentions = (expr: Expr, name: string): boolean =>
  some(expr, (node): node is SymbolExpr => node.kind === "symbol" && node.name === name);

/**
 * Whether the value of `expr` depends on the symbol `key` by what its symbols were defined or declared with:
 * E[X] on the \sigma of X \sim N(\mu, \sigma^2).
 */
export function leadsTo(expr: Expr, key: string, names: Names): boolean {
  return some(expr, (node) => {
    if (node.kind === "call") {
      const body = names.declared.call(node)?.definition.body;
      return body !== undefined && leadsTo(body, key, names);
    }
    if (node.kind !== "symbol") return false;
    const { meaning, key: own } = names.lookUp(node);
    if (own === key) return true;
    if (meaning.kind === "defined") return leadsTo(meaning.definition.body, key, names);
    const law = names.declared.law(node)?.law;
    return law !== undefined && leadsTo(law, key, names);
  });
}

/** Evaluates the defining side everywhere, so that only what has a value becomes a definition. */
export function decideDefinition(proposal: Proposal, right: Expr, question: Question): Decision {
  const base = { inLaw: false, maxRelativeError: null, digits: question.digits };
  const unknown = unknownIn(right, question.names);
  const found = survey(placesOf([right], question), (place, trace) => {
    const scope = scopeAt(question, place, { trace });
    scope.evaluate(right, scope);
    return { agrees: true, error: 0, inLaw: false };
  });
  if (found.admissible === 0) {
    const [why] = found.skipped.values();
    throw new EvaluationError(
      "unsupported",
      `the right side has no value at any time: ${why ?? ""}`,
      right.span,
    );
  }
  const { problem } = found.failure?.outcome ?? {};
  if (problem !== undefined) return { ...base, verdict: "undecided", reason: problem };
  const open = unknown === undefined ? "" : `; ${printExpr(unknown)} is not known`;
  return {
    ...base,
    verdict: "defines",
    reason: `a new name; nothing is claimed${open}`,
    definition: proposal,
  };
}

/** The first symbol of which nothing is known; θ in ε_θ is part of a name. */
function unknownIn(expr: Expr, names: Names): SymbolExpr | undefined {
  if (expr.kind === "symbol") {
    const { meaning, time } = names.lookUp(expr);
    if (meaning.kind === "unknown" && expr.name !== "\\dots") return expr;
    if (meaning.kind !== "unknown" && time === undefined && expr.index?.kind === "symbol") return undefined;
  }
  for (const part of children(expr)) {
    const found = unknownIn(part, names);
    if (found !== undefined) return found;
  }
  return undefined;
}
