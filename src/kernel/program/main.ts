/** The program process: runs the user's cells, one at a time, as the kernel process hands them over. */
import type { Outcome } from "../contract.js";
import { createAttribution } from "./attribution.js";
import { createRunner } from "./execute.js";
import { createGuard } from "./guard.js";
import { installInput } from "./input.js";
import { createCellModules } from "./modules.js";
import { createOutput, installOutput } from "./output.js";
import { pendingWork } from "./pending.js";
import { createSession } from "./session.js";
import { clearStop, createSignals } from "./signals.js";
import { restoreTensorflow } from "./tensorflow.js";
import { shown } from "./thrown.js";
import { trackTimers } from "./timers.js";
import { installTraps } from "./traps.js";
import { startWatch } from "./watch.js";

export function startProgram(): void {
  const signals = createSignals();
  const output = createOutput();
  const guard = createGuard();
  const attribution = createAttribution();
  const timers = trackTimers(attribution);
  const runner = createRunner({ guard, timers, attribution, pending: pendingWork(timers) });
  installOutput(output, signals, attribution.currentId);
  const modules = createCellModules(process.cwd(), guard);
  const session = createSession({ runner, guard, modules, output });
  const { exit } = installTraps(runner, attribution, session.lateError);
  const watch = startWatch(signals, (message) => {
    switch (message.kind) {
      case "preload":
        attribution.enter(message.id, () => modules.preload(message.packages));
        return;
      case "run":
        void session
          .run(message)
          .catch(defect)
          .then((outcome) => output.say({ kind: "done", id: message.id, outcome }));
        return;
      case "interrupt":
        clearStop(signals);
        restoreTensorflow();
        runner.interrupt();
        watch.interrupted();
        return;
      case "cutOff":
        runner.cutOff(message.stack);
        return;
      case "exit":
        exit(0);
    }
  });
  installInput(watch, output, attribution.currentId);
  output.say({ kind: "ready" });
}

/** A defect of the kernel itself must not leave the cell without an end. */
function defect(error: unknown): Outcome {
  const evalue = `the kernel could not finish this cell: ${shown(error)}`;
  return { status: "error", error: { ename: "KernelError", evalue, traceback: [evalue] } };
}

startProgram();
