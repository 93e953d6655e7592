import { InputError } from "../../src/error.js";

/** The whole message of the InputError that `run` throws; anything else it does fails the test. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("nothing was thrown");
}
