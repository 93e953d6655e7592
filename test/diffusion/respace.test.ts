import { describe, expect, test } from "vitest";
import { pMeanVariance } from "../../src/diffusion/reverse.js";
import { respace, spaceTimesteps } from "../../src/diffusion/respace.js";
import { cosineSchedule, linearSchedule } from "../../src/diffusion/schedules.js";
import { gaussianDenoiser } from "../support/gaussianData.js";
import { at, largestRelativeError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

const schedule = linearSchedule({ T: 1000 });

describe("respace", () => {
  test.each([linearSchedule({ T: 1000 }), cosineSchedule({ T: 1000 })])("keeps ᾱ where it stops", (whole) => {
    const times = [1, 2, 17, 500, 999, 1000];
    const { schedule: spaced, timesteps } = respace(whole, times);
    expect(Array.from(timesteps)).toEqual([0, ...times]);
    const [bars, noises] = [whole.alphaBar, whole.oneMinusAlphaBar].map((table) =>
      [0, ...times].map((t) => at(table, t)),
    ) as [number[], number[]];
    // The rounding errors of a thousand factors; those of 1 − β_i grow where ᾱ falls by a factor of 1000.
    expect(largestRelativeError(spaced.alphaBar, bars)).toBeLessThan(1e-9);
    expect(largestRelativeError(spaced.oneMinusAlphaBar, noises)).toBeLessThan(1e-12);
  });

  test("with every time it is the same schedule", () => {
    const { schedule: same } = respace(schedule, spaceTimesteps(1000, 1000));
    expect(same.beta).toEqual(schedule.beta);
    expect(same.posteriorVariance).toEqual(schedule.posteriorVariance);
  });

  test("tells the network the old times, and its answers are good at them", () => {
    const spaced = respace(schedule, [3, 400, 1000]);
    const data = { mean: 0.3, variance: 0.5 };
    const best = gaussianDenoiser(schedule, data);
    const seen: number[] = [];
    const denoiser = spaced.denoiser<number>((xt, t) => {
      seen.push(...t);
      return best(xt, t);
    });
    for (const step of [1, 2, 3]) {
      const { xStart } = pMeanVariance(spaced.schedule, denoiser, 0.8, step);
      const direct = pMeanVariance(schedule, best, 0.8, at([3, 400, 1000], step - 1));
      expect(Math.abs(xStart - direct.xStart)).toBeLessThan(1e-10);
    }
    expect(seen).toEqual([3, 400, 1000]);
  });

  test("times that are none are refused", () => {
    for (const [times, text] of [
      [[], ""],
      [[0, 3], "0, 3"],
      [[3, 3], "3, 3"],
      [[5, 1001], "5, 1001"],
      [[1.5], "1.5"],
    ] as const)
      expect(refusal(() => respace(schedule, times))).toBe(
        `timesteps = ${text}: expected increasing integers from 1 to T = 1000, at least one. Take those of spaceTimesteps.`,
      );
  });
});

describe("spaceTimesteps", () => {
  // `space_timesteps` of improved-diffusion, one added to each time: run with Python 3.11.
  test.each([
    [10, 10, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [10, 4, [1, 4, 7, 10]],
    [1000, 5, [1, 251, 501, 750, 1000]],
    [6, 3, [1, 3, 6]],
    [7, 1, [1]],
    [30, [3, 5, 2], [1, 5, 10, 11, 13, 15, 18, 20, 21, 30]],
    [11, [2, 2], [1, 6, 7, 11]],
  ] as const)("%i times, %j", (T, counts, times) => {
    expect(Array.from(spaceTimesteps(T, counts))).toEqual(times);
  });

  test("more steps than times are refused", () => {
    expect(refusal(() => spaceTimesteps(10, 11))).toBe(
      "11 steps of 10 times: expected an integer from 1 to 10. Ask for at most as many steps as there are times.",
    );
    expect(refusal(() => spaceTimesteps(10, [5, 0]))).toContain("0 steps of 5 times");
  });
});
