/**
 * The watch thread of the program process. It never runs the user's code, so it can stop it; and what the kernel
 * process sends arrives here also while the main thread is inside a loop.
 */
import { Socket } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { FromProgram, ToProgram } from "../contract.js";
import { readLines, toLine } from "../protocol/jsonLines.js";
import { createInterrupter } from "./interrupter.js";
import { countAnswer, requestStop } from "./signals.js";
import type { ToMain, WatchData } from "./watch.js";

const kernelFd = 4;
/** A main thread that does not exit by itself within this time is killed. */
const exitMs = 300;

function watch(data: WatchData): void {
  const kernel = new Socket({ fd: kernelFd, readable: true, writable: true });
  const say = (message: FromProgram): void => void kernel.write(toLine(message));
  const toMain = (message: ToMain): void => parentPort?.postMessage(message);
  const interrupter = createInterrupter(
    () => toMain({ kind: "interrupt" }),
    (stack) => toMain({ kind: "cutOff", stack }),
  );

  const receive = (message: ToProgram): void => {
    switch (message.kind) {
      case "interrupt":
        requestStop(data.signals);
        void interrupter.interrupt().then(() => say({ kind: "interrupted" }));
        return;
      case "input":
        data.answers.postMessage(message.answer);
        countAnswer(data.signals);
        return;
      case "exit":
        setTimeout(kill, exitMs);
        toMain(message);
        return;
      case "preload":
      case "run":
        toMain(message);
    }
  };
  readLines(kernel, (message) => receive(message as unknown as ToProgram), kill);
  // Without the kernel process nobody can reach this one any more.
  kernel.on("close", kill);
  kernel.on("error", kill);
  // The main thread has only one thing to say: the program was stopped.
  parentPort?.on("message", interrupter.confirmed);
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}

watch(workerData as WatchData);
