/** What stands between an opening and the next closing delimiter. */
export interface Delimited {
  readonly opening: RegExpExecArray;
  readonly body: string;
  /** Offset of the body. */
  readonly start: number;
}

/**
 * Walks a text from opening to closing delimiters, in a time that grows with the text alone: an opening
 * without its closing, however often it stands there, is searched for once.
 * @param opening a global pattern; what it matches without a closing (an escaped sign) is passed over
 * @param closingOf the closing delimiter of an opening
 */
export function* delimited(
  text: string,
  opening: RegExp,
  closingOf: (opening: RegExpExecArray) => string | undefined,
): Generator<Delimited> {
  const pattern = new RegExp(opening);
  const known = new Map<string, number>();
  const find = (closing: string, from: number): number => {
    const last = known.get(closing) ?? 0;
    const at = last < 0 || last >= from ? last : text.indexOf(closing, from);
    known.set(closing, at);
    return at;
  };
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const closing = closingOf(match);
    const start = match.index + match[0].length;
    let end = closing === undefined ? -1 : find(closing, start);
    while (closing === "$" && end > 0 && text[end - 1] === "\\") end = find(closing, end + 1);
    if (closing === undefined || end < 0 || end - start > longest) continue;
    yield { opening: match, body: text.slice(start, end), start };
    pattern.lastIndex = end + closing.length;
  }
}

/** Beyond this a formula is refused anyway, and the closing delimiter belongs to something else. */
const longest = 20_000;
