/** The state of one kernel: counts, declarations and cells; and the answers that need them. */
import { compileCell } from "./compile.js";
import type { Outcome, Runner } from "./execute.js";
import { complete, inspectAt, isComplete } from "./introspect.js";
import type { CellModules } from "./modules.js";
import type { Output } from "./output.js";
import { createScope } from "./scope.js";
import type { MainRequestType } from "./thread.js";
import { cellFile, describeError, type CellSource, type ErrorContent } from "./traceback.js";
import type { Tslab } from "./tslab.js";
import { valueBundle } from "./value.js";
import { isJson, textField, type Json } from "./wire.js";

export interface Session {
  /** Answers one request; the content is that of the reply. */
  readonly answer: (id: number, type: MainRequestType, content: Json) => Promise<Json>;
  /** Reports an error of a cell that has ended: its reply is gone, but its output can still say so. */
  readonly lateError: (id: number, error: unknown) => void;
}

export interface SessionParts {
  readonly tslab: Tslab;
  readonly runner: Runner;
  readonly modules: CellModules;
  readonly output: Output;
}

export function createSession({ tslab, runner, modules, output }: SessionParts): Session {
  const scope = createScope();
  const cells = new Map<number, CellSource>();
  let declarations = "";
  let count = 0;

  const compile = (id: number, cell: CellSource): (() => Promise<Outcome>) => {
    const code = compileCell(tslab, declarations, cell.source);
    cells.set(id, { ...cell, position: code.position });
    modules.update(code.modules);
    // Known even if the cell stops half-way: what has a value by then keeps it.
    declarations = code.declarations;
    const names = { count: cell.count, own: code.own, result: code.result };
    return () => runner.run({ id, file: cellFile(id), code, scope: scope.forCell(names) });
  };

  /** Runs a text to its outcome, whatever goes wrong. */
  const evaluate = async (id: number, cell: CellSource): Promise<Outcome & { readonly bundle?: Json }> => {
    try {
      const outcome = await compile(id, cell)();
      if (outcome.status === "error") return outcome;
      const bundle = await valueBundle(outcome.value);
      return bundle === undefined ? outcome : { ...outcome, bundle };
    } catch (error) {
      return { status: "error", error };
    }
  };

  const execute = async (id: number, request: Json): Promise<Json> => {
    const source = textField(request, "code");
    const silent = request["silent"] === true;
    if (!silent && request["store_history"] !== false) count++;
    if (!silent) output.publish(id, "execute_input", { code: source, execution_count: count });
    const cell: CellSource = { count, source, position: () => undefined };
    const outcome = await evaluate(id, cell);
    if (outcome.status === "error") {
      const content: ErrorContent = describeError(outcome.error, cells, cell);
      output.publish(id, "error", { ...content });
      return { status: "error", execution_count: count, ...content };
    }
    if (outcome.bundle !== undefined) {
      output.publish(id, "execute_result", { execution_count: count, data: outcome.bundle, metadata: {} });
    }
    const expressions = isJson(request["user_expressions"]) ? request["user_expressions"] : {};
    return {
      status: "ok",
      execution_count: count,
      payload: [],
      user_expressions: await evaluateAll(id, expressions),
    };
  };

  const evaluateAll = async (id: number, expressions: Json): Promise<Json> => {
    const results: Record<string, unknown> = {};
    for (const [name, source] of Object.entries(expressions)) {
      const cell: CellSource = { count, source: String(source), position: () => undefined };
      const outcome = await evaluate(id, cell);
      results[name] =
        outcome.status === "ok"
          ? { status: "ok", data: outcome.bundle ?? { "text/plain": "undefined" }, metadata: {} }
          : { status: "error", ...describeError(outcome.error, cells, cell) };
    }
    return results;
  };

  return {
    answer: async (id, type, content) => {
      switch (type) {
        case "execute_request":
          return execute(id, content);
        case "complete_request":
          return complete(tslab, declarations, content);
        case "inspect_request":
          return inspectAt(tslab, declarations, content);
        case "is_complete_request":
          return isComplete(tslab, content);
      }
    },
    lateError: (id, error) => {
      const cell = cells.get(id) ?? { count, source: "", position: () => undefined };
      output.publish(id, "error", { ...describeError(error, cells, cell) });
    },
  };
}
