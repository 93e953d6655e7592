/**
 * Stops the user's program from the watch thread. The main thread is asked first: if its event loop turns,
 * it rejects the pending cell itself. If it does not answer, its stack is looked at from here, through V8's
 * inspector, and if the user's code is on it, V8 is told to end that execution; variables survive that.
 * Looking first matters: a termination that hits our own code or Node's would break the kernel.
 */
import { Session } from "node:inspector/promises";
import { readFrame } from "./frames.js";

/**
 * How long the main thread has to answer. An event loop that turns answers within milliseconds; a training
 * loop between two steps, which then ends in an orderly way.
 */
const firstAnswerMs = 400;
const answerMs = 50;
const wakeMs = 5;

export interface Interrupter {
  /** Resolves when the main thread has confirmed that the program was stopped. */
  readonly interrupt: () => Promise<void>;
  /** To be called when the main thread confirms. */
  readonly confirmed: () => void;
}

/** @param cutOff is told the stack of the code that is about to be ended */
export function createInterrupter(askMainThread: () => void, cutOff: (stack: string) => void): Interrupter {
  let waiting: (() => void)[] = [];
  return {
    confirmed: () => {
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    interrupt: async () => {
      const answer = new Promise<void>((resolve) => waiting.push(resolve));
      askMainThread();
      if (await within(answer, firstAnswerMs)) return;
      // The inspector's answers do not wake the event loop of this thread.
      const wake = setInterval(() => undefined, wakeMs);
      const session = new Session();
      session.connectToMainThread();
      try {
        do {
          // During a long native call neither comes before the call returns.
          const stack = await Promise.race([answer, lookAtStack(session)]);
          if (stack === undefined) return;
          if (!hasUserCode(stack)) continue;
          cutOff(stack);
          await Promise.race([answer, session.post("Runtime.terminateExecution")]);
        } while (!(await within(answer, answerMs)));
      } finally {
        session.disconnect();
        clearInterval(wake);
      }
    },
  };
}

/** Runs in the middle of whatever the main thread executes; user code may have changed how stacks are written. */
const probe = `(() => {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Object.assign(Error, { stackTraceLimit: 200, prepareStackTrace: undefined });
  try { return String(new Error("probe").stack); } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  }
})()`;

async function lookAtStack(session: Session): Promise<string> {
  const { result } = await session.post("Runtime.evaluate", { expression: probe, silent: true });
  return String(result.value);
}

const ownFile = /^(node:|<anonymous>$)|[\\/]dist[\\/]kernel[\\/]/;

/** A line on its way to the kernel process is not to be cut off. */
const writing = /[\\/]dist[\\/]kernel[\\/]program[\\/]output\.js/;

/** Whether the user's code is on the stack: a frame that is neither ours, nor Node's, nor the probe itself. */
export function hasUserCode(stack: string): boolean {
  const frames = stack.split("\n").filter((line) => line.startsWith("    at "));
  return frames.some(isUserFrame) && !frames.some((line) => writing.test(line));
}

function isUserFrame(line: string): boolean {
  // What `eval` and `new Function` made runs only when the user's code asks for it.
  if (line.includes("eval at ")) return true;
  const frame = readFrame(line);
  return frame !== undefined && !ownFile.test(frame.file);
}

/** Whether the promise settled within the time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
