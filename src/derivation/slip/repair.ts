import type { Expr } from "../../expr/expr.js";
import { children, nodes } from "../../expr/walk.js";
import type { Clause } from "../../tex/statement.js";
import { withinSteps } from "../evaluate/scope.js";
import type { JudgedLine, Judgement } from "../judgement.js";
import type { Claim } from "../relation/claim.js";
import { decide, variableOf } from "../relation/decide.js";
import { isOrder } from "../relation/order.js";
import type { Question } from "../relation/question.js";
import type { Repair } from "../verdict/verdict.js";
import { noises, roleOf } from "./build.js";
import { candidatesOf, type Candidate } from "./candidate.js";
import { costOf } from "./cost.js";
import { isTrivial } from "./trivial.js";
import { withSide, writeLine } from "./write.js";

/** How much one search may evaluate, in the steps that evaluations count. */
const searchLimit = 120_000;
const mostRepairs = 3;
/** The smallest worlds and few digits reject most candidates; what passes is confirmed with all of them. */
const quickWorlds = 2;
const quickDigits = 32;
/** What is that many times as costly as one place of the line, a product of ten logarithms for their sum, is no slip. */
const mostTimes = 32;

/** A repair and the sides that it leaves. */
export interface FoundRepair {
  readonly repair: Repair;
  readonly clause: Clause;
  readonly sides: Candidate["sides"];
}

/**
 * The slips that explain why a line fails: each is one that, undone at one place of the line (or wherever
 * the same thing stands, or twice), makes every relation of the line hold. The simplest come first, at most
 * three. What is left open is not searched, nor an inequality, nor a line in which more than one clause is wrong.
 * @param against what a line that continues another is judged against, if not the line before as written
 */
export function repairsOf(line: JudgedLine, against?: Expr): readonly FoundRepair[] {
  const judgements =
    against === undefined
      ? line.judgements
      : line.judgements.map((each, at) =>
          at === 0 ? { ...each, claim: { ...each.claim, left: against } } : each,
        );
  const failing = judgements.find(
    ({ decision }) => decision.verdict === "fails" || decision.nowhere === true,
  );
  if (failing === undefined || failing.clause.subjects.length > 1) return [];
  // An inequality leaves so much room that many a change makes it true.
  if (isOrder(failing.claim.relation)) return [];
  if (isLarge(failing.claim)) return [];
  const sentence = judgements.filter(({ clause }) => clause === failing.clause);
  const others = judgements.filter(({ clause }) => clause !== failing.clause);
  if (others.some(({ decision }) => decision.verdict === "fails")) return [];
  const cost = costOf(failing.claim, failing.question);
  let left = Math.floor(searchLimit / cost);
  const found: FoundRepair[] = [];
  for (const candidate of candidatesOf(failing)) {
    if (found.length >= mostRepairs || left-- <= 0 || (candidate.remote && found.length > 0)) break;
    const repair = tried(candidate, line, sentence, cost);
    if (repair !== undefined && !found.some((each) => isSame(each, repair, failing.question)))
      found.push(repair);
  }
  return found;
}

/** In a formula of hundreds of places, or nested dozens deep, no one looks for a slip by trying them all. */
const mostNodes = 600;
const deepest = 40;

function isLarge({ left, right }: Claim): boolean {
  const sides = [left, right];
  return sides.some((side) => nodes(side).length > mostNodes || depthOf(side) > deepest);
}

const depthOf = (expr: Expr): number => 1 + Math.max(0, ...children(expr).map(depthOf));

function tried(
  candidate: Candidate,
  line: JudgedLine,
  sentence: readonly Judgement[],
  cost: number,
): FoundRepair | undefined {
  const claims = sentence.map((judgement) => ({ judgement, claim: changedClaim(judgement, candidate) }));
  const moved = claims.filter(({ judgement, claim }) => claim !== judgement.claim);
  const kept = claims.filter(({ judgement, claim }) => claim === judgement.claim);
  if (kept.some(({ judgement: { decision } }) => decision.verdict === "fails" || decision.nowhere === true))
    return undefined;
  // A line may say once more what the line before says; x = x, or such a line made up of its parts, says nothing.
  const mayRepeat = ({ ownLeft }: Claim): boolean => !ownLeft && !candidate.remote;
  if (moved.some(({ claim }) => !mayRepeat(claim) && isTrivial(claim.left, claim.right))) return undefined;
  const [first] = sentence;
  if (first === undefined) return undefined;
  const otherNoise = isOtherNoise(candidate, first.question);
  const holds = (reduce: (question: Question) => Question): boolean =>
    moved.every(({ judgement, claim }) => {
      const { verdict, inLaw } = decide(claim, reduce(judgement.question));
      return verdict === "holds" && !(inLaw && otherNoise);
    });
  if (!withinSteps(mostTimes * cost, () => holds(quick)) || !holds(brief)) return undefined;
  const { sides, edits, slip, text } = candidate;
  const clause = [...sides].reduce((each, [from, to]) => withSide(each, from, to), first.clause);
  const latex = writeLine(line, clause, edits, first.question.names);
  return latex === undefined
    ? undefined
    : { repair: { slip, latex, text: `holds if ${text}` }, clause, sides };
}

const brief = (question: Question): Question => ({ ...question, brief: true });

const quick = (question: Question): Question => ({
  ...brief(question),
  draws: [...question.draws].sort((a, b) => a.T * a.d - b.T * b.d).slice(0, quickWorlds),
  digits: Math.min(question.digits, quickDigits),
});

/** Any independent noise has the same law: that another one would do explains nothing. */
function isOtherNoise({ edits }: Candidate, { names }: Question): boolean {
  return edits.every(({ before, after }) =>
    [before, after].every((each) => {
      const role = roleOf(each, names);
      return role !== undefined && role !== "freshNoise" && noises.includes(role);
    }),
  );
}

/** Two repairs of one side that give it the same value are one, written in two ways. */
function isSame(a: FoundRepair, b: FoundRepair, question: Question): boolean {
  return [...a.sides].every(([side, left]) => {
    const right = b.sides.get(side);
    if (right === undefined) return false;
    const claim: Claim = { left, right, relation: "=", ownLeft: false, latex: "" };
    return decide(claim, quick(question)).verdict === "holds";
  });
}

/** The claim with the changed sides; the very same where none of them changed. */
function changedClaim({ claim, question, step }: Judgement, { sides }: Candidate): Claim {
  const [left, right] = [sides.get(claim.left) ?? claim.left, sides.get(claim.right) ?? claim.right];
  if (left === claim.left && right === claim.right) return claim;
  if (step > 0 || !claim.ownLeft || left === claim.left) return { ...claim, left, right };
  // The density that a derivation begins with says in which variable it is meant.
  const variable = variableOf(left, question) ?? claim.variable;
  return { ...claim, left, right, ...(variable === undefined ? {} : { variable }) };
}
