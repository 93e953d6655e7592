/** The names that cells share, and how one cell's text gets at those of the others. */
import type { CellText, DeclaredName, NameKind } from "./cellText.js";
import type { CellFiles } from "./files.js";

export interface SharedName extends DeclaredName {
  /** The cell that declares it, by the number of its file. */
  readonly cell: number;
}

export interface Names {
  readonly all: () => Iterable<SharedName>;
  readonly get: (name: string) => SharedName | undefined;
  readonly add: (cell: number, declared: Iterable<DeclaredName>) => void;
  /** What the text mentions and does not declare itself. */
  readonly usedBy: (text: CellText) => SharedName[];
  readonly clear: () => void;
}

export function createNames(): Names {
  const names = new Map<string, SharedName>();
  return {
    all: () => names.values(),
    get: (name) => names.get(name),
    add: (cell, declared) => {
      for (const one of declared) names.set(one.name, { ...one, cell });
    },
    usedBy: ({ mentioned, declared }) =>
      [...mentioned].flatMap((name) => {
        const shared = declared.has(name) ? undefined : names.get(name);
        return shared === undefined ? [] : [shared];
      }),
    clear: () => names.clear(),
  };
}

export const isAssignable = (kind: NameKind): kind is "let" | "var" => kind === "let" || kind === "var";

/** TypeScript that brings names of other cells into scope, with exactly the types that they have there. */
export function accessText(names: readonly SharedName[], { specifier }: CellFiles): string {
  return names
    .map(({ name, kind, cell }) => {
      const from = JSON.stringify(specifier(cell));
      return isAssignable(kind)
        ? `declare ${kind} ${name}: typeof import(${from}).${name};`
        : `import { ${name} } from ${from};`;
    })
    .join("\n");
}

/** TypeScript that offers a cell's names to the cells below. */
export function exportText({ declared, exported }: CellText): string {
  const names = [...declared.keys()].filter((name) => !exported.has(name));
  return `export { ${names.join(", ")} };`;
}
