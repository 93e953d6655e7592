/** Runs compiled cells, one at a time, each to exactly one outcome. */
import vm from "node:vm";
import type { Attribution } from "./attribution.js";
import type { CompiledCell } from "./compile.js";
import { Interrupted, type GuardControl } from "./guard.js";
import type { CellScope } from "./scope.js";
import type { TimerTracker } from "./timers.js";

export type Outcome =
  { readonly status: "ok"; readonly value: unknown } | { readonly status: "error"; readonly error: unknown };

export interface RunnableCell {
  readonly id: number;
  /** The file name that appears in stack traces. */
  readonly file: string;
  readonly code: CompiledCell;
  readonly scope: CellScope;
}

export interface Runner {
  readonly run: (cell: RunnableCell) => Promise<Outcome>;
  /** The request whose cell is running. */
  readonly runningId: () => number | undefined;
  /** Ends the running cell with an error, wherever its code is. Returns false if none is running. */
  readonly fail: (error: unknown) => boolean;
  readonly interrupt: () => void;
}

export interface RunnerParts {
  readonly guard: GuardControl;
  readonly timers: TimerTracker;
  readonly attribution: Attribution;
  readonly require: NodeJS.Require;
}

type CellFunction = (
  exports: object,
  require: NodeJS.Require,
  guard: unknown,
  link: CellScope["link"],
) => unknown;

// Kept before user code and the timer tracker can replace it.
const { setImmediate } = globalThis;
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createRunner({ guard, timers, attribution, require }: RunnerParts): Runner {
  let running: { readonly id: number; readonly fail: (error: unknown) => void } | undefined;

  const start = (cell: RunnableCell): unknown => {
    const run = vm.runInThisContext(cell.code.script, { filename: cell.file }) as CellFunction;
    return run(cell.scope.exports, require, guard, cell.scope.link);
  };

  const run = async (cell: RunnableCell): Promise<Outcome> => {
    let failure: { readonly error: unknown } | undefined;
    const mark = timers.mark();
    const ended = new Promise<void>((resolve) => {
      const end = (error: unknown): void => {
        failure ??= { error };
        resolve();
      };
      const fail = (error: unknown): void => {
        if (error instanceof Interrupted) timers.stopSince(mark);
        // Whatever of this cell still waits must not go on behind the next cells.
        guard.stop();
        end(error);
      };
      running = { id: cell.id, fail };
      // A stack of its own: when a loop is terminated, nothing but the cell is on the stack.
      setImmediate(() => {
        if (failure !== undefined) return;
        attribution.enter(cell.id, () => {
          try {
            Promise.resolve(start(cell)).then(() => resolve(), end);
          } catch (error) {
            end(error);
          }
        });
      });
    });
    await ended;
    // Rejections that nobody handles are reported after the microtasks: two turns of the loop wait for them.
    await turnOfLoop();
    await turnOfLoop();
    running = undefined;
    return settle(failure, cell);
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
      // Without a running cell it still stops what earlier cells left behind.
      if (!fail(new Interrupted())) guard.stop();
    },
  };
}

function settle(failure: { readonly error: unknown } | undefined, cell: RunnableCell): Outcome {
  return failure === undefined
    ? { status: "ok", value: cell.scope.result() }
    : { status: "error", ...failure };
}
