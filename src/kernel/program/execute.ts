/** Runs cells, one at a time, each to exactly one outcome. */
import type { Attribution } from "./attribution.js";
import { Interrupted, type GuardControl } from "./guard.js";
import type { PendingWork } from "./pending.js";
import type { TimerTracker } from "./timers.js";

/** A cell, ready to start. */
export interface RunnableCell {
  readonly id: number;
  readonly start: () => unknown;
}

/** How a cell ended: `error` is whatever it threw. */
export type Ending = { readonly status: "ok" } | { readonly status: "error"; readonly error: unknown };

export interface Runner {
  readonly run: (cell: RunnableCell) => Promise<Ending>;
  /** The cell that is running. */
  readonly runningId: () => number | undefined;
  /** Ends the running cell with an error, wherever its code is. Returns false if none is running. */
  readonly fail: (error: unknown) => boolean;
  readonly interrupt: () => void;
  /** The interrupt has ended code with this stack: the error of the cell tells where that was. */
  readonly cutOff: (stack: string) => void;
}

export interface RunnerParts {
  readonly guard: GuardControl;
  readonly timers: TimerTracker;
  readonly attribution: Attribution;
  readonly pending: PendingWork;
}

// Kept before user code and the timer tracker can replace it.
const { setImmediate } = globalThis;
const race = Promise.race.bind(Promise);
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createRunner({ guard, timers, attribution, pending }: RunnerParts): Runner {
  let interruption: Interrupted | undefined;
  let running: { readonly id: number; readonly fail: (error: unknown) => void } | undefined;

  const run = async (cell: RunnableCell): Promise<Ending> => {
    let failure: { readonly error: unknown } | undefined;
    const mark = timers.mark();
    const begun = pending.begin();
    let failed: () => void = () => undefined;
    const failing = new Promise<void>((resolve) => (failed = resolve));
    const end = (error: unknown): void => {
      failure ??= { error };
      failed();
    };
    const fail = (error: unknown): void => {
      if (error instanceof Interrupted) timers.stopSince(mark);
      // Whatever of this cell still waits must not go on behind the next cells.
      guard.stop();
      end(error);
    };
    running = { id: cell.id, fail };
    const ended = new Promise<void>((resolve) => {
      // A stack of its own: when a loop is terminated, nothing but the cell is on the stack.
      setImmediate(() => {
        if (failure === undefined)
          attribution.enter(cell.id, () => {
            settle(cell.start, resolve, end);
          });
      });
    });
    await race([ended, failing]);
    await twoTurns();
    // A cell has ended when what it started has ended: a test that nobody awaits can still fail.
    while (failure === undefined && pending.since(begun, cell.id)) {
      await race([pending.change(), failing]);
      await twoTurns();
    }
    running = undefined;
    return failure === undefined ? { status: "ok" } : { status: "error", ...failure };
  };

  const fail = (error: unknown): boolean => {
    running?.fail(error);
    return running !== undefined;
  };
  return {
    run,
    fail,
    runningId: () => running?.id,
    interrupt: () => {
      interruption = new Interrupted();
      // Without a running cell it still stops what earlier cells left behind.
      if (!fail(interruption)) guard.stop();
    },
    cutOff: (stack) => {
      if (interruption !== undefined) interruption.stack = stack;
    },
  };
}

function settle(start: () => unknown, done: () => void, failed: (error: unknown) => void): void {
  try {
    Promise.resolve(start()).then(done, failed);
  } catch (error) {
    failed(error);
  }
}

/** Rejections that nobody handles are reported after the microtasks: two turns of the loop wait for them. */
async function twoTurns(): Promise<void> {
  await turnOfLoop();
  await turnOfLoop();
}
