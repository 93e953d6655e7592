/**
 * The variables that cells share. A cell's `let x` stays an ordinary local variable of that cell; other cells
 * reach it through a pair of functions, so that all of them, and every function, see one and the same x.
 */

export type Accessors = readonly [get: () => unknown, set: (value: unknown) => void];

interface Variable {
  readonly get: () => unknown;
  readonly set: (value: unknown) => void;
  /** Execution count of the cell that declares it. */
  readonly cell: number;
}

/** The object that compiled code calls `exports`, for one cell. */
export interface CellScope {
  readonly exports: object;
  /** Called by the cell's first statement with access to each variable that the cell declares. */
  readonly link: (variables: Readonly<Record<string, Accessors>>) => void;
  /** The value of the last expression, if the cell ended with one. */
  readonly result: () => unknown;
}

export interface Scope {
  readonly forCell: (cell: CellNames) => CellScope;
}

export interface CellNames {
  readonly count: number;
  /** Names the cell declares or imports; assignments to them through `exports` only repeat the declaration. */
  readonly own: ReadonlySet<string>;
  /** The name under which the compiler stores the value of the last expression. */
  readonly result: string | undefined;
}

export function createScope(): Scope {
  const variables = new Map<string, Variable>();
  return {
    forCell: (cell) => {
      let result: unknown;
      const set = (name: string, value: unknown): void => {
        if (name === cell.result) result = value;
        else if (!cell.own.has(name)) variables.get(name)?.set(value);
      };
      const exports = new Proxy(Object.create(null) as object, {
        get: (_, name) => (typeof name === "string" ? read(name, variables.get(name)) : undefined),
        set: (_, name, value) => {
          if (typeof name === "string") set(name, value);
          return true;
        },
        defineProperty: (_, name, property) => {
          // An import: the getter reads the module's live binding.
          if (typeof name === "string" && property.get !== undefined) {
            const get = property.get.bind(undefined) as () => unknown;
            variables.set(name, { get, set: () => undefined, cell: cell.count });
          }
          return true;
        },
      });
      return {
        exports,
        result: () => result,
        link: (declared) => {
          for (const [name, [get, assign]] of Object.entries(declared)) {
            variables.set(name, { get, set: assign, cell: cell.count });
          }
        },
      };
    },
  };
}

function read(name: string, variable: Variable | undefined): unknown {
  if (variable === undefined) return undefined;
  try {
    return variable.get();
  } catch (error) {
    // The only ReferenceError that reading one variable can give: it was declared and never reached.
    if (!(error instanceof ReferenceError)) throw error;
  }
  throw new ReferenceError(
    `${name} has no value: cell [${variable.cell}], which declares it, stopped before that line`,
  );
}
