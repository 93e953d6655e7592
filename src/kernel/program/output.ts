/** Everything a program shows goes to the kernel process at once, marked with the cell it belongs to. */
import { Console } from "node:console";
import { writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import type { FromProgram, Json, PublishedType, StreamName } from "../contract.js";
import { displaySinkKey, type DisplayMessage, type DisplaySink } from "../../notebook/display.js";
import { toLine } from "../protocol/jsonLines.js";
import { Interrupted } from "./guard.js";
import { stopRequested, type Signals } from "./signals.js";

export interface Output {
  readonly say: (message: FromProgram) => void;
  readonly publish: (id: number, type: PublishedType, content: Json) => void;
}

const kernelFd = 3;
// Kept, because a program may replace it.
const bytesOf = Buffer.from.bind(Buffer) as (text: string) => Buffer<ArrayBuffer>;
/** Node's word on how modules.ts loads what cells import: nothing that the reader could change. */
const ownWarning = /^(vm\.USE_MAIN_CONTEXT_DEFAULT_LOADER|Support for loading ES Module in require\(\)) /;

/**
 * Writes stand still until the kernel process has taken the text: output streams also out of a loop, nothing is
 * lost when the process crashes right after it, and a program cannot fill the memory by printing.
 */
export function createOutput(): Output {
  let rest = Buffer.alloc(0);
  const say = (message: FromProgram): void => {
    // A loop may have been terminated in the middle of this function: then a line is still to be finished.
    const line = bytesOf(toLine(message));
    rest = rest.length > 0 ? Buffer.concat([rest, line]) : line;
    while (rest.length > 0) rest = rest.subarray(writeSync(kernelFd, rest));
  };
  return { say, publish: (id, type, content) => say({ kind: "publish", id, type, content }) };
}

/**
 * Takes over `process.stdout`, `process.stderr` and the library's display door.
 * @param currentId the cell whose code is running
 */
export function installOutput({ say, publish }: Output, signals: Signals, currentId: () => number): void {
  // Where a program shows something it can be stopped in good order.
  const stopHere = (): void => {
    if (stopRequested(signals)) throw new Interrupted();
  };
  for (const name of ["stdout", "stderr"] as const) {
    process[name].write = streamWriter((text) => {
      stopHere();
      say({ kind: "stream", id: currentId(), name, text });
    });
  }
  // Node's own console drops whatever a write throws, and the loop around it would go on.
  const { stdout, stderr } = process;
  globalThis.console = new Console({ stdout, stderr, ignoreErrors: false });
  const sink: DisplaySink = (message) => {
    stopHere();
    publish(currentId(), ...content(message));
  };
  Reflect.set(globalThis, displaySinkKey, sink);
  // Warnings of Node are news for the reader, not failures: on stderr they would cost a graded cell its points.
  process.on("warning", (warning) => {
    if (!ownWarning.test(warning.message)) process.stdout.write(`${warning.name}: ${warning.message}\n`);
  });
}

function content(message: DisplayMessage): [PublishedType, Json] {
  if ("clear" in message) return ["clear_output", { wait: message.clear === "wait" }];
  const { data, metadata, displayId, update } = message;
  const transient = displayId === undefined ? {} : { display_id: displayId };
  return [update ? "update_display_data" : "display_data", { data, metadata, transient }];
}

type Done = (error?: Error | null) => void;

/** A function with the overloads of a stream's `write`: chunk, then encoding or callback, then callback. */
function streamWriter(write: (text: string) => void): (typeof process)[StreamName]["write"] {
  const decoder = new StringDecoder("utf8");
  return (chunk: string | Uint8Array, second?: BufferEncoding | Done, third?: Done): boolean => {
    const encoding = typeof second === "string" ? second : undefined;
    const text =
      typeof chunk !== "string"
        ? decoder.write(Buffer.from(chunk))
        : encoding === undefined || encoding === "utf8" || encoding === "utf-8"
          ? chunk
          : Buffer.from(chunk, encoding).toString("utf8");
    if (text !== "") write(text);
    const done = typeof second === "function" ? second : third;
    if (done !== undefined) process.nextTick(done);
    return true;
  };
}
