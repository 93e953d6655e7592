import type { Expr } from "../../expr/expr.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Claim } from "./claim.js";
import { decide } from "./decide.js";
import { missingValue } from "./introduce.js";
import type { Decision, Question } from "./question.js";

/** What a line of a derivation ended with, and the name of that line. */
export interface Written {
  readonly expr: Expr;
  readonly name: string;
}

/**
 * A line that goes on from the one before. Where that one has no value at any time, or could not be read
 * (`gap`), the line is compared with the last that has one. If they differ, it is not known which line slips.
 */
export function decideWithin(
  claim: Claim,
  written: readonly Written[],
  gap: boolean,
  question: Question,
): Decision {
  const decision = gap ? undefined : decide(claim, question);
  if (decision !== undefined && !isOpen(decision)) return decision;
  if (decision !== undefined && hasValue(claim.left, question)) return decision;
  const last = written.slice(-mostLines).findLast(({ expr }) => hasValue(expr, question));
  if (last === undefined) return decision ?? decide(claim, question);
  const found = decide({ ...claim, left: last.expr }, question);
  const note = `compared with ${last.name}; the lines between have no value here`;
  switch (found.verdict) {
    case "holds":
      return { ...found, reason: found.reason === undefined ? note : `${found.reason}; ${note}` };
    case "fails": {
      const { digits, inLaw } = found;
      const reason = `not true when ${note}; which line slips is not known`;
      return { verdict: "undecided", digits, inLaw, maxRelativeError: null, reason };
    }
    default:
      return decision ?? { ...found, reason: `${found.reason ?? ""}; ${note}` };
  }
}

const isOpen = ({ verdict }: Decision): boolean => verdict === "undecided" || verdict === "unreadable";

const fewWorlds = 2;
/** How far back a line with a value is looked for. */
const mostLines = 12;

function hasValue(expr: Expr, question: Question): boolean {
  try {
    return missingValue(expr, { ...question, draws: question.draws.slice(0, fewWorlds) }) === undefined;
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}
