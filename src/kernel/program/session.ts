/** The state of one program: its variables, its modules, and the texts of its cells for tracebacks. */
import vm from "node:vm";
import type { Json, Outcome, RunCell } from "../contract.js";
import { cellMeta, type CellModules } from "./modules.js";
import type { Runner } from "./execute.js";
import type { GuardControl } from "./guard.js";
import type { Output } from "./output.js";
import type { CellRuntime } from "./runtime.js";
import { createScope } from "./scope.js";
import { createSources, describeError } from "./traceback.js";
import { valueBundle } from "./value.js";

export interface Session {
  readonly run: (cell: RunCell) => Promise<Outcome>;
  /** Reports an error of a cell that has ended: its reply is gone, but its output can still say so. */
  readonly lateError: (id: number, error: unknown) => void;
}

export interface SessionParts {
  readonly runner: Runner;
  readonly guard: GuardControl;
  readonly modules: CellModules;
  readonly output: Output;
}

type CellFunction = (cell: CellRuntime, require: NodeJS.Require) => unknown;

export function createSession({ runner, guard, modules, output }: SessionParts): Session {
  const scope = createScope();
  const sources = createSources();

  const runtimeOf = (count: number, uses: readonly string[]): CellRuntime => ({
    link: (variables) => scope.link(count, variables),
    earlier: scope.capture(uses),
    import: modules.import,
    importNames: modules.importNames,
    result: undefined,
    meta: cellMeta(process.cwd()),
    get epoch() {
      return guard.epoch;
    },
    resume: guard.resume,
    pass: guard.pass,
    iterate: guard.iterate,
  });
  const failed = (error: unknown): Outcome => ({ status: "error", error: describeError(error, sources) });

  return {
    run: async ({ id, count, source, cell }) => {
      const { script } = cell;
      sources.add({ label: `cell [${count}]`, source, ...script });
      for (const module of cell.modules) sources.add({ label: module.path, ...module });
      modules.update(cell.modules);
      const runtime = runtimeOf(count, cell.uses);
      let bundle: Json | undefined;
      const start = async (): Promise<void> => {
        const run = vm.runInThisContext(script.text, { filename: script.file }) as CellFunction;
        await run(runtime, modules.require);
        bundle = await valueBundle(runtime.result);
      };
      const ending = await runner.run({ id, start });
      if (ending.status === "error") return failed(ending.error);
      return bundle === undefined ? { status: "ok" } : { status: "ok", bundle };
    },
    lateError: (id, error) => output.publish(id, "error", { ...describeError(error, sources) }),
  };
}
