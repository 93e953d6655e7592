/** Questions of a cell to its reader: `prompt` as in browsers and Deno, and `process.stdin`. */
import { Readable } from "node:stream";
import type { InputAnswer } from "../contract.js";
import { Interrupted } from "./guard.js";
import type { Output } from "./output.js";
import type { Watch } from "./watch.js";

/** Nobody can answer a question of this cell. */
export class InputRefused extends Error {
  override readonly name = "InputRefused";
}

// Kept before user code and the timer tracker can replace it.
const { setImmediate } = globalThis;

/** Installs the global `prompt`, and a `process.stdin` that asks when it is read. */
export function installInput(watch: Watch, output: Output, currentId: () => number): void {
  const ask = (prompt: string): void => output.say({ kind: "input", id: currentId(), prompt });
  const prompt = (message: unknown = "", fallback?: string): string => {
    ask(String(message));
    const text = textOf(watch.waitForAnswer());
    return text === "" && fallback !== undefined ? fallback : text;
  };
  let stdin: Readable | undefined;
  Reflect.set(globalThis, "prompt", prompt);
  Object.defineProperty(process, "stdin", {
    configurable: true,
    enumerable: true,
    // A stream that was refused its answer has ended; the next cell may ask again.
    get: () => (stdin === undefined || stdin.destroyed ? (stdin = createStdin(ask, watch)) : stdin),
  });
}

function createStdin(ask: (prompt: string) => void, watch: Watch): Readable {
  let wanted = false;
  const askIfFlowing = (): void => {
    if (!wanted || stdin.isPaused() || stdin.destroyed) return;
    wanted = false;
    ask("");
    void watch.nextAnswer().then((answer) => {
      try {
        stdin.push(`${textOf(answer)}\n`);
      } catch (error) {
        stdin.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
  };
  const stdin = new Readable({
    read: () => {
      wanted = true;
      // A reader that has enough pauses after the line it was given: it is not asked for one more.
      setImmediate(() => setImmediate(askIfFlowing));
    },
  });
  return stdin.on("resume", askIfFlowing);
}

function textOf(answer: InputAnswer): string {
  if (answer.kind === "text") return answer.text;
  throw answer.kind === "interrupted" ? new Interrupted() : new InputRefused(answer.reason);
}
