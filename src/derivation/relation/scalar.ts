import type { Expr } from "../../expr/expr.js";
import { nodes } from "../../expr/walk.js";
import type { Role } from "../notation/notation.js";
import { drawWorld, type Draw } from "../world/draw.js";
import type { Sides } from "./equality.js";
import type { Question } from "./question.js";

/** What has one value per dimension, or speaks of the dimension. */
const vectorial = new Set<Role>([
  "state",
  "stepNoise",
  "accumulatedNoise",
  "noise",
  "freshNoise",
  "posteriorMean",
  "network",
  "forwardDensity",
  "reverseDensity",
  "identity",
  "dimension",
  "trace",
  "determinant",
]);

const flat = new WeakMap<readonly Draw[], readonly Draw[]>();

/**
 * The question in one dimension, where a mean is a number: `D_{KL}(N(\mu, \sigma^2) \| N(0, 1))`. undefined where
 * something is a vector or a matrix in every dimension, so that numbers do not fit beside it.
 */
export function scalarQuestion({ left, right }: Sides, question: Question): Question | undefined {
  const { names, draws, seed, kinds } = question;
  const all = [left, right].flatMap((side) => nodes(side));
  const roles = all.flatMap((node) => (node.kind === "symbol" ? (names.roleOf(node) ?? []) : []));
  const full = all.some(isVectorial) || roles.some((role) => vectorial.has(role)) || (kinds?.size ?? 0) > 0;
  if (full || !roles.includes("normal") || draws.some(({ schedule }) => schedule !== undefined))
    return undefined;
  const known =
    flat.get(draws) ?? draws.map((_, at) => ({ ...drawWorld(seed, at, 1), scalar: true as const }));
  flat.set(draws, known);
  return { ...question, draws: known };
}

const isVectorial = ({ kind }: Expr): boolean => kind === "norm" || kind === "transpose";
