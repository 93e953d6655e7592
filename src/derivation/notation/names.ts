import { InputError } from "../../error.js";
import type { Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { readLatex } from "../../tex/read.js";
import type { Vocabulary } from "../../tex/parse.js";
import { Declared, type Declaration } from "./declared.js";
import type { Definition } from "./definition.js";
import type { Binding, Notation, Role } from "./notation.js";

export type { Definition };

/** A symbol that an equation was solved for. */
export interface Solved {
  readonly key: string;
  readonly definition: Definition;
}

export type Meaning =
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "bound"; readonly binding: Binding }
  | { readonly kind: "defined"; readonly definition: Definition }
  | { readonly kind: "declared"; readonly declaration: Declaration }
  | { readonly kind: "index" }
  | { readonly kind: "unknown" };

/** Where a symbol was looked up, and what of its subscript is left over as a time. */
export interface Lookup {
  readonly meaning: Meaning;
  /** The subscript, where it is a time. */
  readonly time?: Expr;
  /** The canonical key: `\bar{\alpha}_t`, `z`, `\mu_{\theta}`. */
  readonly key: string;
}

/** How a letter is kept of which every index tells noises apart, not numbers alone. */
export const everyTime = (letter: string): string => `${letter}_t`;

/** The names of one document: its notation and what its statements have defined so far. */
export class Names implements Vocabulary {
  private readonly lookups = new WeakMap<SymbolExpr, Lookup>();

  private constructor(
    readonly notation: Notation,
    private readonly tables: Tables,
    private readonly definitions: ReadonlyMap<string, Definition>,
    /** Letters whose numbered forms (z_1, z̄_2), or all forms (`everyTime`), are noises of their own. */
    readonly numbered: ReadonlySet<string> = new Set(),
    /** What the text has declared without a value: variables, laws, functions of one argument. */
    readonly declared: Declared = Declared.none,
    /** Known in one derivation only: what its equations were solved for. */
    readonly solved: readonly Solved[] = [],
    /** The names with the same definitions, by their numbered letters: what was found with them is kept. */
    private readonly relatives = new Map<string, Names>(),
  ) {}

  /** @throws InputError when a symbol of the notation is not one symbol */
  static of(notation: Notation): Names {
    return new Names(notation, tablesOf(notation), new Map());
  }

  readonly isFunction = (name: string): boolean => this.tables.functions.has(name);

  readonly isTime = (name: string): boolean => this.notation.indices.includes(name);

  get time(): string {
    return this.notation.time;
  }

  get horizon(): string | undefined {
    return this.letterOf("horizon");
  }

  get density(): string | undefined {
    return this.letterOf("forwardDensity");
  }

  get model(): string | undefined {
    return this.letterOf("reverseDensity");
  }

  /** A copy that knows one definition more. */
  withDefinition(key: string, definition: Definition): Names {
    const definitions = new Map([...this.definitions, [key, definition]]);
    return new Names(this.notation, this.tables, definitions, this.numbered, this.declared, this.solved);
  }

  /** A copy that knows exactly these declarations. */
  withDeclared(declared: Declared): Names {
    return new Names(this.notation, this.tables, this.definitions, this.numbered, declared, this.solved);
  }

  /** A copy in which exactly these equations have been solved. */
  withSolved(solved: readonly Solved[]): Names {
    if (solved.length === 0 && this.solved.length === 0) return this;
    return new Names(this.notation, this.tables, this.definitions, this.numbered, this.declared, solved);
  }

  /** A copy in which exactly these letters number fresh noises. */
  withNumbered(letters: ReadonlySet<string>): Names {
    const same = letters.size === this.numbered.size && [...letters].every((each) => this.numbered.has(each));
    if (same) return this;
    this.relatives.set([...this.numbered].sort().join(), this);
    const key = [...letters].sort().join();
    const { notation, tables, definitions, declared, solved, relatives } = this;
    const names =
      relatives.get(key) ?? new Names(notation, tables, definitions, letters, declared, solved, relatives);
    relatives.set(key, names);
    return names;
  }

  lookUp(symbol: SymbolExpr): Lookup {
    const known = this.lookups.get(symbol);
    if (known !== undefined) return known;
    const found = this.find(symbol);
    this.lookups.set(symbol, found);
    return found;
  }

  private find(symbol: SymbolExpr): Lookup {
    if (symbol.index === undefined) {
      if (this.notation.indices.includes(symbol.name))
        return { meaning: { kind: "index" }, key: symbol.name };
      return { meaning: this.meaningOf(symbol.name), key: symbol.name };
    }
    if (symbol.index.kind === "call" || symbol.index.kind === "opaque") {
      // E_{q(x)}: what stands below is the measure, not a time.
      return { meaning: this.meaningOf(symbol.name), key: symbol.name };
    }
    const isNumber = symbol.index.kind === "number" && this.numbered.has(symbol.name);
    if (isNumber || this.numbered.has(everyTime(symbol.name))) {
      return { meaning: { kind: "role", role: "freshNoise" }, key: `${symbol.name}_t`, time: symbol.index };
    }
    const bare = this.meaningOf(symbol.name);
    if (bare.kind === "role" && ["expectation", "entropy"].includes(bare.role))
      return { meaning: bare, key: symbol.name };
    const labelled = `${symbol.name}_{${printExpr(symbol.index)}}`;
    const label = this.meaningOf(labelled);
    if (label.kind !== "unknown") return { meaning: label, key: labelled };
    // L_{VLB}: a word is a label, not a time.
    if (symbol.index.kind === "symbol" && this.isLabel(symbol.index.name))
      return { meaning: label, key: labelled };
    const key = `${symbol.name}_t`;
    return { meaning: this.meaningOf(key), key, time: symbol.index };
  }

  /** Words, the letters of parameters, and small letters that are no times: σ_q. */
  private isLabel(name: string): boolean {
    return /^\\mathrm\{|^\\(?:theta|phi)$/.test(name) || (/^[a-z]$/.test(name) && !this.isTime(name));
  }

  /** The role that a symbol plays; undefined for an index, a definition or an unknown. */
  roleOf(symbol: SymbolExpr): Role | undefined {
    const { meaning } = this.lookUp(symbol);
    return meaning.kind === "role" ? meaning.role : undefined;
  }

  /** A letter without subscript that plays the role: `q` for forwardDensity. */
  letterOf(role: Role): string | undefined {
    return [...this.tables.roles].find(([key, played]) => played === role && !key.includes("_"))?.[0];
  }

  /** A name that plays the role with a time as subscript: `\bar{\alpha}` for alphaBar. */
  nameOf(role: Role): string | undefined {
    const key = [...this.tables.roles].find(([each, played]) => played === role && each.endsWith("_t"))?.[0];
    return key === undefined ? undefined : baseOf(key);
  }

  private meaningOf(key: string): Meaning {
    const definition = this.solved.find((each) => each.key === key)?.definition ?? this.definitions.get(key);
    if (definition !== undefined) return { kind: "defined", definition };
    const declaration = this.declared.symbol(key);
    if (declaration !== undefined) return { kind: "declared", declaration };
    const binding = this.tables.bindings.get(key);
    if (binding !== undefined) return { kind: "bound", binding };
    const role = this.tables.roles.get(key);
    return role === undefined ? { kind: "unknown" } : { kind: "role", role };
  }
}

const callable = new Set<Role>([
  "snr",
  "posteriorMean",
  "normal",
  "forwardDensity",
  "expectation",
  "variance",
  "covariance",
  "entropy",
  "network",
  "reverseDensity",
  "divergence",
  "trace",
  "determinant",
]);

interface Tables {
  readonly roles: ReadonlyMap<string, Role>;
  readonly bindings: ReadonlyMap<string, Binding>;
  readonly functions: ReadonlySet<string>;
}

function tablesOf(notation: Notation): Tables {
  const roles = new Map<string, Role>();
  const functions = new Set<string>();
  for (const [spelling, role] of Object.entries(notation.symbols)) {
    const key = keyOf(spelling, notation);
    roles.set(key, role);
    if (callable.has(role)) functions.add(baseOf(key));
  }
  const bound = Object.entries(notation.bind).map(
    ([spelling, binding]) => [keyOf(spelling, notation), binding] as const,
  );
  return { roles, bindings: new Map(bound), functions };
}

const baseOf = (key: string): string => key.replace(/_(?:t|\{.*\})$/, "");

/**
 * The canonical key of a symbol given as LaTeX. @throws InputError when it is not one symbol
 */
function keyOf(spelling: string, notation: Notation): string {
  const [line] = readLatex(spelling, { isFunction: () => false });
  const subject = line?.clauses?.[0]?.subjects[0];
  if (subject?.kind !== "symbol" || line?.clauses?.[0]?.steps.length !== 0) {
    throw new InputError(
      `symbol ${spelling} of the notation ${notation.name}`,
      "one letter with accents and at most one subscript",
      "Write it as in a formula, for example \\bar\\alpha_t or \\mu_\\theta.",
    );
  }
  if (subject.index === undefined) return subject.name;
  const time = subject.index.kind === "symbol" && subject.index.name === notation.time;
  return time ? `${subject.name}_t` : `${subject.name}_{${printExpr(subject.index)}}`;
}
