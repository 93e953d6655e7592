import { variableWave, type Wave } from "../../probability/wave.js";
import { networkOf } from "../evaluate/model.js";
import type { Scope } from "../evaluate/scope.js";
import { predict, type Prediction } from "../world/network.js";

/** A prediction of the network in double precision, d = 1: offset + slope · x and cosines. */
export interface MeanFunction {
  readonly at: (x: number) => number;
  readonly offset: number;
  readonly slope: number;
  /** The largest absolute value of the cosines. */
  readonly bend: number;
  /** The largest absolute slope of the whole. */
  readonly lipschitz: number;
}

/** μ_θ(x_t, t) */
export const meanFunction = (t: number, scope: Scope): MeanFunction => predictionFunction("mean", t, scope);

export function predictionFunction(
  prediction: Prediction,
  t: number,
  scope: Scope,
  condition = "",
): MeanFunction {
  const { world } = scope;
  const x = [variableWave("x", world.arithmetic)];
  const [wave = []] = predict(prediction, t, x, world, { ...networkOf(scope, condition), affine: false });
  return compiled(wave);
}

function compiled(wave: Wave): MeanFunction {
  let [offset, slope, bend, steepness] = [0, 0, 0, 0];
  const cosines: { readonly size: number; readonly frequency: number; readonly phase: number }[] = [];
  for (const { coefficient, powers, frequency, phase } of wave) {
    const size = coefficient.toNumber();
    const [omega] = frequency.values();
    const power = powers.get("x") ?? 0;
    if (power > 1 || (power === 1 && omega !== undefined))
      throw new RangeError("a network that is no affine function and cosines");
    if (omega === undefined) {
      if (power === 0) offset += size;
      else slope += size;
      continue;
    }
    cosines.push({ size, frequency: omega.toNumber(), phase: phase.toNumber() });
    bend += Math.abs(size);
    steepness += Math.abs(size * omega.toNumber());
  }
  const at = (x: number): number =>
    cosines.reduce(
      (sum, { size, frequency, phase }) => sum + size * Math.cos(frequency * x + phase),
      offset + slope * x,
    );
  return { at, offset, slope, bend, lipschitz: Math.abs(slope) + steepness };
}
