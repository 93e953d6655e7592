import {
  addTables,
  constantTable,
  exponentialTable,
  multiplyTables,
  scaleTable,
  tabulate,
  type Table,
  type TableSum,
} from "../../probability/table.js";
import { inverseTable, positiveTable } from "../../probability/tableFunctions.js";
import { integrateAllTables } from "../../probability/tableIntegral.js";
import { affineParts, variableWave, type Wave } from "../../probability/wave.js";
import { EvaluationError } from "../evaluate/error.js";
import { chainOf, isTransition, type Factor } from "../evaluate/factor.js";
import { needsData } from "../evaluate/marginal.js";
import { modelVariance } from "../evaluate/model.js";
import { lawInChain } from "../world/chain.js";
import { chainFrom, dataLaw } from "../world/data.js";
import { stateLaw, type NormalLaw } from "../world/law.js";
import { meanFunction } from "./network.js";
import { stateNumber, type OpenGrid } from "./open.js";

/** A density of the process or the model, at the points of the open states and the values of the others. */
export function densityTable(factor: Factor, open: OpenGrid): TableSum {
  const { process, of, given } = factor;
  if (process === "model") open.scope.trace.model = true;
  return remembered(`${process} ${described(of, open)}|${described(given, open)}`, open, () =>
    tabulated(factor, open),
  );
}

const described = (times: readonly number[], open: OpenGrid): string =>
  times.map((t) => (open.times.has(t) ? `${t}?` : t)).join();

function remembered(key: string, open: OpenGrid, make: () => TableSum): TableSum {
  const known = open.densities.get(key) ?? make();
  open.densities.set(key, known);
  return known;
}

function tabulated(factor: Factor, open: OpenGrid): TableSum {
  if (factor.process === "model") return modelDensity(factor, open);
  if (!needsData(factor))
    return product(
      chainOf(factor).map(({ t, known }) =>
        normalTable(t, stateLaw(t, known, variables(open), open.scope.world), open),
      ),
      open,
    );
  const joint = withData([...factor.of, ...factor.given], open);
  return factor.given.length === 0
    ? joint
    : multiplyTables(joint, inverseTable(withData(factor.given, open), open.grid), open.grid);
}

/**
 * The joint density of states whose x_0 is drawn from the data. Given the earliest of them the others do not
 * depend on x_0, so only its own density is a mixture.
 */
function withData(times: readonly number[], open: OpenGrid): TableSum {
  const { world } = open.scope;
  const sorted = [...times].sort((a, b) => a - b);
  const [earliest = 0, ...later] = sorted;
  const rest = later.map((t, at) =>
    normalTable(t, stateLaw(t, sorted.slice(0, at + 1), variables(open), world), open),
  );
  return multiplyTables(mixture(earliest, open), product(rest, open), open.grid);
}

/** q(x_t), a sum over the components of the data, as one table. */
function mixture(t: number, open: OpenGrid): TableSum {
  const { world } = open.scope;
  const sum = dataLaw("mixture", world)
    .map((component) => {
      const law = lawInChain(t, [], variables(open), chainFrom(component, world), world.arithmetic);
      return scaleTable(normalTable(t, law, open), component.weight.toNumber());
    })
    .reduce((a, b) => addTables(a, b, open.grid));
  return positiveTable(sum, open.grid);
}

/** Each state as a variable named by its time. */
const variables =
  ({ scope }: OpenGrid) =>
  (s: number): readonly Wave[] => [variableWave(String(s), scope.world.arithmetic)];

const product = (parts: readonly TableSum[], { grid }: OpenGrid): TableSum =>
  parts.reduce((a, b) => multiplyTables(a, b, grid), constantTable(1));

/** Regression weights below this are rounding. */
const negligible = 1e-30;

/** N(x_t; mean, variance) with a mean that is affine in other states. */
function normalTable(t: number, law: NormalLaw, open: OpenGrid): TableSum {
  const parts = affineParts(law.mean[0] ?? [], open.scope.world.arithmetic);
  const variance = law.variance.toNumber();
  if (parts === undefined) throw new RangeError("a mean that is not affine in the states");
  if (!(variance > 0))
    throw new EvaluationError("outside", "a normal law without variance has no density", open.span);
  const slopes = new Map<number, number>([[t, 1]]);
  let offset = -parts.offset.toNumber();
  for (const [name, slope] of parts.slopes) {
    if (Math.abs(slope.toNumber()) > negligible) slopes.set(Number(name), -slope.toNumber());
  }
  for (const [s, slope] of [...slopes]) {
    if (open.times.has(s)) continue;
    offset += slope * stateNumber(s, open);
    slopes.delete(s);
  }
  const logs = squareTables(slopes, offset, -1 / (2 * variance), open);
  const volume = constantTable(1 / Math.sqrt(2 * Math.PI * variance));
  return product([volume, ...logs.map(exponentialTable)], open);
}

/** factor · (Σ slope · x + offset)² as tables of two variables each. */
function squareTables(
  slopes: ReadonlyMap<number, number>,
  offset: number,
  factor: number,
  { grid }: OpenGrid,
): readonly Table[] {
  const axes = [...slopes.keys()].sort((a, b) => a - b);
  const slope = (name: number | undefined): number => (name === undefined ? 0 : (slopes.get(name) ?? 0));
  const [first, second] = axes;
  if (axes.length <= 2)
    return [tabulate(axes, (x, y) => factor * (slope(first) * x + slope(second) * y + offset) ** 2, grid)];
  // (a x + b y + c z + d)² = (d + a x)² + … + 2 a b x y + …
  const own = axes.map((name, at) =>
    tabulate(
      [name],
      (x) => factor * (slope(name) * x * (slope(name) * x + 2 * offset) + (at === 0 ? offset ** 2 : 0)),
      grid,
    ),
  );
  const mixed = axes.flatMap((a, at) =>
    axes.slice(at + 1).map((b) => tabulate([a, b], (x, y) => 2 * factor * slope(a) * slope(b) * x * y, grid)),
  );
  return [...own, ...mixed];
}

function modelDensity(factor: Factor, open: OpenGrid): TableSum {
  if (isTransition(factor, open.scope))
    return product(
      factor.of.map((t) => transition(t, open)),
      open,
    );
  const joint = modelJoint([...factor.of, ...factor.given], open);
  return factor.given.length === 0
    ? joint
    : multiplyTables(joint, inverseTable(modelJoint(factor.given, open), open.grid), open.grid);
}

/** p_θ(x_t | x_{t+1}), or p(x_T). */
const transition = (t: number, open: OpenGrid): TableSum =>
  remembered(`transition ${described([t, t + 1], open)}`, open, () =>
    exponentialTable(logTransition(t, open)),
  );

function logTransition(t: number, open: OpenGrid): Table {
  const { scope, grid, span } = open;
  const last = t === scope.world.T;
  const variance = last ? 1 : modelVariance(t + 1, span, scope).toNumber();
  const volume = Math.log(2 * Math.PI * variance) / 2;
  const log = (x: number, mean: number): number => -((x - mean) ** 2) / (2 * variance) - volume;
  const own = open.times.has(t) ? [t] : [];
  const x = own.length > 0 ? undefined : stateNumber(t, open);
  if (last) return tabulate(own, (here) => log(x ?? here, 0), grid);
  const { at } = meanFunction(t + 1, scope);
  if (!open.times.has(t + 1)) {
    const mean = at(stateNumber(t + 1, open));
    return tabulate(own, (here) => log(x ?? here, mean), grid);
  }
  if (x !== undefined) return tabulate([t + 1], (next) => log(x, at(next)), grid);
  // The mean is costly and depends on the later state only.
  const means = tabulate([t + 1], at, grid).values;
  const here = tabulate([t], (value) => value, grid).values;
  const values = new Float64Array(here.length * means.length);
  let place = 0;
  for (const value of here) for (const mean of means) values[place++] = log(value, mean);
  return { axes: [t, t + 1], values };
}

/** The joint density of some states of the model: the others are integrated out. Below the lowest all is 1. */
function modelJoint(times: readonly number[], open: OpenGrid): TableSum {
  const sorted = [...times].sort((a, b) => a - b);
  return remembered(`joint ${described(sorted, open)}`, open, () => {
    const { T } = open.scope.world;
    const [lowest = T] = sorted;
    const all = Array.from({ length: T - lowest + 1 }, (_, at) => lowest + at);
    const others = all.filter((t) => !times.includes(t));
    const inner: OpenGrid = { ...open, times: new Set([...open.times, ...others]) };
    const whole = product(
      all.map((t) => transition(t, inner)),
      inner,
    );
    return integrateAllTables(whole, others, open.grid, open.work);
  });
}
