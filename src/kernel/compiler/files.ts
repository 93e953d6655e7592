/** The names of the files that a session's cells are to the TypeScript compiler; none of them lies on the disk. */
import { join } from "node:path";

const stem = "__workbook_cell__";

export interface CellFiles {
  /** The cell at hand. */
  readonly current: string;
  /** The cells before it, which stay as they were compiled. */
  readonly cell: (id: number) => string;
  /** How one of them is imported by another. */
  readonly specifier: (id: number) => string;
  /** Declarations that hold in every cell. */
  readonly globals: string;
  /** Imports every package that a cell has imported, so that its types stay loaded. */
  readonly packages: string;
}

/** @param folder where relative imports of cells start */
export function cellFiles(folder: string): CellFiles {
  const file = (name: string): string => join(folder, `${stem}${name}`).replaceAll("\\", "/");
  return {
    current: file(".mts"),
    cell: (id) => file(`-${id}.mts`),
    specifier: (id) => `./${stem}-${id}.mjs`,
    globals: file("-globals.d.ts"),
    packages: file("-packages.mts"),
  };
}

/** A TypeScript file of the author's, which the program must get compiled; not a package, not declarations. */
export function isLocalTypeScript(file: string): boolean {
  return /\.(?:ts|mts|tsx)$/.test(file) && !/\.d\.m?ts$/.test(file) && !/[\\/]node_modules[\\/]/.test(file);
}

const mention = new RegExp(`(?:typeof )?import\\("[^"]*${stem}(?:-(\\d+))?(?:\\.m[jt]s)?"[^)]*\\)`, "g");

/** A text of the compiler's, with the wording "cell [3]" in place of our file names. */
export function nameCells(text: string, cellName: (id: number | undefined) => string): string {
  return text.replace(mention, (_, id?: string) => cellName(id === undefined ? undefined : Number(id)));
}
