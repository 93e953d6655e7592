import type { Real } from "../expr/number.js";

/**
 * A variable with finitely many values, on a measure space of its own: `weights[k]` is the measure of value
 * k. With all weights 1 a density is a probability; with others it may be larger than 1, as densities may.
 */
export interface FiniteVariable {
  readonly name: string;
  readonly weights: readonly Real[];
}

/** Values of variables: the number of the value, from 0. */
export type Point = ReadonlyMap<string, number>;

/**
 * The joint density of variables with respect to the product of their measures: densities[k] at the k-th
 * point, the last variable running fastest. The sum of density times measure is 1.
 */
export interface Joint {
  readonly variables: readonly FiniteVariable[];
  readonly densities: readonly Real[];
}

/** What is drawn for a variable given the ones before it: a positive measure of each of its values. */
export type Row = (variable: FiniteVariable, given: Point) => readonly Real[];

/**
 * The joint density built one variable after another, each conditional on the values of its parents alone
 * (a Bayesian network); without parents named, on all before it.
 * @param row measures of any total; they are divided by it
 */
export function jointOf(
  variables: readonly FiniteVariable[],
  parentsOf: (name: string) => readonly string[] | undefined,
  row: Row,
): Joint {
  let points: { readonly point: Point; readonly density: Real | undefined }[] = [
    { point: new Map(), density: undefined },
  ];
  for (const variable of variables) {
    const parents = parentsOf(variable.name);
    const rows = new Map<string, readonly Real[]>();
    points = points.flatMap(({ point, density }) => {
      const given = parents === undefined ? point : restricted(point, parents);
      const key = [...given.values()].join();
      const conditional = rows.get(key) ?? normalized(row(variable, given), variable);
      rows.set(key, conditional);
      return conditional.map((factor, value) => ({
        point: new Map([...point, [variable.name, value]]),
        density: density === undefined ? factor : density.times(factor),
      }));
    });
  }
  return { variables, densities: points.flatMap(({ density }) => (density === undefined ? [] : [density])) };
}

const restricted = (point: Point, names: readonly string[]): Point =>
  new Map([...point].filter(([name]) => names.includes(name)));

/** Measures of the values as a density that has total 1. */
function normalized(measures: readonly Real[], { name, weights }: FiniteVariable): readonly Real[] {
  const total = sum(measures);
  return measures.map((measure, at) => measure.div(total).div(entry(weights, at, name)));
}

/** The joint density of some of the variables: the others summed out. */
export function marginal(joint: Joint, names: readonly string[]): Joint {
  const kept = joint.variables.filter(({ name }) => names.includes(name));
  if (kept.length === joint.variables.length) return joint;
  const known = marginals.get(joint) ?? new Map<string, Joint>();
  marginals.set(joint, known);
  const key = kept.map(({ name }) => name).join();
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const totals = new Map<number, Real>();
  pointsOf(joint.variables).forEach((point, at) => {
    const dropped = joint.variables.filter((variable) => !kept.includes(variable));
    const mass = entry(joint.densities, at, "density").times(measureOf(dropped, point) ?? 1);
    const place = placeOf(kept, point);
    totals.set(place, totals.get(place)?.plus(mass) ?? mass);
  });
  const ordered = [...totals].sort(([a], [b]) => a - b).map(([, density]) => density);
  const made = { variables: kept, densities: ordered };
  known.set(key, made);
  return made;
}

const marginals = new WeakMap<Joint, Map<string, Joint>>();

/** p(of | given) at a point that has values for all of them; p(of) with nothing given. */
export function densityAt(joint: Joint, of: readonly string[], given: readonly string[], point: Point): Real {
  const top = at(marginal(joint, [...of, ...given]), point);
  return given.length === 0 ? top : top.div(at(marginal(joint, given), point));
}

const at = ({ variables, densities }: Joint, point: Point): Real =>
  entry(densities, placeOf(variables, point), "density");

/** Every point of the product space, the last variable running fastest. */
export function pointsOf(variables: readonly FiniteVariable[]): readonly Point[] {
  return variables.reduce<readonly Point[]>(
    (points, { name, weights }) =>
      points.flatMap((point) => weights.map((_, value) => new Map([...point, [name, value]]))),
    [new Map()],
  );
}

/** The product of the measures of the variables' values; undefined without variables. */
export function measureOf(variables: readonly FiniteVariable[], point: Point): Real | undefined {
  return variables
    .map(({ name, weights }) => entry(weights, point.get(name) ?? -1, name))
    .reduce<Real | undefined>((product, weight) => product?.times(weight) ?? weight, undefined);
}

function placeOf(variables: readonly FiniteVariable[], point: Point): number {
  return variables.reduce((place, { name, weights }) => {
    const value = point.get(name);
    if (value === undefined) throw new RangeError(`no value of ${name} at this point`);
    return place * weights.length + value;
  }, 0);
}

const sum = (values: readonly Real[]): Real => values.reduce((total, value) => total.plus(value));

function entry(values: readonly Real[], at: number, name: string): Real {
  const value = values[at];
  if (value === undefined) throw new RangeError(`${name} has no value number ${at}`);
  return value;
}
