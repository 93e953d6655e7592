/** What would end the process, or pass unseen, becomes an error of the cell that did it. */
import type { Attribution } from "./attribution.js";
import type { Runner } from "./execute.js";
import { Interrupted } from "./guard.js";

export class ExitError extends Error {
  override readonly name = "ExitError";
  constructor(call: string) {
    super(`${call} would end the kernel and lose all variables; throw an error to stop a cell`);
  }
}

export interface Traps {
  /** Really ends the process. */
  readonly exit: (code: number) => void;
}

/** @param late reports an error of a cell that has ended */
export function installTraps(
  runner: Runner,
  attribution: Attribution,
  late: (id: number, error: unknown) => void,
): Traps {
  const endings = ["exit", "reallyExit", "abort"];
  const own = Object.fromEntries(endings.map((name) => [name, Reflect.get(process, name) as unknown]));
  const report = (error: unknown): void => {
    // Code that was stopped ends by this error in whatever promise it was running.
    if (error instanceof Interrupted) return;
    const id = attribution.origin(error) ?? runner.runningId() ?? attribution.currentId();
    if (id === runner.runningId()) runner.fail(error);
    else late(id, error);
  };
  process.on("uncaughtException", report);
  process.on("unhandledRejection", report);
  process.on("SIGINT", () => runner.interrupt());

  const refuse =
    (name: string) =>
    (code?: string | number | null): never => {
      const error = new ExitError(`process.${name}(${code === undefined || code === null ? "" : code})`);
      runner.fail(error);
      throw error;
    };
  for (const name of endings) Reflect.set(process, name, refuse(name));
  return {
    exit: (code) => {
      // All of them: Node's own exit ends in reallyExit.
      Object.assign(process, own);
      process.exit(code);
    },
  };
}
