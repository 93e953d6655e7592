/**
 * Cell ids. An id is part of the notebook (figures, links and diff tools refer to it), but a text
 * full of ids is unpleasant to read, and jupytext drops them. So the id of a cell is, as long as
 * nobody says otherwise, made from that cell alone: from its nbgrader grade_id, its heading or its
 * first words. Only an id that cannot be made like this is written into the .md, as cell metadata `id`:
 * one given by hand or by Jupyter, or that of the second of two cells which begin alike.
 *
 * When a .md is read beside its .ipynb, a cell whose text is unchanged keeps the id it has there.
 * An edit elsewhere can therefore never change it, not even one that makes another cell begin alike.
 */
import { InputError } from "../../error.js";
import { isJsonObject, type Cell, type JsonObject, type Notebook } from "./notebook.js";

const longest = 40;

/** What an id is made from. */
export interface CellText {
  readonly type: Cell["type"];
  readonly metadata: JsonObject;
  readonly source: string;
}

/** The id of a cell that is not given another one: a function of the cell alone. */
export function ownId(cell: CellText): string {
  const nbgrader = cell.metadata["nbgrader"];
  const gradeId = isJsonObject(nbgrader) ? nbgrader["grade_id"] : undefined;
  if (typeof gradeId === "string" && isCellId(gradeId)) return gradeId;
  const lines = cell.source.split("\n").filter((line) => /\w/.test(line));
  const isImport = (line: string): boolean => cell.type === "code" && /^\s*import\b/.test(line);
  const line = lines.find((text) => !isImport(text)) ?? lines[0] ?? "";
  return slug(line) || cell.type;
}

/** Lower-case words joined by hyphens, at most 40 characters, cut between words where possible. */
export function slug(text: string): string {
  const words = text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  let joined = "";
  for (const word of words) {
    const longer = joined === "" ? word.slice(0, longest) : `${joined}-${word}`;
    if (longer.length > longest) break;
    joined = longer;
  }
  return joined;
}

export function isCellId(id: string): boolean {
  return /^[a-zA-Z0-9_-]{1,64}$/.test(id);
}

/** @throws InputError unless the id is one nbformat allows and not yet in `taken`, to which it is added */
export function claimId(id: string, taken: Set<string>, where: string): void {
  if (!isCellId(id)) {
    throw new InputError(
      `${where}: id ${JSON.stringify(id)}`,
      "1 to 64 letters, digits, hyphens or underscores",
      "Shorten or rename it.",
    );
  }
  if (taken.has(id)) {
    throw new InputError(
      `${where}: id ${JSON.stringify(id)}`,
      "an id that no earlier cell has",
      "Remove or rename one of the two.",
    );
  }
  taken.add(id);
}

/**
 * One id per cell, in order: the given one; else that of an unchanged cell of `previous`; else its
 * own, with -2, -3… if that is taken.
 * @param where names cell i in messages
 */
export function assignIds(
  cells: readonly (CellText & { readonly givenId: string | undefined })[],
  previous: Notebook | undefined,
  where: (index: number) => string,
): readonly string[] {
  const taken = new Set<string>();
  const ids = cells.map((cell) => cell.givenId);
  ids.forEach((id, i) => {
    if (id !== undefined) claimId(id, taken, where(i));
  });
  const unclaimed = [...(previous?.cells ?? [])];
  cells.forEach((cell, i) => {
    if (ids[i] !== undefined) return;
    const at = unclaimed.findIndex(
      (old) => old.type === cell.type && old.source === cell.source && !taken.has(old.id),
    );
    if (at < 0) return;
    const [old] = unclaimed.splice(at, 1);
    if (old === undefined) return;
    ids[i] = old.id;
    taken.add(old.id);
  });
  return cells.map((cell, i) => {
    const id = ids[i] ?? firstFree(ownId(cell), taken);
    taken.add(id);
    return id;
  });
}

function firstFree(base: string, taken: ReadonlySet<string>): string {
  if (!taken.has(base)) return base;
  for (let n = 2; ; n += 1) {
    const id = `${base.slice(0, 64 - 1 - String(n).length)}-${n}`;
    if (!taken.has(id)) return id;
  }
}
