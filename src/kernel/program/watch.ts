/**
 * The main thread's side of the watch thread: requests come in through it, and answers to questions of a cell
 * can be waited for without returning to the event loop.
 */
import { MessageChannel, Worker, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { InputAnswer, ToProgram } from "../contract.js";
import { waitFor, type Signals } from "./signals.js";

export interface Watch {
  /** Confirms that the program was stopped. */
  readonly interrupted: () => void;
  /** Stands still until the next answer to a question is there. */
  readonly waitForAnswer: () => InputAnswer;
  /** The next answer, without standing still. */
  readonly nextAnswer: () => Promise<InputAnswer>;
}

/** Given to the watch thread when it starts. */
export interface WatchData {
  /** Answers to questions go here. */
  readonly answers: MessagePort;
  readonly signals: Signals;
}

/** What the watch thread tells the main thread. */
export type ToMain =
  | Exclude<ToProgram, { kind: "input" }>
  /** The code with this stack was ended in the middle; sent after the interrupt that it follows from. */
  | { readonly kind: "cutOff"; readonly stack: string };

export function startWatch(signals: Signals, receive: (message: ToMain) => void): Watch {
  const { port1: answers, port2 } = new MessageChannel();
  const workerData: WatchData = { answers: port2, signals };
  const worker = new Worker(new URL("./watchThread.js", import.meta.url), {
    workerData,
    transferList: [port2],
  });
  worker.on("message", receive);
  // A program that has no ears left is of no use: the kernel process sees it end and starts another.
  worker.on("error", (error) => {
    throw error;
  });
  const take = (): InputAnswer | undefined =>
    (receiveMessageOnPort(answers) as { message: InputAnswer } | undefined)?.message;
  return {
    interrupted: () => worker.postMessage("interrupted"),
    waitForAnswer: () => waitFor(signals, take),
    nextAnswer: () =>
      new Promise((resolve) => {
        // Listening keeps the process awake, and the cell running, for as long as the question is open.
        answers.once("message", (answer: InputAnswer) => resolve(answer));
      }),
  };
}
