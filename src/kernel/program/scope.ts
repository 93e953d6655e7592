/**
 * The variables that cells share. A cell's `let x` stays an ordinary local variable of that cell; other cells
 * reach it through a pair of functions, so that all of them, and every function, see one and the same x.
 */
import type { Accessors } from "./runtime.js";

interface Variable {
  readonly accessors: Accessors;
  /** Execution count of the cell that declares it. */
  readonly cell: number;
}

export interface Scope {
  /** See `CellRuntime.earlier`. */
  readonly earlier: Record<string, unknown>;
  readonly link: (cell: number, variables: Readonly<Record<string, Accessors>>) => void;
}

export function createScope(): Scope {
  const variables = new Map<string, Variable>();
  const earlier = new Proxy(Object.create(null) as Record<string, unknown>, {
    get: (_, name) => read(String(name), variables.get(String(name))),
    set: (_, name, value) => {
      variables.get(String(name))?.accessors[1]?.(value);
      return true;
    },
  });
  return {
    earlier,
    link: (cell, declared) => {
      for (const [name, accessors] of Object.entries(declared)) variables.set(name, { accessors, cell });
    },
  };
}

function read(name: string, variable: Variable | undefined): unknown {
  if (variable === undefined) {
    throw new ReferenceError(`${name} has no value: the cell that declares it was stopped before it ran`);
  }
  try {
    return variable.accessors[0]();
  } catch (error) {
    // The only ReferenceError that reading one variable can give: it was declared and never reached.
    if (!(error instanceof ReferenceError)) throw error;
  }
  throw new ReferenceError(
    `${name} has no value: cell [${variable.cell}], which declares it, stopped before that line`,
  );
}
