/** Places in a text: Jupyter counts code points, JavaScript UTF-16 units. */

/** The offset in UTF-16 units of a cursor; a cursor beyond the end is at the end. */
export function utf16Offset(text: string, cursor: number): number {
  let offset = 0;
  let count = 0;
  for (const character of text) {
    if (count >= cursor) break;
    offset += character.length;
    count++;
  }
  return offset;
}

/** The number of code points before an offset in UTF-16 units. */
export function codePointOffset(text: string, offset: number): number {
  return Array.from(text.slice(0, offset)).length;
}
