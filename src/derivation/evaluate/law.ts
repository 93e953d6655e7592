import { addWaves, constantWave, type Wave } from "../../probability/wave.js";
import { stateLaw, type NormalLaw } from "../world/law.js";
import { predict } from "../world/network.js";
import { chainOf, isTransition, logNormal, type Factor } from "./factor.js";
import { stateField, type Open } from "./field.js";
import { lawOf, onlyChain } from "./marginal.js";
import { remember, textOfMoved } from "./memory.js";
import { modelVariance, networkOf } from "./model.js";

/** The normal law of x_t that the factor states, given `known` (the states that are given or come first). */
export function lawIn(factor: Factor, t: number, known: readonly number[], open: Open): NormalLaw {
  const { setting, world } = open.scope;
  if (setting !== undefined && !(factor.process === "model" && isTransition(factor, open.scope)))
    return lawOf(t, known, onlyChain(factor, open), open);
  if (factor.process === "forward") return stateLaw(t, known, (s) => stateField(s, open), world);
  const { one } = world.arithmetic;
  if (t === world.T) return { mean: Array.from({ length: world.d }, () => []), variance: one };
  return {
    mean: predict("mean", t + 1, stateField(t + 1, open), world, networkOf(open.scope)),
    variance: modelVariance(t + 1, factor.expr.span, open.scope),
  };
}

/** The logarithm of a density as a function of the open states. */
export function logDensity(factor: Factor, open: Open): Wave {
  const { process, of, given } = factor;
  const { moved, deviation, network, reading, indices, setting = "given" } = open.scope;
  const variables = [...of, ...given, 0].filter((t) => open.times.has(t));
  // The text may have defined σ_t of the model by anything.
  const model = process === "model" ? `${deviation}|${network}|${reading}|${[...indices].join()}` : "";
  const place = `${setting}|${textOfMoved(moved)}|${model}`;
  const key = `log ${process} ${of.join()} ${given.join()} over ${variables.join()}|${place}`;
  return remember(
    key,
    open.scope,
    (scope) => computeLogDensity(factor, { ...open, scope }),
    factor.expr.span,
  );
}

function computeLogDensity(factor: Factor, open: Open): Wave {
  const { world } = open.scope;
  const terms = chainOf(factor).map(({ t, known }) => {
    if (open.scope.setting === undefined && factor.process === "forward" && t === 0) {
      return constantWave(world.arithmetic.real(world.draw.free("q(x_0)", "positive")).ln());
    }
    return logNormal(stateField(t, open), lawIn(factor, t, known, open), factor.expr, open);
  });
  return addWaves(...terms);
}
