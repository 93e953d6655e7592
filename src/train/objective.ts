/**
 * What training makes small: L_simple, the variational bound L_vlb, or both (Ho et al. 2020; Nichol and Dhariwal
 * 2021). A loss here is a pure function of tensors. Whatever depends on t, on the schedule or on chance is computed
 * beforehand in double precision and handed over as inputs, so that one trace of the operations serves every step.
 */
import * as tf from "@tensorflow/tfjs-core";
import { decoderNll, type BoundOptions } from "../diffusion/elbo.js";
import { normalKl } from "../diffusion/kl.js";
import type { Schedule } from "../diffusion/schedule.js";
import { isLearned } from "../diffusion/variance.js";
import { InputError } from "../error.js";
import type { Params } from "../model/layer.js";
import type { ModelOf } from "../model/model.js";
import { meanPerSample } from "../tensor/affine.js";
import { boundCoefficients, squaredErrorCoefficients } from "./coefficients.js";
import { stopGradient } from "./stopGradient.js";

export interface ObjectiveOptions extends Pick<BoundOptions, "predicts" | "variance" | "decoder"> {
  /**
   * "simple" (default): the squared error of the prediction. "vlb": T times one term of the bound, an estimate of
   * Σ L_{t−1} in bits per dimension. "hybrid": simple + λ·vlb, where the bound moves the variance alone, its mean being
   * held constant; for learned variances.
   */
  readonly loss?: "simple" | "vlb" | "hybrid";
  /** λ of "hybrid"; 0.001 by default. */
  readonly lambda?: number;
  /** The weight of the squared error at t; 1 by default. */
  readonly weight?: (t: number) => number;
}

/** What one step of Algorithm 1 draws: data x_0 [B, …], timesteps t [B] in 1..T, noise ε like x_0. */
export interface Draw {
  readonly xStart: tf.Tensor;
  readonly t: Int32Array;
  readonly noise: tf.Tensor;
  /** The factor of each sample's loss, 1/(T p(t)); ones if left out. */
  readonly importance?: ArrayLike<number>;
  /** Masks of dropout, from `drawMasks`; nothing is dropped without them. */
  readonly masks?: Params;
}

/** Every tensor that a step's loss depends on, but for the parameters. */
export type LossInputs = Readonly<Record<string, tf.Tensor>>;

export interface Objective {
  /**
   * The inputs of `losses` and `loss` for one batch; names and shapes are the same in every step. Those of the draw are
   * among them as they are, the others are new: the caller disposes all.
   */
  readonly inputs: (draw: Draw) => LossInputs;
  /** The loss of each sample before its importance: [B]. */
  readonly losses: (params: Params, inputs: LossInputs) => tf.Tensor1D;
  /** The mean of these, each times its importance: a scalar. */
  readonly mean: (losses: tf.Tensor1D, inputs: LossInputs) => tf.Scalar;
  /** The mean over the batch of importance · loss, a scalar that gradients can be taken of. */
  readonly loss: (params: Params, inputs: LossInputs) => tf.Scalar;
}

/** The parts of a model that a loss needs. */
export type LossModel = Pick<ModelOf<string, unknown>, "apply" | "masks" | "shape" | "outputShape">;

/**
 * @throws InputError if an option cannot be, or the model's output does not fit the kind of variance; `inputs` if t is
 *   outside 1 … T or does not match x_0
 */
export function createObjective(
  model: LossModel,
  schedule: Schedule,
  options: ObjectiveOptions = {},
): Objective {
  const settings = { loss: "simple", lambda: 0.001, ...options } as const;
  checkOptions(model, settings);
  const learned = isLearned(options.variance ?? "fixedSmall");
  const withBound = settings.loss !== "simple";

  const losses: Objective["losses"] = (params, inputs) =>
    tf.tidy(() => {
      const get = (name: string): tf.Tensor => input(inputs, name);
      const xt = tf.add(tf.mul(get("xStart"), get("signal")), tf.mul(get("noise"), get("spread")));
      const output = model.apply(withMasks(model, params, inputs), xt, get("t") as tf.Tensor1D);
      const parts = learned ? (tf.split(output, 2, output.rank - 1) as [tf.Tensor, tf.Tensor]) : [output];
      const [prediction, v] = parts as [tf.Tensor, tf.Tensor?];
      const simple = (): tf.Tensor1D => tf.mul(squaredError(get, prediction), get("weight"));
      const bound = (mean: tf.Tensor): tf.Tensor1D =>
        tf.mul(boundTerm(get, xt, mean, v, options), schedule.T);
      switch (settings.loss) {
        case "simple":
          return simple();
        case "vlb":
          return bound(prediction);
        case "hybrid":
          return tf.add(simple(), tf.mul(bound(stopGradient(prediction)), settings.lambda));
      }
    });

  const mean: Objective["mean"] = (each, inputs) =>
    tf.tidy(() => tf.mean(tf.mul(each, input(inputs, "importance"))));

  return {
    inputs: (draw) => {
      const { xStart, t, noise, importance = new Float32Array(t.length).fill(1), masks = {} } = draw;
      const coefficients = {
        ...squaredErrorCoefficients(schedule, t, xStart, options),
        ...(withBound ? boundCoefficients(schedule, t, options) : {}),
      };
      const perSample = (values: ArrayLike<number>, rank: number): tf.Tensor =>
        tf.tensor(Float32Array.from(values), [t.length, ...Array<number>(rank - 1).fill(1)]);
      const tensors = Object.entries(coefficients).map(([name, values]) => [
        name,
        perSample(values, name === "weight" ? 1 : xStart.rank),
      ]);
      const given = { xStart, noise, t: tf.tensor1d(t, "int32"), importance: perSample(importance, 1) };
      return { ...given, ...(Object.fromEntries(tensors) as LossInputs), ...masks };
    },
    losses,
    mean,
    loss: (params, inputs) => tf.tidy(() => mean(losses(params, inputs), inputs)),
  };
}

/** Mean over the coordinates of (target − prediction)²: [B]. */
function squaredError(get: (name: string) => tf.Tensor, prediction: tf.Tensor): tf.Tensor1D {
  const target = tf.add(
    tf.mul(get("xStart"), get("targetOfXStart")),
    tf.mul(get("noise"), get("targetOfNoise")),
  );
  return meanPerSample(tf.squaredDifference(target, prediction), 1);
}

/** L_{t−1}, or L_0 where t = 1, in bits per dimension: [B]. */
function boundTerm(
  get: (name: string) => tf.Tensor,
  xt: tf.Tensor,
  prediction: tf.Tensor,
  v: tf.Tensor | undefined,
  options: ObjectiveOptions,
): tf.Tensor1D {
  const xStart = get("xStart");
  const full = (name: string): tf.Tensor => tf.broadcastTo(get(name), xt.shape);
  const qMean = tf.add(tf.mul(xStart, get("qMeanOfXStart")), tf.mul(xt, get("qMeanOfXt")));
  const mean = tf.add(tf.mul(xt, get("meanOfXt")), tf.mul(prediction, get("meanOfPrediction")));
  const logVariance =
    v === undefined ? full("logVariance") : tf.add(tf.mul(v, get("logVarianceOfV")), get("logVariance"));
  const kl = normalKl(qMean, full("qLogVariance"), mean, logVariance);
  const nll = decoderNll(xStart, mean, logVariance, options) as tf.Tensor;
  const isFirst = get("isFirst");
  const nats = tf.add(tf.mul(nll, isFirst), tf.mul(kl, tf.sub(1, isFirst)));
  return tf.mul(meanPerSample(nats, 1), 1 / Math.LN2);
}

/** The parameters, and the masks among the inputs. */
function withMasks(model: LossModel, params: Params, inputs: LossInputs): Params {
  const masks = model.masks
    .filter(({ name }) => name in inputs)
    .map(({ name }) => [name, input(inputs, name)]);
  return masks.length === 0 ? params : { ...params, ...(Object.fromEntries(masks) as Params) };
}

function input(inputs: LossInputs, name: string): tf.Tensor {
  const value = inputs[name];
  if (value === undefined) throw new Error(`input ${name} is missing from the record`);
  return value;
}

function checkOptions(
  { shape, outputShape }: LossModel,
  options: ObjectiveOptions & { readonly loss: string; readonly lambda: number },
): void {
  const { loss, lambda, variance = "fixedSmall" } = options;
  if (!["simple", "vlb", "hybrid"].includes(loss))
    throw new InputError(`loss = ${loss}`, `"simple", "vlb" or "hybrid"`, "Leave it out to get simple.");
  if (!(lambda >= 0 && lambda < Infinity))
    throw new InputError(`lambda = ${lambda}`, "a number of at least 0", "Leave it out to get 0.001.");
  const learned = isLearned(variance);
  const doubled = (outputShape.at(-1) ?? 0) === 2 * (shape.at(-1) ?? 0);
  if (learned !== doubled)
    throw new InputError(
      `variance = ${variance} with an output of shape [${outputShape.join(", ")}] for samples of shape [${shape.join(", ")}]`,
      "a last axis twice as long if the variance is learned, else as long",
      "Make the model with learnedVariance as the variance needs it.",
    );
  if (loss === "hybrid" && !learned)
    throw new InputError(
      `loss = hybrid with variance = ${variance}`,
      `a learned variance, as the bound would move nothing else`,
      `Choose "simple" or "vlb", or "learnedRange" with a model that has learnedVariance.`,
    );
}
