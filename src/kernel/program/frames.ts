/** The lines of a stack as V8 writes them. */

/** `    at name (file:line:column)`, or without a name. */
const pattern = /^ {4}at (?:(?<name>.*) \()?(?<file>[^()]+?):(?<line>\d+):(?<column>\d+)\)?$/;

export interface Frame {
  readonly name: string;
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
}

/** Returns undefined for a line that names no place in a file. */
export function readFrame(text: string): Frame | undefined {
  const groups = pattern.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { name = "", file = "", line, column } = groups;
  return { name, file: file.replace(/^async /, ""), line: Number(line), column: Number(column) };
}
