/** The inputs of this session, for `history_request`. Nothing is kept on disk. */
import type { Json } from "../contract.js";
import { textField } from "./wire.js";

export interface History {
  readonly add: (line: number, source: string) => void;
  /** The content of a history_reply: `[session, line, input]`, or `[session, line, [input, output]]`. */
  readonly reply: (request: Json) => Json;
}

type Entry = readonly [session: number, line: number, input: string];

export function createHistory(): History {
  const entries: Entry[] = [];
  return {
    add: (line, source) => void entries.push([0, line, source]),
    reply: (request) => {
      const chosen = choose(entries, request);
      const withOutput = request["output"] === true;
      const history = withOutput
        ? chosen.map(([session, line, input]) => [session, line, [input, null]])
        : chosen;
      return { status: "ok", history };
    },
  };
}

function choose(entries: readonly Entry[], request: Json): readonly Entry[] {
  const count = typeof request["n"] === "number" ? Math.max(0, request["n"]) : entries.length;
  switch (request["hist_access_type"]) {
    case "range":
      return entries.filter(([, line]) => line >= start(request["start"]) && line < stop(request["stop"]));
    case "search": {
      const pattern = textField(request, "pattern", "*");
      return last(
        entries.filter(([, , input]) => matchesGlob(input, pattern)),
        count,
      );
    }
    default:
      return last(entries, count);
  }
}

const start = (value: unknown): number => (typeof value === "number" ? value : 0);
const stop = (value: unknown): number => (typeof value === "number" ? value : Infinity);

function last(entries: readonly Entry[], count: number): readonly Entry[] {
  return count === 0 ? [] : entries.slice(-count);
}

/**
 * Whether a text matches a pattern: `*` stands for any text and `?` for one character, as in file names. Takes time
 * proportional to the product of the lengths at most, whatever the pattern.
 */
export function matchesGlob(text: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  // Where the latest star is, and up to where it reaches in the text so far.
  let star = -1;
  let reached = 0;
  while (at < text.length) {
    if (glob[inGlob] === "*") {
      star = inGlob++;
      reached = at;
    } else if (inGlob < glob.length && (glob[inGlob] === "?" || glob[inGlob] === text[at])) {
      inGlob++;
      at++;
    } else if (star >= 0) {
      inGlob = star + 1;
      at = ++reached;
    } else {
      return false;
    }
  }
  return glob.slice(inGlob).replaceAll("*", "") === "";
}
