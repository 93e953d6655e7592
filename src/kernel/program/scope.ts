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
  /**
   * See `CellRuntime.earlier`: the variables that have these names now. Functions of the cell keep them when a later
   * cell declares a name anew.
   */
  readonly capture: (names: readonly string[]) => Record<string, unknown>;
  readonly link: (cell: number, variables: Readonly<Record<string, Accessors>>) => void;
}

export function createScope(): Scope {
  const variables = new Map<string, Variable>();
  return {
    capture: (names) => {
      const captured = Object.create(null) as Record<string, unknown>;
      for (const name of names) Object.defineProperty(captured, name, property(name, variables.get(name)));
      return captured;
    },
    link: (cell, declared) => {
      for (const [name, accessors] of Object.entries(declared)) variables.set(name, { accessors, cell });
    },
  };
}

function property(name: string, variable: Variable | undefined): PropertyDescriptor {
  if (variable === undefined) {
    const get = (): never => {
      throw new ReferenceError(`${name} has no value: the cell that declares it was stopped before it ran`);
    };
    return { get, set: get };
  }
  const [read, write] = variable.accessors;
  return { get: () => reached(name, variable, read), ...(write === undefined ? {} : { set: write }) };
}

function reached(name: string, { cell }: Variable, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    // The only ReferenceError that reading one variable can give: it was declared and never reached.
    if (!(error instanceof ReferenceError)) throw error;
  }
  throw new ReferenceError(
    `${name} has no value: cell [${cell}], which declares it, stopped before that line`,
  );
}
