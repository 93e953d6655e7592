/** The kernel's main thread: `node dist/kernel/main.js CONNECTION_FILE`, as the kernelspec has it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { createAttribution } from "./attribution.js";
import { createRunner } from "./execute.js";
import { createGuard } from "./guard.js";
import { kernelInfo } from "./info.js";
import { createCellModules } from "./modules.js";
import { installOutput } from "./output.js";
import { packageRoot } from "../notebook/root.js";
import { createSession } from "./session.js";
import { restoreTensorflow } from "./tensorflow.js";
import type { SocketThreadData, ToMain, ToSockets } from "./thread.js";
import { trackTimers } from "./timers.js";
import { installTraps } from "./traps.js";
import { loadTslab } from "./tslab.js";

export function startKernel(connectionFile: string): void {
  const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string };
  const data: SocketThreadData = { connectionFile, kernelInfo: kernelInfo(manifest.version) };
  const worker = new Worker(new URL("./socket-thread.js", import.meta.url), { workerData: data });
  const post = (message: ToSockets): void => worker.postMessage(message);

  const guard = createGuard();
  const modules = createCellModules(process.cwd());
  const attribution = createAttribution();
  const timers = trackTimers(attribution);
  const runner = createRunner({ guard, timers, attribution, require: modules.require });
  const output = installOutput(post, attribution.currentId);
  const tslab = loadTslab();
  const session = createSession({ tslab, runner, modules, output });
  const { exit } = installTraps(runner, attribution, session.lateError);

  worker.on("message", (message: ToMain) => {
    switch (message.kind) {
      case "request":
        void session
          .answer(message.id, message.type, message.content)
          .then((content) => output.reply(message.id, content));
        return;
      case "interrupt":
        restoreTensorflow();
        runner.interrupt();
        post({ kind: "interrupted" });
        return;
      case "exit":
        exit(0);
    }
  });
  worker.on("error", (error) => {
    // Without its sockets the kernel can tell nobody anything: Jupyter sees the process end and says so.
    process.exitCode = 1;
    exit(1);
    throw error;
  });
}

const [connectionFile] = process.argv.slice(2);
if (connectionFile === undefined) {
  process.stderr.write("Usage: node dist/kernel/main.js CONNECTION_FILE (Jupyter starts kernels itself)\n");
  process.exitCode = 2;
} else {
  startKernel(connectionFile);
}
