import type { Span } from "../../expr/expr.js";

/**
 * Why an expression has no value at a point of a world.
 * - `outside`: an index that no time has (x_{-1}, α_0), a division by an exact 0, a density of a constant:
 *   the point is not admissible, another t may be.
 * - `domain`: a root or logarithm of a negative number: the statement makes no sense where it should.
 * - `type`: a scalar where a vector belongs, a product of three vectors: it cannot be read as mathematics.
 * - `unknown`: a symbol the notation does not know.
 * - `unsupported`: meaningful, but beyond what is evaluated.
 */
export type EvaluationProblem = "outside" | "domain" | "type" | "unknown" | "unsupported";

export class EvaluationError extends Error {
  override readonly name = "EvaluationError";

  constructor(
    readonly problem: EvaluationProblem,
    message: string,
    readonly span: Span,
  ) {
    // Thousands are thrown, and caught as answers: where one came from is not asked.
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    super(message);
    Error.stackTraceLimit = limit;
  }
}
