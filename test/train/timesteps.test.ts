import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/random/random.js";
import { lossSecondMomentTimesteps, uniformTimesteps } from "../../src/train/timesteps.js";
import { at, largestError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

describe("uniform timesteps", () => {
  it("are the draws of a stream from 1 to T, all of importance 1", () => {
    const sampler = uniformTimesteps(7);
    const { t, importance } = sampler.draw(sampler.init(), createRandom(3), 200);
    const random = createRandom(3);
    expect(Array.from(t)).toEqual(Array.from({ length: 200 }, () => random.integer(1, 7)));
    expect(new Set(t).size).toBe(7);
    expect(Array.from(importance)).toEqual(Array<number>(200).fill(1));
    expect(sampler.record(sampler.init(), t, importance)).toEqual([]);
  });
});

describe("timesteps by the second moment of the loss", () => {
  const sampler = lossSecondMomentTimesteps(3, { remember: 2, uniformShare: 0.1 });
  const seen = (pairs: readonly (readonly [number, number])[]) =>
    sampler.record(
      sampler.init(),
      Int32Array.from(pairs, ([t]) => t),
      pairs.map(([, loss]) => loss),
    );

  it("remember the last losses of each t, the oldest first", () => {
    expect(
      seen([
        [1, 5],
        [3, 1],
        [1, 6],
        [1, 7],
      ]),
    ).toEqual([[6, 7], [], [1]]);
  });

  it("stay uniform until every t is known", () => {
    const history = seen([
      [1, 100],
      [1, 100],
      [2, 1],
      [2, 1],
      [3, 1],
    ]);
    const [mine, uniform] = [sampler, uniformTimesteps(3)].map((s) => s.draw(history, createRandom(1), 50));
    expect(mine).toEqual(uniform);
  });

  it("then follow the roots of the mean squares, and weigh the losses so that their mean is kept", () => {
    const history = seen([
      [1, 3],
      [1, 4],
      [2, 0],
      [2, 0],
      [3, 5],
      [3, -5],
    ]);
    const roots = [Math.sqrt(12.5), 0, 5];
    const sum = roots.reduce((a, b) => a + b, 0);
    const p = roots.map((root) => (0.9 * root) / sum + 0.1 / 3);
    const count = 20_000;
    const { t, importance } = sampler.draw(history, createRandom(2), count);
    for (const step of [1, 2, 3]) {
      const share = at(p, step - 1);
      const drawn = t.filter((value) => value === step).length / count;
      expect(Math.abs(drawn - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / count));
    }
    expect(
      largestError(
        importance,
        Float64Array.from(t, (step) => 1 / (3 * at(p, step - 1))),
      ),
    ).toBeLessThan(1e-12);
    // Σ p(t) · L_t/(T p(t)) is the mean of L_t whatever p is.
    const losses = [2, 7, 1];
    const estimates = Float64Array.from(t, (step, i) => at(importance, i) * at(losses, step - 1));
    const mean = estimates.reduce((a, b) => a + b, 0) / count;
    const variance = estimates.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
    expect(Math.abs(mean - 10 / 3)).toBeLessThan(4 * Math.sqrt(variance / count));
  });

  it("are uniform where every loss was zero", () => {
    const zeros = [1, 1, 2, 2, 3, 3].map((t) => [t, 0] as const);
    expect(sampler.draw(seen(zeros), createRandom(1), 9).importance).toEqual(new Float64Array(9).fill(1));
  });

  it("refuse options and losses that cannot be", () => {
    expect(refusal(() => lossSecondMomentTimesteps(3, { remember: 0 }))).toBe(
      "remember = 0: expected a whole number of at least 1. Leave it out to get 10.",
    );
    expect(refusal(() => lossSecondMomentTimesteps(3, { uniformShare: 2 }))).toBe(
      "uniformShare = 2: expected a number from 0 to 1. Leave it out to get 0.001.",
    );
    expect(refusal(() => seen([[2, NaN]]))).toBe(
      "a loss of NaN at t = 2: expected a finite number. Check the loss before it is recorded, and stop the run there.",
    );
  });
});
