import { expect, it } from "vitest";
import { killAndResume } from "./kill.mjs";

it("a run that is killed at three random moments ends as the one that was not, bit for bit", async () => {
  const { killedAt, sameLosses, sameWeights, steps } = await killAndResume({
    kills: 3,
    seed: 7,
    stepsPerKill: 3,
  });
  expect(killedAt).toHaveLength(3);
  expect(Math.max(...killedAt)).toBeLessThan(steps);
  expect([sameLosses, sameWeights]).toEqual([true, true]);
});
