import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import type { Definition } from "./definition.js";

/** A symbol that the text has introduced without giving it a value. */
export type Declaration =
  /** Some vector, such as the mean of a declared law. */
  | { readonly kind: "vector" }
  /** A random vector of that law, N(m, S), independent of all others. */
  | { readonly kind: "variable"; readonly law: CallExpr }
  /** A covariance matrix of which no more is known. */
  | { readonly kind: "covariance" };

/** What came with a declaration. */
export interface DeclaredLaw {
  readonly law: CallExpr;
  /** N(μ, σ²) with a number as variance: the variable is a number. */
  readonly scalar: boolean;
  /** The symbols in it that may have any value, as printed. */
  readonly parameters: readonly string[];
}

/** A function such as q(x) of a letter that is no state, defined for these arguments alone. */
export interface DeclaredCall {
  readonly definition: Definition;
  readonly parameters: readonly string[];
}

/** `\beta_1 = 10^{-4}`: what the author chose of the schedule. */
export interface Choice {
  /** The subscript: `1`, `T`, `t`. */
  readonly index: Expr;
  /** A decimal number between 0 and 1. */
  readonly value: string;
  readonly latex: string;
}

/**
 * What a text declares: random variables, distributions under a bare name, functions of one argument. A bare
 * name `q` and a call `q(x)` are told apart, so that q(x_t | x_{t-1}) stays what it is.
 */
export class Declared {
  static readonly none = new Declared(new Map(), new Map(), new Map(), []);

  private constructor(
    /** Keyed as symbols are printed: `X`, `\mu_{1}`. */
    private readonly symbols: ReadonlyMap<string, Declaration>,
    private readonly laws: ReadonlyMap<string, DeclaredLaw>,
    private readonly calls: ReadonlyMap<string, DeclaredCall>,
    readonly choices: readonly Choice[],
  ) {}

  symbol(key: string): Declaration | undefined {
    return this.symbols.get(key);
  }

  /** The law that a bare name stands for, or that a declared variable has. */
  law(symbol: SymbolExpr): DeclaredLaw | undefined {
    return this.laws.get(printExpr(symbol));
  }

  /** The declared laws that a symbol belongs to: its own, or those it is a parameter of. */
  lawsWith(symbol: SymbolExpr): readonly DeclaredLaw[] {
    if (this.laws.size === 0) return [];
    const key = printExpr(symbol);
    const own = this.laws.get(key);
    const isVector = this.symbols.get(key)?.kind === "vector";
    const others = isVector
      ? [...this.laws.values()].filter(({ parameters }) => parameters.includes(key))
      : [];
    return own === undefined ? others : [own, ...others];
  }

  call(call: CallExpr): DeclaredCall | undefined {
    return this.calls.size === 0 ? undefined : this.calls.get(printExpr(call));
  }

  get variables(): readonly string[] {
    return [...this.symbols].flatMap(([key, { kind }]) => (kind === "variable" ? [key] : []));
  }

  withSymbols(more: ReadonlyMap<string, Declaration>): Declared {
    return new Declared(new Map([...this.symbols, ...more]), this.laws, this.calls, this.choices);
  }

  withLaw(key: string, law: DeclaredLaw): Declared {
    return new Declared(this.symbols, new Map([...this.laws, [key, law]]), this.calls, this.choices);
  }

  withCall(key: string, call: DeclaredCall): Declared {
    return new Declared(this.symbols, this.laws, new Map([...this.calls, [key, call]]), this.choices);
  }

  withChoice(choice: Choice): Declared {
    return new Declared(this.symbols, this.laws, this.calls, [...this.choices, choice]);
  }
}
