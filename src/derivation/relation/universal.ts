import type { Expr } from "../../expr/expr.js";
import { nodes } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import { unknownKinds } from "../notation/kinds.js";
import { drawWorld } from "../world/draw.js";
import { mentionsState } from "./average.js";
import type { Question } from "./question.js";
import { openSymbols, universalSymbols } from "./unknown.js";

/**
 * The question as it is asked of what the text has declared: its parameters (the μ and σ of a declared law), and
 * other unknown symbols that stand on both sides, are any numbers, for which the claim must hold. Where a
 * declared variable is a number, all worlds have one dimension, unless states take part, which are vectors.
 */
export function declaredQuestion(exprs: readonly Expr[], question: Question): Question {
  const mentioned = mentionedIn(exprs, question.names);
  if (mentioned.length === 0) return question;
  const shared = exprs
    .map((expr) => openSymbols(expr, question.names))
    .reduce((a, b) => new Set([...a].filter((each) => b.has(each))));
  const universal = new Set([...mentioned.flatMap(({ parameters }) => parameters), ...shared]);
  const scalar =
    mentioned.some((each) => each.scalar) && !exprs.some((expr) => mentionsState(expr, question.names));
  if (!scalar) return { ...question, universal };
  const draws = question.draws.map((_, at) => drawWorld(question.seed, at, 1));
  return { ...question, draws, universal };
}

interface Mentioned {
  readonly scalar: boolean;
  readonly parameters: readonly string[];
}

function mentionedIn(exprs: readonly Expr[], names: Names): readonly Mentioned[] {
  return exprs
    .flatMap((expr) => [...nodes(expr)])
    .flatMap((node): readonly Mentioned[] => {
      if (node.kind === "call") {
        const call = names.declared.call(node);
        return call === undefined ? [] : [{ scalar: true, parameters: call.parameters }];
      }
      return node.kind === "symbol" ? names.declared.lawsWith(node) : [];
    });
}

/** The question as it is asked of what nothing is known of: which of these symbols are no numbers, and which are meant to be any. */
export function typedQuestion(
  { left, right }: { readonly left: Expr; readonly right: Expr },
  question: Question,
): Question {
  const { names, universal = new Set<string>() } = question;
  const kinds = unknownKinds([left, right], names);
  const own = universalSymbols({ left, right }, names);
  return own.size === 0
    ? { ...question, kinds }
    : { ...question, kinds, universal: new Set([...universal, ...own]) };
}
