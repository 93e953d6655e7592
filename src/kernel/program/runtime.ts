/** What a compiled cell can ask of the program it runs in: the parameter `cell` of its script. */

/** Both directions to a variable that stays an ordinary local of the cell that declares it. */
export type Accessors = readonly [get: () => unknown, set?: (value: unknown) => void];

export interface CellRuntime {
  /**
   * Called by the first statement of the script, with every variable that the cell declares or imports by
   * name. Reading one that was not reached yet throws a ReferenceError, as in any program.
   */
  readonly link: (variables: Readonly<Record<string, Accessors>>) => void;
  /** The variables of earlier cells, as live properties: `cell.earlier.x = 5`. */
  readonly earlier: Record<string, unknown>;
  /** `import()`: the module's namespace. */
  readonly import: (specifier: string, options?: ImportCallOptions) => Promise<Record<string, unknown>>;
  /**
   * Static imports, awaited one after the other, first of all.
   * @throws SyntaxError if the module does not have one of the names
   */
  readonly importNames: (
    names: readonly string[],
    specifier: string,
    options?: ImportCallOptions,
  ) => Promise<Record<string, unknown>>;
  /** Assigned by the last statement if it is an expression. */
  result: unknown;
  /** `import.meta` of a cell: `url`, `dirname`, `filename`, `resolve`. */
  readonly meta: ImportMeta;
  /** Counts the interrupts; see guard.ts for these four. */
  readonly epoch: number;
  readonly resume: <T>(epoch: number, value: T) => T;
  readonly pass: (error: unknown) => void;
  readonly iterate: <T>(items: AsyncIterable<T> | Iterable<T | Promise<T>>) => AsyncIterable<T>;
}
