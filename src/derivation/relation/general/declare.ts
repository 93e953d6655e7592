import type { CallExpr, Expr, SymbolExpr } from "../../../expr/expr.js";
import type { Clause } from "../../../tex/statement.js";
import {
  declarationsOf,
  declaredChain,
  noStructure,
  withChain,
  withIndependence,
  type Structure,
} from "../../general/structure.js";
import { readVariable } from "../../general/variable.js";
import type { Decision, Question } from "../question.js";
import { answer } from "./conclude.js";
import { decideGeneral } from "./decide.js";

/** What a line declares of the dependence of variables, and what is found about it. */
export interface Declared {
  readonly decision: Decision;
  readonly structure: Structure;
}

/**
 * `A \to B \to C`, a Markov chain, and `X \perp Y \mid Z`, independence: declarations for what follows. An
 * independence of variables whose dependence is declared already is a claim. undefined for anything else.
 */
export function declareDependence(clause: Clause, question: Question): Declared | undefined {
  const structure = question.structure ?? noStructure;
  const chain = declaredChain(clause, question.names);
  if (chain !== undefined) {
    const reason = "a Markov chain: given the one before it, each depends on no other before it";
    return { decision: answer("defines", reason, question), structure: withChain(structure, chain) };
  }
  const parts = independenceOf(clause, question);
  if (parts === undefined) return undefined;
  const { left, right, given } = parts;
  const names = [left, right, ...given].map(({ name }) => name);
  const [known] = declarationsOf(structure, names);
  if (known !== undefined && names.every((name) => known.nodes.includes(name)))
    return { decision: claimed(parts, question), structure };
  if (known !== undefined) {
    const reason = "of some of these variables, and not of others, the dependence is declared";
    return { decision: answer("undecided", reason, question), structure };
  }
  return {
    decision: answer("defines", "independent, by declaration", question),
    structure: withIndependence(
      structure,
      [left.name, right.name],
      given.map(({ name }) => name),
    ),
  };
}

interface Independence {
  readonly left: SymbolExpr;
  readonly right: SymbolExpr;
  readonly given: readonly SymbolExpr[];
}

/** The letters of `X \perp Y` and `X \perp Y \mid Z`. */
function independenceOf(clause: Clause, { names }: Question): Independence | undefined {
  const [left, ...others] = clause.subjects;
  const [step, bar, ...more] = clause.steps;
  if (left === undefined || step?.relation !== "\\perp" || others.length + more.length > 0) return undefined;
  if (bar !== undefined && bar.relation !== "|") return undefined;
  const all = [left, step.right, ...(bar === undefined ? [] : [bar.right])];
  const [first, second, ...given] = all.filter(
    (expr): expr is SymbolExpr => expr.kind === "symbol" && readVariable(expr, names) !== undefined,
  );
  const whole = given.length === all.length - 2 && first !== undefined && second !== undefined;
  return whole && first.name !== second.name ? { left: first, right: second, given } : undefined;
}

/** p(x, y | z) = p(x | z) p(y | z) */
function claimed({ left, right, given }: Independence, question: Question): Decision {
  const { span } = left;
  const density = (of: readonly Expr[]): CallExpr => ({
    kind: "call",
    head: { kind: "symbol", name: "P", span },
    args: of,
    ...(given.length === 0 ? {} : { mark: "|" as const }),
    rest: given,
    span,
  });
  const claim = {
    left: density([left, right]),
    right: { kind: "product", factors: [density([left]), density([right])], span } as const,
    relation: "=",
    ownLeft: true,
  };
  return decideGeneral(claim, question) ?? answer("undecided", "P is no distribution here", question);
}
