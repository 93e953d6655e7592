import type { Expr } from "../../expr/expr.js";
import { children, nodes, some } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import { unknownKinds } from "../notation/kinds.js";
import { drawWorld, type Draw } from "../world/draw.js";
import { mentionsState } from "./average.js";
import type { Question } from "./question.js";
import type { Claim } from "./claim.js";
import { boundHorizon, identitySymbols, openSymbols, universalSymbols } from "./unknown.js";

/**
 * The question as it is asked of what the text has declared: its parameters (the μ and σ of a declared law), and
 * other unknown symbols that stand on both sides, are any numbers, for which the claim must hold. Where a
 * declared variable is a number, all worlds have one dimension, unless states take part, which are vectors.
 */
export function declaredQuestion(exprs: readonly Expr[], question: Question): Question {
  const mentioned = mentionedIn(exprs, question.names);
  if (mentioned.length === 0) return question;
  const shared = exprs
    .map((expr) => openSymbols(expr, question.names))
    .reduce((a, b) => new Set([...a].filter((each) => b.has(each))));
  const universal = new Set([...mentioned.flatMap(({ parameters }) => parameters), ...shared]);
  const scalar =
    mentioned.some((each) => each.scalar) && !exprs.some((expr) => mentionsState(expr, question.names));
  if (!scalar) return { ...question, universal };
  const draws = question.draws.map((_, at) => drawWorld(question.seed, at, 1));
  return { ...question, draws, universal };
}

interface Mentioned {
  readonly scalar: boolean;
  readonly parameters: readonly string[];
}

function mentionedIn(exprs: readonly Expr[], names: Names): readonly Mentioned[] {
  return exprs
    .flatMap((expr) => nodes(expr))
    .flatMap((node): readonly Mentioned[] => {
      if (node.kind === "call") {
        const call = names.declared.call(node);
        return call === undefined ? [] : [{ scalar: true, parameters: call.parameters }];
      }
      return node.kind === "symbol" ? names.declared.lawsWith(node) : [];
    });
}

/** The question as it is asked of what nothing is known of: which of these symbols are no numbers, and which are meant to be any. */
export function typedQuestion(claim: Claim, asked: Question): Question {
  const { left, right } = claim;
  const question = { ...asked, draws: drawsFor([left, right], asked) };
  const { names, universal = new Set<string>() } = question;
  const kinds = unknownKinds([left, right], names);
  const own = new Set([
    ...universalSymbols(claim, names),
    ...identitySymbols(claim, names),
    ...boundHorizon(claim, names),
  ]);
  return own.size === 0
    ? { ...question, kinds }
    : { ...question, kinds, universal: new Set([...universal, ...own]) };
}

const positive = new WeakMap<readonly Draw[], readonly Draw[]>();

/** The same worlds with every free number positive. */
export function positiveDraws(draws: readonly Draw[]): readonly Draw[] {
  const known =
    positive.get(draws) ??
    draws.map((draw) => ({ ...draw, free: (name: string) => draw.free(name, "positive") }));
  positive.set(draws, known);
  return known;
}

/** Dimensions and last times of the worlds in which a statement about d or about t itself is tried. */
const dimensions = [1, 3, 2, 5];
const lastTimes = [undefined, 13, undefined, 17];

const wider = new WeakMap<readonly Draw[], Map<string, readonly Draw[]>>();

/**
 * The worlds of a claim. Where d or a time stands as a number (d² = 4d - 3, t² ≤ 64), what is true of the two
 * dimensions and the eight times of ordinary worlds need not be true of others.
 */
function drawsFor(exprs: readonly Expr[], { draws, names, seed }: Question): readonly Draw[] {
  const sized = exprs.some((expr) => some(expr, (node) => isDimension(node, names)));
  const timed = exprs.some((expr) => standsAsNumber(expr, names));
  const ordinary = draws.every(({ schedule, T }) => schedule === undefined && T >= 5);
  if ((!sized && !timed) || !ordinary || draws.length < 4) return draws;
  const known = wider.get(draws) ?? new Map<string, readonly Draw[]>();
  wider.set(draws, known);
  const key = `${String(sized)} ${String(timed)}`;
  const made =
    known.get(key) ??
    draws.map((draw, at) =>
      drawWorld(seed, at, sized ? dimensions[at % 4] : draw.d, timed ? lastTimes[at % 4] : undefined),
    );
  known.set(key, made);
  return made;
}

function isDimension(node: Expr, names: Names): boolean {
  if (node.kind !== "symbol") return false;
  const { meaning } = names.lookUp(node);
  return meaning.kind === "role" && meaning.role === "dimension";
}

/** Whether t or T is calculated with: not as a subscript, not as a limit. */
function standsAsNumber(expr: Expr, names: Names): boolean {
  switch (expr.kind) {
    case "symbol": {
      if (expr.index !== undefined) return false;
      const { meaning } = names.lookUp(expr);
      return meaning.kind === "index" || (meaning.kind === "role" && meaning.role === "horizon");
    }
    case "sum":
    case "product":
    case "negation":
    case "quotient":
    case "power":
    case "root":
    case "elementary":
    case "bars":
      return children(expr).some((part) => standsAsNumber(part, names));
    case "series":
      return standsAsNumber(expr.body, names);
    default:
      return false;
  }
}
