/** The compiler's own thread: answers completion and inspection also while a cell runs. */
import { parentPort, workerData } from "node:worker_threads";
import { packagesOf } from "./cellText.js";
import type { FromCompiler, ToCompiler } from "./client.js";
import { createCompiler, type Compiler } from "./compiler.js";

const port = parentPort;
if (port === null) throw new Error("compiler/thread.js runs as a worker thread only");

const compiler = createCompiler(workerData as string);
// Reads the declarations that every cell needs before the first one comes.
compiler.compile({ source: "", count: 0, file: "" });

port.on("message", ({ method, parameters }: ToCompiler) => {
  if (method === "compile") {
    const [{ source }] = parameters as Parameters<Compiler["compile"]>;
    port.postMessage({ packages: packagesOf(source) } satisfies FromCompiler);
  }
  const call = compiler[method] as (...all: unknown[]) => ReturnType<Compiler[typeof method]>;
  try {
    port.postMessage({ result: call(...parameters) });
  } catch (error) {
    port.postMessage({ error });
  }
});
