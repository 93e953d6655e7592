import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { children } from "../../expr/walk.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Names } from "../notation/names.js";
import { isVariables } from "../notation/subscript.js";
import { isIndex, readFamily, readVariable, type FamilyUse, type VariableUse } from "./variable.js";

/** A density with its variables: p(of | given). */
export interface DensityUse {
  readonly family: FamilyUse;
  readonly of: readonly VariableUse[];
  readonly given: readonly VariableUse[];
  readonly expr: CallExpr;
}

/** What a statement about general distributions mentions. */
export interface Form {
  readonly names: Names;
  /** Every variable, in the order of appearance. */
  readonly variables: readonly string[];
  readonly densities: readonly DensityUse[];
  /** Distributions without arguments: `\sum P \log Q`. */
  readonly bare: readonly FamilyUse[];
  /** Variables that stand for their value: `E_{p(x)}[x]`. */
  readonly valued: ReadonlySet<string>;
  /** The letter of the size of the sample, m in `\prod_{i=1}^m`. */
  readonly size?: string;
  readonly sampled: boolean;
}

/**
 * Reads expressions as ones about general distributions: each symbol in them is a density, one of its
 * variables, or belongs to a sample. undefined where anything else occurs: a state of the diffusion
 * process, a letter of which nothing is known.
 */
export function readForm(exprs: readonly Expr[], names: Names): Form | undefined {
  const reader = new Reader(names);
  return exprs.every((expr) => reader.visit(expr, new Set())) ? reader.form() : undefined;
}

/** The density that a call is; undefined for other calls, and for densities of states. */
export function readDensity(expr: Expr, names: Names): DensityUse | undefined {
  // What a formula defines is no longer general.
  if (expr.kind !== "call" || names.declared.call(expr) !== undefined) return undefined;
  if (expr.mark === ";") return readParametrized(expr, names);
  if (expr.mark !== undefined && expr.mark !== "|") return undefined;
  const family = readFamily(expr.head, names);
  const of = expr.args.flatMap((argument) => readVariable(argument, names) ?? []);
  const given = expr.rest.flatMap((argument) => readVariable(argument, names) ?? []);
  const whole = of.length === expr.args.length && given.length === expr.rest.length;
  return family === undefined || !whole || of.length === 0 ? undefined : { family, of, given, expr };
}

/** `p(x; \theta)` is p_\theta(x). */
function readParametrized(expr: CallExpr, names: Names): DensityUse | undefined {
  const [parameter, ...others] = expr.rest;
  const { index, ...bare } = expr.head;
  if (parameter?.kind !== "symbol" || others.length > 0 || index !== undefined) return undefined;
  const { mark, ...plain } = expr;
  const head = { ...bare, index: parameter };
  const density = mark === undefined ? undefined : readDensity({ ...plain, head, rest: [] }, names);
  return density?.family.parameter === undefined ? undefined : { ...density, expr };
}

/**
 * Whether a letter stands there large and small with arguments, or without: then the two may be different
 * distributions. P for the distribution whose density is p is no such case.
 */
export function mixesCases(form: Form): boolean {
  const mixed = (uses: readonly FamilyUse[]): boolean =>
    uses.some(({ letter, written }) =>
      uses.some((other) => other.letter === letter && other.written[0] !== written[0]),
    );
  return mixed(form.densities.map(({ family }) => family)) || mixed(form.bare);
}

export function isRole(call: CallExpr, role: "expectation" | "divergence", names: Names): boolean {
  const { meaning } = names.lookUp(call.head);
  return meaning.kind === "role" && meaning.role === role;
}

class Reader {
  private readonly variables = new Set<string>();
  private readonly densities: DensityUse[] = [];
  private readonly bare: FamilyUse[] = [];
  private readonly letters: SymbolExpr[] = [];
  private readonly sizes = new Set<string>();

  constructor(private readonly names: Names) {}

  /** Whether the expression is one of general distributions; notes what it mentions. */
  visit(expr: Expr, indices: ReadonlySet<string>): boolean {
    switch (expr.kind) {
      case "number":
        return true;
      case "symbol":
        return this.symbol(expr, indices);
      case "call":
        return this.call(expr, indices);
      case "series":
        return this.series(expr, indices);
      case "integral":
        return expr.variables.every((variable) => this.variable(variable)) && this.visit(expr.body, indices);
      case "extremum":
        // What it runs over is a letter of the distributions in it.
        return this.visit(expr.of, indices);
      case "sum":
      case "negation":
      case "product":
      case "quotient":
      case "power":
      case "root":
      case "elementary":
        return children(expr).every((part) => this.visit(part, indices));
      default:
        return false;
    }
  }

  form(): Form | undefined {
    const isSize = (name: string): boolean => this.sizes.has(name);
    const valued = this.letters.filter(({ name }) => !isSize(name));
    const known = valued.every((symbol) => this.variables.has(readVariable(symbol, this.names)?.name ?? ""));
    const some = this.densities.length + this.bare.length > 0;
    if (!known || !some || this.sizes.size > 1) return undefined;
    const uses = this.densities.flatMap(({ of, given }) => [...of, ...given]);
    const [size] = this.sizes;
    return {
      names: this.names,
      variables: [...this.variables],
      densities: this.densities,
      bare: this.bare,
      valued: new Set(valued.flatMap((symbol) => readVariable(symbol, this.names)?.name ?? [])),
      sampled: uses.some(({ member }) => member !== undefined),
      ...(size === undefined ? {} : { size }),
    };
  }

  private symbol(expr: SymbolExpr, indices: ReadonlySet<string>): boolean {
    if (indices.has(expr.name) && expr.index === undefined) return true;
    const family = readFamily(expr, this.names);
    if (family !== undefined) {
      if (this.names.declared.law(expr) !== undefined) return false;
      this.bare.push(family);
      return true;
    }
    const { meaning } = this.names.lookUp(expr);
    if (meaning.kind === "role" && ["euler", "pi"].includes(meaning.role)) return true;
    // Whether it is a variable or the size of a sample is known at the end.
    this.letters.push(expr);
    return readVariable(expr, this.names) !== undefined || isSizeLetter(expr);
  }

  private variable(expr: Expr): boolean {
    const use = readVariable(expr, this.names);
    if (use === undefined) return false;
    this.variables.add(use.name);
    return true;
  }

  private call(expr: CallExpr, indices: ReadonlySet<string>): boolean {
    const density = readDensity(expr, this.names);
    if (density !== undefined) {
      this.densities.push(density);
      const members = [...density.of, ...density.given].flatMap(({ member }) => member ?? []);
      const bound = members.every(
        (member) => member.kind === "number" || (member.kind === "symbol" && isIndex(member, this.names)),
      );
      const variables = expr.mark === ";" ? expr.args : [...expr.args, ...expr.rest];
      return bound && variables.every((argument) => this.variable(argument));
    }
    if (isRole(expr, "divergence", this.names))
      return [...expr.args, ...expr.rest].every((part) => this.visit(part, indices));
    if (!isRole(expr, "expectation", this.names) || expr.rest.length > 0) return false;
    return this.measure(expr, indices) && expr.args.every((part) => this.visit(part, indices));
  }

  private measure({ head }: CallExpr, indices: ReadonlySet<string>): boolean {
    const { index } = head;
    if (index === undefined) return false;
    if (!isVariables(index, head)) return this.visit(index, indices);
    return (
      index.args.every((variable) => this.variable(variable)) &&
      index.rest.every((law) => this.visit(law, indices))
    );
  }

  private series(expr: Extract<Expr, { kind: "series" }>, indices: ReadonlySet<string>): boolean {
    const { lower, upper } = expr;
    const sized = upper.kind === "symbol" && upper.index === undefined && isSizeLetter(upper);
    if (sized) this.sizes.add(upper.name);
    if (lower.kind !== "number" || !(sized || upper.kind === "number")) return false;
    return this.visit(expr.body, new Set([...indices, expr.index]));
  }
}

const isSizeLetter = ({ name }: SymbolExpr): boolean => /^[mnMNK]$/.test(name);

/** The names of the distributions: parameters tell them apart only where a letter carries several. */
export function familyNames(form: Form): (use: FamilyUse) => string {
  const uses = [...form.densities.map(({ family }) => family), ...form.bare];
  const parameters = new Map<string, Set<string>>();
  for (const { letter, parameter } of uses) {
    if (parameter !== undefined)
      parameters.set(letter, (parameters.get(letter) ?? new Set<string>()).add(parameter));
  }
  return ({ letter, parameter, label }) => {
    if (label !== undefined) return `${letter}_{${label}}`;
    if ((parameters.get(letter)?.size ?? 0) < 2) return letter;
    if (parameter !== undefined) return `${letter}_{${parameter}}`;
    const span = form.densities.find(({ family }) => family.letter === letter)?.expr.span;
    throw new EvaluationError(
      "unsupported",
      `${letter} stands beside ${[...(parameters.get(letter) ?? [])].map((each) => `${letter}_{${each}}`).join(" and ")}: which of them it is, is not stated`,
      span ?? { start: 0, end: 0 },
    );
  };
}
