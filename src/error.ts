/**
 * Something the caller gave is wrong. Its message always has three parts: the value, what was
 * expected, and what to do. Every other error class that escapes is a bug of ours.
 */
export class InputError extends Error {
  override readonly name = "InputError";

  /**
   * @param what the offending value, named: `beta[3] = 1.2`
   * @param expected completes "expected …": `a number strictly between 0 and 1`
   * @param remedy one sentence that says what to do: `Choose a smaller betaEnd.`
   */
  constructor(
    readonly what: string,
    readonly expected: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${what}: expected ${expected}. ${remedy}`, options);
  }
}
