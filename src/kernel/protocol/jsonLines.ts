/** One JSON object a line: how the two processes of the kernel write to each other. */
import type { EventEmitter } from "node:events";
import { isJson, type Json } from "../contract.js";

const newline = 0x0a;
// Kept, because a program may replace them.
const { parse, stringify } = JSON;

/** JSON has no raw line break inside of a value, so the end of the line is the end of the value. */
export function toLine(value: object): string {
  return `${stringify(value)}\n`;
}

/**
 * Calls `use` with every object that arrives; a last line that was cut off by the writer's end is left out.
 * @param spoiled called with a line that is no such object: somebody else has written there
 */
export function readLines(
  from: EventEmitter,
  use: (value: Json) => void,
  spoiled: (line: string) => void,
): void {
  let parts: Buffer[] = [];
  from.on("data", (chunk: Buffer) => {
    let begin = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, begin)) {
      parts.push(chunk.subarray(begin, end));
      const line = Buffer.concat(parts).toString("utf8");
      parts = [];
      begin = end + 1;
      const value = parseObject(line);
      if (value === undefined) spoiled(line);
      else use(value);
    }
    if (begin < chunk.length) parts.push(chunk.subarray(begin));
  });
}

function parseObject(line: string): Json | undefined {
  try {
    const value: unknown = parse(line);
    return isJson(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
