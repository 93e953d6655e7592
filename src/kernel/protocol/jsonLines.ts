/** One JSON value a line: how the two processes of the kernel write to each other. */
import type { EventEmitter } from "node:events";

const newline = 0x0a;

/** JSON has no raw line break inside of a value, so the end of the line is the end of the value. */
export function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** Calls `use` with every value that arrives; a last line that was cut off by the writer's end is left out. */
export function readLines(from: EventEmitter, use: (value: unknown) => void): void {
  let parts: Buffer[] = [];
  from.on("data", (chunk: Buffer) => {
    let begin = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, begin)) {
      parts.push(chunk.subarray(begin, end));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      begin = end + 1;
      use(JSON.parse(line));
    }
    if (begin < chunk.length) parts.push(chunk.subarray(begin));
  });
}
