/**
 * Joins printed text, so that 100,000 lines become a few large messages instead of 100,000 small ones,
 * without ever reordering: whatever else is published first sends the text that came before it.
 */
import type { StreamName } from "./thread.js";

/** How long text may wait for more text, in milliseconds. */
const joinMs = 40;
/** Text is sent at once beyond this many UTF-16 units, which bounds the memory that waiting text takes. */
const joinLimit = 1 << 20;

export interface StreamJoiner {
  readonly write: (id: number, name: StreamName, text: string) => void;
  readonly flush: () => void;
}

/** @param send called with joined text of one stream of one request. */
export function joinStreams(send: (id: number, name: StreamName, text: string) => void): StreamJoiner {
  let parts: string[] = [];
  let length = 0;
  let target: { id: number; name: StreamName } | undefined;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (target !== undefined && length > 0) send(target.id, target.name, parts.join(""));
    parts = [];
    length = 0;
    target = undefined;
  };
  return {
    flush,
    write: (id, name, text) => {
      if (target !== undefined && (target.id !== id || target.name !== name)) flush();
      target = { id, name };
      parts.push(text);
      length += text.length;
      if (length > joinLimit) flush();
      else timer ??= setTimeout(flush, joinMs);
    },
  };
}
