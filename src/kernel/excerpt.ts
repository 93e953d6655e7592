/** The lines of the author that an error message shows. */

const contextLines = 2;

/** A line (from 1) of a text with its neighbours, marked as in `> 3 | const y = x.z;`. */
export function excerpt(source: string, line: number): string[] {
  const all = source.split("\n");
  const first = Math.max(1, line - contextLines);
  const last = Math.min(all.length, line + contextLines);
  const width = String(last).length;
  return all.slice(first - 1, last).map((text, index) => {
    const number = first + index;
    return `    ${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd();
  });
}
