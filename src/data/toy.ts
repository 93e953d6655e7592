/** Points in the plane, drawn without end; every set has mean 0 and, over both axes, mean square about 1. */
import { createRandom, type Random } from "../random/random.js";
import { type Batch, type BatchRequest, checkRequest, type Dataset } from "./dataset.js";
import { type Mixture, ringMixture } from "./mixture.js";

interface Point {
  readonly x: ArrayLike<number>;
  readonly label: string;
}

/** Eight Gaussians on a circle; its exact density is `ringOfGaussians.logDensity`. */
export const ringOfGaussians = ringMixture({ count: 8, radius: 1.4, standardDeviation: 0.1 });

const SETS: Readonly<Record<string, (random: Random) => Point>> = {
  moons: drawMoons,
  swissroll: drawSwissRoll,
  circles: drawCircles,
  checkerboard: drawCheckerboard,
  gaussians: (random) => drawMixture(ringOfGaussians, random),
};

/** The names after `toy:`. */
export const toyNames: readonly string[] = Object.keys(SETS);

/** The toy set of that name, or undefined if there is none. */
export function toy(name: string): Dataset | undefined {
  const draw = Object.hasOwn(SETS, name) ? SETS[name] : undefined;
  return draw && pointSet(`toy:${name}`, 2, draw);
}

/** A data set that draws from a mixture. Labels are the numbers of the components. */
export function mixtureDataset(name: string, mixture: Mixture): Dataset {
  return pointSet(name, mixture.dimension, (random) => drawMixture(mixture, random));
}

function pointSet(name: string, dimension: number, draw: (random: Random) => Point): Dataset {
  const batch = (request: BatchRequest): Batch => {
    const { size, step, seed, split } = checkRequest(request);
    const random = createRandom(seed).fork(name, split, step);
    const x = new Float32Array(size * dimension);
    const labels = Array.from({ length: size }, (_, i) => {
      const point = draw(random);
      x.set(point.x, i * dimension);
      return point.label;
    });
    return { x, labels, shape: [size, dimension] };
  };
  return { name, shape: [dimension], size: Infinity, batch };
}

function drawMixture(mixture: Mixture, random: Random): Point {
  const { x, component } = mixture.sample(random);
  return { x, label: String(component) };
}

/** Two half circles that reach into one another. */
function drawMoons(random: Random): Point {
  const moon = random.integer(0, 1);
  const angle = Math.PI * random.uniform();
  const sign = moon === 0 ? 1 : -1;
  const x = sign * (Math.cos(angle) - 0.5);
  const y = sign * (Math.sin(angle) - 0.25);
  return { x: jitter([1.4 * x, 1.4 * y], 0.07, random), label: String(moon) };
}

/** An archimedean spiral of one and a half turns. */
function drawSwissRoll(random: Random): Point {
  const angle = 1.5 * Math.PI * (1 + 2 * random.uniform());
  const scale = 0.147;
  const x = angle * Math.cos(angle) * scale;
  const y = angle * Math.sin(angle) * scale;
  return {
    x: jitter([x - SWISS_ROLL_CENTRE[0] * scale, y - SWISS_ROLL_CENTRE[1] * scale], 0.05, random),
    label: "",
  };
}

/** E[φ cos φ] and E[φ sin φ] for φ uniform on [3π/2, 9π/2]: the antiderivatives at both ends over 3π. */
const SWISS_ROLL_CENTRE = [2, 2 / (3 * Math.PI)] as const;

/** Two circles around one centre. */
function drawCircles(random: Random): Point {
  const circle = random.integer(0, 1);
  const radius = circle === 0 ? 1.8 : 0.8;
  const angle = 2 * Math.PI * random.uniform();
  const x = [radius * Math.cos(angle), radius * Math.sin(angle)] as const;
  return { x: jitter(x, 0.06, random), label: String(circle) };
}

/** The black fields of a 4 × 4 board. */
function drawCheckerboard(random: Random): Point {
  const row = random.integer(0, 3);
  const column = 2 * random.integer(0, 1) + (row % 2);
  const side = 0.87;
  const x = [column + random.uniform() - 2, row + random.uniform() - 2].map((value) => value * side);
  return { x, label: `${row},${column}` };
}

function jitter(x: readonly [number, number], standardDeviation: number, random: Random): Float64Array {
  return Float64Array.from(x, (value) => value + standardDeviation * random.normal());
}
