import { describe, expect, test } from "vitest";
import { drawEdgeWorld, drawPocketWorld, drawWorld, type Draw } from "../../src/derivation/world/draw.js";
import { World } from "../../src/derivation/world/world.js";
import { arithmeticOf } from "../../src/expr/number.js";

const worlds = Array.from({ length: 12 }, (_, at) => new World(drawWorld(3, at), arithmeticOf(64)));
const close = (a: number, b: number): void =>
  expect(Math.abs(a - b)).toBeLessThan(1e-11 * Math.max(1, Math.abs(b)));

describe("a world", () => {
  test("is built by the definition of the forward process", () => {
    for (const world of worlds) {
      const { alpha, beta, x } = world.boundPoint(1);
      for (let t = 1; t <= world.T; t++) {
        const noise = world.valueOf(`z${t}`);
        for (let i = 0; i < world.d; i++) {
          const before = x[t - 1]?.[i] ?? NaN;
          const expected =
            Math.sqrt(alpha[t] ?? NaN) * before + Math.sqrt(beta[t] ?? NaN) * (noise[i]?.toNumber() ?? NaN);
          close(x[t]?.[i] ?? NaN, expected);
        }
      }
    }
  });

  test("has the posterior of Ho et al. (2020), Eq. 7, found by conditioning", () => {
    for (const world of worlds.filter((_, at) => at % 4 !== 2 && at % 4 !== 3)) {
      const { alpha, alphaBar, beta, x } = world.boundPoint(1);
      for (let t = 2; t <= world.T; t++) {
        const at = (table: readonly number[], k: number): number => table[k] ?? NaN;
        const [state, start] = [world.states[t], world.states[0]];
        if (state === undefined || start === undefined) throw new Error("a state is missing");
        const law = world.posterior(t, world.realize(state), start);
        close(law.variance.toNumber(), ((1 - at(alphaBar, t - 1)) / (1 - at(alphaBar, t))) * at(beta, t));
        const c0 = (Math.sqrt(at(alphaBar, t - 1)) * at(beta, t)) / (1 - at(alphaBar, t));
        const ct = (Math.sqrt(at(alpha, t)) * (1 - at(alphaBar, t - 1))) / (1 - at(alphaBar, t));
        close(law.mean.offset[0]?.toNumber() ?? NaN, c0 * (x[0]?.[0] ?? NaN) + ct * (x[t]?.[0] ?? NaN));
      }
    }
  });

  test("is a function of its seed and number", () => {
    const values = ({ T, d, beta, x0, noise }: Draw): unknown => ({ T, d, beta, x0, noise });
    expect(values(drawWorld(1, 2))).toEqual(values(drawWorld(1, 2)));
    expect(values(drawWorld(1, 2))).not.toEqual(values(drawWorld(2, 2)));
    expect(drawWorld(1, 2).free("\\gamma_t1", "any")).toBe(drawWorld(1, 2).free("\\gamma_t1", "any"));
    expect(drawWorld(1, 2).free("\\gamma_t1", "any")).not.toBe(drawWorld(1, 2).free("\\gamma_t2", "any"));
  });

  test("has 1 and 3 dimensions, T from 5 to 8 and β strictly between 0 and 1", () => {
    const draws = Array.from({ length: 200 }, (_, at) => drawWorld(at, at));
    expect(new Set(draws.map(({ d }) => d))).toEqual(new Set([1, 3]));
    expect(new Set(draws.map(({ T }) => T))).toEqual(new Set([5, 6, 7, 8]));
    const all = [
      ...draws,
      ...draws.map((_, at) => drawEdgeWorld(at, at)),
      ...draws.map((_, at) => drawPocketWorld(at, at)),
    ];
    for (const { T, beta, noise } of all) {
      expect([beta.length, noise.length]).toEqual([T + 1, T + 1]);
      for (const b of beta.slice(1)) expect(Number(b) > 0 && Number(b) < 1).toBe(true);
    }
  });
});
