/**
 * What stops asynchronous code. Every `await` of a cell passes through here: when the program was stopped
 * between the start of the wait and its end, the code after it does not go on.
 */

/** The name under which compiled cells reach their guard. */
export const guardName = "__cell_guard__";

/** Thrown inside a cell, and reported for it, when the user stops the program. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  constructor() {
    super("the program was stopped; variables keep the values they had");
  }
}

export interface Guard {
  /** Counts the stops. */
  readonly epoch: number;
  readonly resume: <T>(epoch: number, value: T) => T;
  /** First statement of every `catch`: being stopped is not an error that a program can handle. */
  readonly pass: (error: unknown) => void;
  readonly iterate: <T>(items: AsyncIterable<T> | Iterable<T | Promise<T>>) => AsyncIterable<T>;
}

export interface GuardControl extends Guard {
  /** All code that waits now will throw when it resumes. */
  readonly stop: () => void;
}

export function createGuard(): GuardControl {
  let epoch = 0;
  const resume = <T>(before: number, value: T): T => {
    if (before !== epoch) throw new Interrupted();
    return value;
  };
  async function* iterate<T>(items: AsyncIterable<T> | Iterable<T | Promise<T>>): AsyncGenerator<T> {
    const before = epoch;
    // Leaving this loop by the throw closes `items`, so that a generator can run its `finally`.
    for await (const item of items) yield resume(before, item);
  }
  return {
    get epoch() {
      return epoch;
    },
    resume,
    pass: (error) => {
      if (error instanceof Interrupted) throw error;
    },
    iterate,
    stop: () => {
      epoch++;
    },
  };
}
