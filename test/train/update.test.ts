import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { createRandom } from "../../src/random/random.js";
import { useBackend } from "../../src/tensor/backend.js";
import { disposeState, type TrainState } from "../../src/train/state.js";
import { updateInSteps, updateState } from "../../src/train/update.js";
import { largestError } from "../support/numbers.js";

beforeAll(async () => {
  await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
});

const size = 1000;
const settings = {
  learningRate: (step: number) => 1e-3 * step,
  weightDecay: 0.1,
  maxGradientNorm: 1,
  emaDecay: 0.9999,
};

/** Adam, decoupled weight decay, clipping and the average in double precision, as their papers print them. */
class Reference {
  readonly mu = new Float64Array(size);
  readonly nu = new Float64Array(size);
  readonly ema: Float64Array;
  constructor(readonly params: Float64Array) {
    this.ema = params.slice();
  }

  move(gradient: ArrayLike<number>, step: number): void {
    const norm = Math.sqrt(Array.from(gradient).reduce((sum, g) => sum + g * g, 0));
    const rate = settings.learningRate(step);
    const decay = Math.min(settings.emaDecay, (1 + step) / (10 + step));
    for (let i = 0; i < size; i += 1) {
      const g = (gradient[i] ?? NaN) * Math.min(1, settings.maxGradientNorm / norm);
      const m = 0.9 * (this.mu[i] ?? NaN) + 0.1 * g;
      const v = 0.999 * (this.nu[i] ?? NaN) + 0.001 * g * g;
      const p = this.params[i] ?? NaN;
      const change = m / (1 - 0.9 ** step) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8);
      this.mu[i] = m;
      this.nu[i] = v;
      this.params[i] = p - rate * (change + settings.weightDecay * p);
      this.ema[i] = decay * (this.ema[i] ?? NaN) + (1 - decay) * (this.params[i] ?? NaN);
    }
  }
}

it("has the kernel", () => {
  expect(tf.getKernel("WorkbookAdam", "tensorflow")).toBeDefined();
});

describe.each([
  ["in one kernel", updateState],
  ["in steps", updateInSteps],
])("five updates %s", (_, update) => {
  it("equal AdamW, clipping and the moving average in double precision", async () => {
    const random = createRandom(4);
    const start = random.fork("start").normals(size);
    const reference = new Reference(Float64Array.from(start));
    const params = tf.tensor1d(start);
    let state: TrainState = {
      step: 0,
      params,
      ema: params.clone(),
      optimizer: { step: 0, mu: tf.zeros([size]), nu: tf.zeros([size]) },
      lossesByTime: [],
    };
    const held = tf.memory().numTensors;
    for (let step = 1; step <= 5; step += 1) {
      // Step 3 is short enough to be left as it is; the others are shortened.
      const gradient = random
        .fork("gradient", step)
        .normals(size)
        .map((g) => g * (step === 3 ? 0.01 : 1));
      const tensor = tf.tensor1d(gradient);
      const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
      const changed = update(state, tensor, norm, settings);
      tensor.dispose();
      disposeState(state);
      state = { ...state, ...changed, step };
      reference.move(gradient, step);
    }
    expect(tf.memory().numTensors).toBe(held);
    expect(state.optimizer.step).toBe(5);
    const error = async (found: tf.Tensor, expected: Float64Array): Promise<number> =>
      largestError(Array.from(await found.data()), Array.from(expected));
    expect(await error(state.params, reference.params)).toBeLessThan(2e-6);
    expect(await error(state.ema, reference.ema)).toBeLessThan(2e-6);
    expect(await error(state.optimizer.mu, reference.mu)).toBeLessThan(1e-7);
    expect(await error(state.optimizer.nu, reference.nu)).toBeLessThan(1e-8);
    disposeState(state);
  });
});
