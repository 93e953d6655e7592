/**
 * Joins printed text, so that 100,000 lines become one large message instead of 100,000 small ones, without
 * ever reordering: whatever else is published first sends the text that came before it.
 */
import type { StreamName } from "../contract.js";

/** A pause in the output of this length, in milliseconds, sends what waits. */
const pauseMs = 40;
/** Text that comes in a trickle is shown after this time at the latest: a counter, a progress line. */
const trickleMs = 100;
/** Text that pours is joined for longer: nobody reads it line by line, and every message is an output. */
const pourMs = 2000;
/** So many UTF-16 units in {@link trickleMs} are no trickle. */
const pourSize = 1 << 14;
/** Text is sent at once beyond this many UTF-16 units, which bounds the memory that waiting text takes. */
const sizeLimit = 1 << 22;

export interface StreamJoiner {
  readonly write: (id: number, name: StreamName, text: string) => void;
  readonly flush: () => void;
}

/** @param send called with joined text of one stream of one request. */
export function joinStreams(send: (id: number, name: StreamName, text: string) => void): StreamJoiner {
  let parts: string[] = [];
  let size = 0;
  let target: { id: number; name: StreamName } | undefined;
  let first = 0;
  let latest = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (target !== undefined && size > 0) send(target.id, target.name, parts.join(""));
    parts = [];
    size = 0;
    target = undefined;
  };
  const check = (): void => {
    const now = Date.now();
    const due = Math.min(latest + pauseMs, first + (size < pourSize ? trickleMs : pourMs));
    if (now >= due) flush();
    else timer = setTimeout(check, due - now);
  };
  return {
    flush,
    write: (id, name, text) => {
      if (target !== undefined && (target.id !== id || target.name !== name)) flush();
      latest = Date.now();
      if (target === undefined) first = latest;
      target = { id, name };
      parts.push(text);
      size += text.length;
      if (size > sizeLimit) flush();
      else timer ??= setTimeout(check, pauseMs);
    },
  };
}
