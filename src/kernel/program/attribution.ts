/** Which cell a piece of running code belongs to, so that late output and late errors find their place. */
import { AsyncLocalStorage } from "node:async_hooks";

export interface Attribution {
  /** The request whose code is running right now. */
  readonly currentId: () => number;
  /** Starts a cell: `work` and, on Node 24, all that it sets in motion belongs to it. */
  readonly enter: (id: number, work: () => void) => void;
  /** Runs a callback that an earlier cell left behind, and remembers whose error it throws. */
  readonly callBack: <T>(id: number, work: () => T) => T;
  /** The cell whose callback threw this, if one did. */
  readonly origin: (error: unknown) => number | undefined;
}

/**
 * Before Node 24 AsyncLocalStorage is built on async hooks, whose stack does not survive the termination of
 * a loop. There, timers are attributed by {@link Attribution.callBack} and all else to the newest cell.
 */
const hasContextFrames = Number(process.versions.node.split(".")[0]) >= 24;

export function createAttribution(): Attribution {
  const storage = hasContextFrames ? new AsyncLocalStorage<number>() : undefined;
  const origins = new WeakMap<object, number>();
  let newest = 0;
  let called: number | undefined;
  return {
    currentId: () => called ?? storage?.getStore() ?? newest,
    enter: (id, work) => {
      newest = id;
      // A termination unwinds the stack without running any `finally`.
      called = undefined;
      if (storage === undefined) work();
      else storage.run(id, work);
    },
    callBack: (id, work) => {
      const before = called;
      called = id;
      try {
        return work();
      } catch (error) {
        if (typeof error === "object" && error !== null) origins.set(error, id);
        throw error;
      } finally {
        called = before;
      }
    },
    origin: (error) => (typeof error === "object" && error !== null ? origins.get(error) : undefined),
  };
}
