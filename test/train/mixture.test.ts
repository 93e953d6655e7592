import { beforeAll, expect, it } from "vitest";
import { mixtureDataset, ringOfGaussians } from "../../src/data/toy.js";
import { pSampleLoop } from "../../src/diffusion/sample.js";
import { cosineSchedule } from "../../src/diffusion/schedules.js";
import { createMlp } from "../../src/model/mlp.js";
import { disposeParams } from "../../src/model/params.js";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { constantRate, cosineDecay } from "../../src/train/learningRate.js";
import { trainLoop, type TrainStep } from "../../src/train/loop.js";
import { disposeState, emaParams } from "../../src/train/state.js";
import { at } from "../support/numbers.js";

beforeAll(async () => {
  await useBackend();
});

const COUNT = 4000;
const STEPS = 1500;

/**
 * The sliced Wasserstein distance W₁ of two sets of as many points in the plane: the mean over directions of the mean
 * distance between their sorted projections (Rabin et al., 2012). [COUNT, 2] each.
 */
function slicedWasserstein(a: ArrayLike<number>, b: ArrayLike<number>, directions = 60): number {
  const project = (points: ArrayLike<number>, angle: number): Float64Array =>
    Float64Array.from(
      { length: points.length / 2 },
      (_, i) => Math.cos(angle) * at(points, 2 * i) + Math.sin(angle) * at(points, 2 * i + 1),
    ).sort();
  const angles = Array.from({ length: directions }, (_, k) => (Math.PI * k) / directions);
  const distances = angles.map((angle) => {
    const [p, q] = [project(a, angle), project(b, angle)];
    return p.reduce((sum, value, i) => sum + Math.abs(value - at(q, i)) / p.length, 0);
  });
  return distances.reduce((sum, distance) => sum + distance / directions, 0);
}

it(`a ring of eight Gaussians, ${STEPS} steps: 4000 samples are within 0.05 of the true density, where true draws are within 0.026`, async () => {
  const dataset = mixtureDataset("ring", ringOfGaussians);
  const schedule = cosineSchedule({ T: 100 });
  const model = createMlp({ width: 64, depth: 3 });
  let last: TrainStep | undefined;
  for await (const step of trainLoop({
    ...{ model, schedule, dataset, steps: STEPS, batchSize: 192, emaDecay: 0.99, seed: 1 },
    learningRate: cosineDecay(constantRate(4e-3), STEPS, 0.02),
  }))
    last = step;
  if (last === undefined) throw new Error("no step");
  const params = emaParams(model, last.state);
  disposeState(last.state);
  let samples = new Float32Array();
  for await (const { xt } of pSampleLoop(schedule, (xt, t) => model.apply(params, xt, t), {
    shape: [COUNT, 2],
    seed: 2,
  }))
    samples = Float32Array.from(xt);
  disposeParams(params);
  const truth = (seed: number): Float32Array =>
    Float32Array.from(dataset.batch({ size: COUNT, step: 0, seed }).x);
  const seeds = [11, 12, 13, 14, 15, 16];
  const mean = (distance: (seed: number) => number): number =>
    seeds.reduce((sum, seed) => sum + distance(seed) / seeds.length, 0);
  const distance = mean((seed) => slicedWasserstein(samples, truth(seed)));
  // Two sets of true draws are 0.02 to 0.04 apart, 0.026 on average.
  const noise = mean((seed) => slicedWasserstein(truth(seed), truth(seed + 100)));
  expect(noise).toBeLessThan(0.035);
  expect(distance).toBeLessThan(0.05);
  // A Gaussian of the same mean and covariance is 0.24 away.
  const gaussian = createRandom(5).normals(2 * COUNT);
  expect(mean((seed) => slicedWasserstein(gaussian, truth(seed)))).toBeGreaterThan(0.2);
});
