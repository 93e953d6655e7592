import { describe, expect, test } from "vitest";
import { chainFrom, dataLaw } from "../../src/derivation/world/data.js";
import { lawInChain, type NormalChain } from "../../src/derivation/world/chain.js";
import { drawWorld } from "../../src/derivation/world/draw.js";
import { World } from "../../src/derivation/world/world.js";
import { arithmeticOf } from "../../src/expr/number.js";
import { add, constant, scale, standardNoise, type Affine } from "../../src/probability/affine.js";
import { conditional } from "../../src/probability/gaussian.js";
import { constantValue, constantWave } from "../../src/probability/wave.js";

const arithmetic = arithmeticOf(64);
const { real } = arithmetic;

/** The same states as one jointly normal vector. */
function jointly(chain: NormalChain, d: number): ReadonlyMap<number, Affine> {
  const noise = (t: number): Affine => standardNoise(`n${t}`, d, arithmetic);
  const [first = 0] = chain.order;
  let state = add(constant(chain.start.offset), scale(noise(first), chain.start.variance.sqrt()));
  const states = new Map([[first, state]]);
  chain.steps.forEach(({ slope, offset, variance }, at) => {
    const t = chain.order[at + 1] ?? 0;
    state = add(add(scale(state, slope), constant(offset)), scale(noise(t), variance.sqrt()));
    states.set(t, state);
  });
  return states;
}

describe("the law of a state given others, against regression in the joint law", () => {
  const world = new World(drawWorld(5, 1), arithmetic);
  const [component] = dataLaw("normal", world);
  if (component === undefined) throw new Error("no component");
  const up = chainFrom(component, world);
  const down: NormalChain = { ...up, order: [...up.order].reverse() };
  const value = (s: number): readonly string[] => world.draw.fresh(`value ${s}`);

  test.each([
    [2, []],
    [2, [1]],
    [2, [4]],
    [2, [0, 4]],
    [3, [0, 1, 4, 5]],
    [0, [2, 3]],
    [5, [1]],
  ])("x_%s given %j", (t, given) => {
    for (const chain of [up, down]) {
      const law = lawInChain(t, given, (s) => value(s).map((x) => constantWave(real(x))), chain, arithmetic);
      const states = jointly(chain, world.d);
      const of = (s: number): Affine => states.get(s) ?? constant([]);
      const observed = given.map((s) => ({ variable: of(s), value: constant(value(s).map(real)) }));
      const expected = conditional(of(t), observed, arithmetic);
      expect(law.variance.minus(expected.variance).abs().toNumber()).toBeLessThan(1e-50);
      law.mean.forEach((part, i) => {
        const apart = constantValue(part, arithmetic)
          ?.minus(expected.mean.offset[i] ?? 0)
          .abs();
        expect(apart?.toNumber()).toBeLessThan(1e-50);
      });
    }
  });

  test("a mixture has weights that add up to 1, and components apart", () => {
    const parts = dataLaw("mixture", world);
    expect(parts).toHaveLength(3);
    const total = parts.reduce((sum, { weight }) => sum.plus(weight), arithmetic.zero);
    expect(total.minus(1).abs().toNumber()).toBeLessThan(1e-60);
    expect(new Set(parts.map(({ mean }) => mean.join())).size).toBe(3);
  });
});
