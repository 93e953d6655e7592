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

/** `for await` over a plain iterable awaits its items. */
async function* awaited<T>(items: Iterable<T | Promise<T>>): AsyncGenerator<T> {
  for (const item of items) yield await item;
}

export function createGuard(): GuardControl {
  let epoch = 0;
  const resume = <T>(before: number, value: T): T => {
    if (before !== epoch) throw new Interrupted();
    return value;
  };
  /** Passes on what the iterator says, as it says it, until the program is stopped. */
  const watched = <T>(inner: AsyncIterator<T>): AsyncIterator<T> => {
    const before = epoch;
    return {
      next: async () => {
        const result = await inner.next();
        if (before !== epoch) {
          // The loop ends by an error and will not close the iterator: a generator has its `finally` to run.
          await inner.return?.();
          throw new Interrupted();
        }
        return result;
      },
      // What a loop does when it is left; it gives no value.
      return: async () => (await inner.return?.()) ?? { done: true, value: undefined },
    };
  };
  const iterate = <T>(items: AsyncIterable<T> | Iterable<T | Promise<T>>): AsyncIterable<T> => ({
    [Symbol.asyncIterator]: () =>
      watched(Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : awaited(items)),
  });
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
