import type { CallExpr } from "../../expr/expr.js";
import { multiplyExponentials } from "../../probability/exponential.js";
import { addWaves, NotAffineError, scaleWave, type Wave } from "../../probability/wave.js";
import { expectWave } from "../../probability/waveExpectation.js";
import { shapeOf, type WaveTerm } from "../../probability/waveTerm.js";
import { EvaluationError } from "./error.js";
import {
  densityField,
  scalarField,
  stateField,
  timeOfVariable,
  variableName,
  vectorField,
  type Field,
  type Open,
} from "./field.js";
import { integrateStates } from "./integral.js";
import { chainsOf, densityIn, lawOf } from "./marginal.js";
import { chainOf, isTransition, type Factor } from "./factor.js";
import { lawIn } from "./law.js";
import { textOfMoved } from "./memory.js";
import { measureOf } from "./measure.js";
import type { NormalLaw } from "../world/law.js";
import type { World } from "../world/world.js";

/** E_{…}[integrand] as a function of the states that are still open around it. */
export function expectation(expr: CallExpr, open: Open): Field {
  const [integrand] = expr.args;
  if (integrand === undefined || expr.args.length !== 1 || expr.mark !== undefined)
    throw new EvaluationError("type", "an expectation is taken of one expression", expr.span);
  const { factors, noises } = measureOf(expr, open.scope);
  const inner = opened(factors, open, noises);
  return integrateAll(inner.field(integrand, inner), factors, inner);
}

/** The states of the factors become variables. */
export function opened(factors: readonly Factor[], open: Open, noises: ReadonlyMap<string, number>): Open {
  const own = factors.flatMap((factor) => statesOfFactor(factor, open));
  const [first] = factors;
  if (first !== undefined && new Set(own).size < own.length)
    throw new EvaluationError("type", "an expectation over one state twice", first.expr.span);
  return {
    ...open,
    times: new Set([...open.times, ...own]),
    noises: new Map([...open.noises, ...noises]),
  };
}

/** x_0 is what the forward process is given, and a variable of the model or where it has a law. */
const statesOfFactor = ({ process, of }: Factor, { scope }: Open): readonly number[] =>
  process === "model" || scope.setting !== undefined ? of : of.filter((t) => t > 0);

/** One factor after another, each when no factor left is conditional on its states. */
function integrateAll(field: Field, factors: readonly Factor[], open: Open): Field {
  const next = factors.find(
    (factor) =>
      !factors.some(
        (other) => other !== factor && other.given.some((t) => statesOfFactor(factor, open).includes(t)),
      ),
  );
  if (next === undefined) {
    const [first] = factors;
    if (first === undefined) return field;
    throw new EvaluationError("type", "densities that are conditional on one another", first.expr.span);
  }
  const rest = factors.filter((factor) => factor !== next);
  return integrateAll(integrateField(field, next, open), rest, open);
}

function integrateField(field: Field, factor: Factor, open: Open): Field {
  const over = (wave: Wave): Wave => integrate(wave, factor, open);
  switch (field.kind) {
    case "scalar":
      return scalarField(over(field.value));
    case "vector":
      return vectorField(field.parts.map(over));
    case "matrix":
      return field;
    case "density": {
      const weighted = multiplyExponentials(field.value, densityIn(factor, open));
      return densityField(integrateStates(weighted, factor.of, factor.expr.span, open));
    }
  }
}

/**
 * The integral over the states of one density. A term of the forward process is integrated over its own
 * states only, in their marginal law, which the Markov chain gives at once; the model's states come one
 * from the next, from the lowest up.
 */
export function integrate(wave: Wave, factor: Factor, open: Open): Wave {
  const of = statesOfFactor(factor, open);
  if (open.scope.setting !== undefined && !(factor.process === "model" && isTransition(factor, open.scope)))
    return integrateChains(wave, factor, open);
  if (factor.process === "model")
    return of.reduce((left, t) => integrateState(left, t, lawIn(factor, t, [], open), factor, open), wave);
  // What is given is looked up also where every term is known already.
  for (const t of [...factor.given, 0]) stateField(t, open);
  return addWaves(...wave.map((term) => scaleWave(expectedShape(term, factor, of, open), term.coefficient)));
}

/** Over each of the normal laws that the factor is made of. */
function integrateChains(wave: Wave, factor: Factor, open: Open): Wave {
  const parts = chainsOf(factor, open).map(({ weight, chain }) =>
    scaleWave(
      integrateGroups(wave, factor, open, (t, known) => lawOf(t, known, chain, open)),
      weight,
    ),
  );
  return addWaves(...parts);
}

/** Terms that depend on the same states are integrated over these together. */
function integrateGroups(
  wave: Wave,
  factor: Factor,
  open: Open,
  lawFor: (t: number, known: readonly number[]) => NormalLaw,
): Wave {
  const groups = new Map<string, { readonly times: readonly number[]; readonly terms: WaveTerm[] }>();
  for (const term of wave) {
    const times = timesOf(term, statesOfFactor(factor, open));
    const group = groups.get(times.join()) ?? { times, terms: [] };
    group.terms.push(term);
    groups.set(times.join(), group);
  }
  const parts = [...groups.values()].map(({ times, terms }) =>
    chainOf(factor, times).reduceRight<Wave>(
      (left, { t, known }) => integrateState(left, t, lawFor(t, known), factor, open),
      terms,
    ),
  );
  return addWaves(...parts);
}

const shapes = new WeakMap<World, Map<string, Wave>>();
const mostShapes = 5_000;

/**
 * The expectation of a term with coefficient 1. The same monomials and cosines stand in every line of a derivation:
 * each is integrated once per world.
 */
function expectedShape(term: WaveTerm, factor: Factor, of: readonly number[], open: Open): Wave {
  const { world, moved } = open.scope;
  const known = shapes.get(world) ?? new Map<string, Wave>();
  shapes.set(world, known);
  const given = factor.given.includes(0) ? factor.given : [...factor.given, 0];
  const place = `${of.join()}|${given.join()}|${[...open.times].join()}|${textOfMoved(moved)}`;
  const key = `${shapeOf(term)}|${place}`;
  const found =
    known.get(key) ??
    chainOf({ ...factor, given }, timesOf(term, of)).reduceRight<Wave>(
      (left, { t, known: before }) => integrateState(left, t, lawIn(factor, t, before, open), factor, open),
      [{ ...term, coefficient: world.arithmetic.one }],
    );
  if (known.size >= mostShapes) known.clear();
  known.set(key, found);
  return found;
}

/** The states a term depends on. */
function timesOf(term: WaveTerm, of: readonly number[]): readonly number[] {
  const times = new Set([...term.powers.keys(), ...term.frequency.keys()].map(timeOfVariable));
  return of.filter((t) => times.has(t));
}

function integrateState(wave: Wave, t: number, law: NormalLaw, factor: Factor, open: Open): Wave {
  const { arithmetic } = open.scope.world;
  // Each power is taken away by two shorter expectations.
  const cost = wave.reduce((sum, term) => sum + 2 ** Math.max(0, ...term.powers.values()), 0);
  open.scope.trace.step(factor.expr.span, cost);
  try {
    return law.mean.reduce<Wave>(
      (left, mean, i) =>
        expectWave(left, { variable: variableName(t, i), mean, variance: law.variance }, arithmetic),
      wave,
    );
  } catch (error) {
    if (error instanceof NotAffineError)
      throw new EvaluationError(
        "unsupported",
        "an expectation of a network over the model's own states",
        factor.expr.span,
      );
    throw error;
  }
}
