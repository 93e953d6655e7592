import { InputError } from "../../src/error.js";

/** The whole message of the InputError that the call throws; anything else fails the test. */
export function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("expected a refusal, and the call succeeded");
}

/** {@link refusal} of an asynchronous call. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  return refusal(() => {
    if (outcome !== undefined) throw outcome as Error;
  });
}
