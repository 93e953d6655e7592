/** The compiler in a thread of its own, as the rest of the kernel sees it. */
import { Worker } from "node:worker_threads";
import type { Compiler } from "./compiler.js";

type Promised<Call> = Call extends (...all: infer Parameters) => infer Result
  ? (...all: Parameters) => Promise<Result>
  : never;

/** The compiler's functions as promises, answered in the order of the calls. */
export type CompilerClient = { readonly [Name in keyof Compiler]: Promised<Compiler[Name]> } & {
  /** Ends the thread; what is not answered by then is rejected. */
  readonly close: () => Promise<void>;
};

export type { CompileRequest } from "./compiler.js";

export interface ToCompiler {
  readonly method: keyof Compiler;
  readonly parameters: readonly unknown[];
}

export type FromCompiler =
  | { readonly result: unknown }
  | { readonly error: unknown }
  /** Sent before a cell is compiled: the packages that it imports. */
  | { readonly packages: readonly string[] };

interface Pending {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** A chain of cells that build on each other is followed recursively. */
const stackMegabytes = 32;
/** Without limits V8 lets the garbage of many small compilations grow to several times of what is in use. */
const limits = { stackSizeMb: stackMegabytes, maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 48 };

/**
 * @param folder where relative imports of cells start
 * @param imports is told the packages that a cell imports, before the cell is compiled
 */
export function startCompiler(
  folder: string,
  imports: (packages: readonly string[]) => void = () => undefined,
): CompilerClient {
  const worker = new Worker(new URL("./thread.js", import.meta.url), {
    workerData: folder,
    resourceLimits: limits,
  });
  const pending: Pending[] = [];
  let ended: Error | undefined;

  const end = (reason: string, cause?: unknown): void => {
    ended ??= new Error(`the compiler's thread has ended: ${reason}`, { cause });
    for (const { reject } of pending.splice(0)) reject(ended);
  };
  worker.on("message", (answer: FromCompiler) => {
    if ("packages" in answer) {
      if (answer.packages.length > 0) imports(answer.packages);
      return;
    }
    const asked = pending.shift();
    if ("error" in answer) asked?.reject(answer.error);
    else asked?.resolve(answer.result as never);
  });
  worker.on("error", (error) => end(String(error), error));
  worker.on("exit", (code) => end(`exit code ${code}`));

  const call = <Result>(method: keyof Compiler, ...parameters: unknown[]): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      if (ended !== undefined) {
        reject(ended);
        return;
      }
      pending.push({ resolve, reject });
      worker.postMessage({ method, parameters } satisfies ToCompiler);
    });
  return {
    compile: (request) => call("compile", request),
    commit: () => call("commit"),
    complete: (source, cursor) => call("complete", source, cursor),
    inspect: (source, cursor, detail) => call("inspect", source, cursor, detail),
    isComplete: (source) => call("isComplete", source),
    reset: () => call("reset"),
    close: async () => {
      end("it was closed");
      await worker.terminate();
    },
  };
}
