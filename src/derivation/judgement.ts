import type { Clause } from "../tex/statement.js";
import type { Claim } from "./relation/claim.js";
import type { Decision, Question } from "./relation/question.js";

/** One relation of a line, what it was decided on and what was found: what a repair or a mutation begins with. */
export interface Judgement {
  readonly claim: Claim;
  readonly question: Question;
  readonly decision: Decision;
  readonly clause: Clause;
  /** Which of the clause's relations. */
  readonly step: number;
}

/** All relations of one line, in order, and the chain that the line continues or begins. */
export interface JudgedLine {
  readonly id: string;
  /** The line as written. */
  readonly latex: string;
  /** The number that the author gave the line, or which of its chain it is. */
  readonly number: number;
  readonly judgements: readonly Judgement[];
  /** The line before, where this one is judged against it. */
  readonly before?: JudgedLine;
}
