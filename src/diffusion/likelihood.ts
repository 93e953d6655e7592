/** The decoder of Ho et al. 2020, Section 3.3: a Gaussian integrated over each of 256 grey levels. */
import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import { elementwise, type SameKind, type Samples } from "../tensor/affine.js";
import { elementwiseWith, type PerElement } from "./perElement.js";

/** Half the distance of two grey levels in [−1, 1]. */
const HALF_BIN = 1 / 255;
/** Levels beyond ±0.999 are the first and the last, whose bins reach to infinity. */
const EDGE = 0.999;
/** Keeps the logarithm finite. */
const SMALLEST_PROBABILITY = 1e-12;

let known: ((x: number) => number) | undefined;

/** mathjs takes half a second to load: only who asks for a value waits for it. */
function erf(x: number): number {
  known ??= (createRequire(import.meta.url)("mathjs") as typeof import("mathjs")).erf;
  return known(x);
}

/** Φ(x) = ½ (1 + erf(x/√2)): exact in float64, to about 1e-7 in tensors. */
export function standardNormalCdf<S extends Samples>(x: S): SameKind<S> {
  return elementwise<S>({ x }, [], {
    float64: ([value = NaN]) => exactCdf.float64(value),
    tensor: ([value]) => exactCdf.tensor(value as tf.Tensor),
  });
}

/** Φ(x) ≈ ½ (1 + tanh(√(2/π) (x + 0.044715 x³))); its largest error is 1.789e-4, at |x| = 2.592. */
export function approxStandardNormalCdf<S extends Samples>(x: S): SameKind<S> {
  return elementwise<S>({ x }, [], {
    float64: ([value = NaN]) => approxCdf.float64(value),
    tensor: ([value]) => approxCdf.tensor(value as tf.Tensor),
  });
}

/**
 * log P(x), in nats and for each coordinate, where P integrates N(means, e^{2 logScales}) over the bin
 * of x: x ± 1/255, the first and the last bin being open (Ho et al. 2020, Eq. 13). The 256
 * probabilities sum to 1; none is taken for less than 1e-12.
 * @param x grey levels 2k/255 − 1, samples of shape [B, …]
 * @param options.means of the kind and shape of x
 * @param options.logScales log σ, one for all samples, one for each, or one for each element
 * @param options.cdf "approx" (default, as in the code of the paper) or "exact"
 * @throws InputError if the shapes do not fit
 */
export function discretizedGaussianLogLikelihood<S extends Samples>(
  x: S,
  options: { readonly means: S; readonly logScales: PerElement<S>; readonly cdf?: "approx" | "exact" },
): SameKind<S> {
  const { means, logScales, cdf = "approx" } = options;
  const phi = cdf === "exact" ? exactCdf : approxCdf;
  return elementwiseWith<S>(
    { x, means },
    { logScales },
    {
      float64: ([value = NaN, mean = NaN], [logScale = NaN]) =>
        Math.log(
          Math.max(binProbability(value, mean, Math.exp(-logScale), phi.float64), SMALLEST_PROBABILITY),
        ),
      tensor: ([value, mean], [logScale = NaN]) => {
        const inverseScale = tf.exp(tf.neg(logScale));
        const p = binProbabilityTensor(value as tf.Tensor, mean as tf.Tensor, inverseScale, phi.tensor);
        return tf.log(tf.maximum(p, SMALLEST_PROBABILITY));
      },
    },
  );
}

interface Cdf {
  readonly float64: (x: number) => number;
  readonly tensor: (x: tf.Tensor) => tf.Tensor;
}

const exactCdf: Cdf = {
  float64: (x) => 0.5 * (1 + erf(x / Math.SQRT2)),
  tensor: (x) => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))),
};

/** 0.5 (1 + tanh u) is the logistic function of 2u, which does not cancel in the left tail. */
const approxCdf: Cdf = {
  float64: (x) => 1 / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  tensor: (x) => tf.sigmoid(tf.mul(2 * Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))))),
};

/**
 * Every bin is mirrored to the left of the mean, where Φ is small: a difference of two small numbers
 * keeps the digits that a difference of two numbers near 1 loses.
 */
function binProbability(x: number, mean: number, inverseScale: number, phi: Cdf["float64"]): number {
  const distance = x - mean;
  if (x < -EDGE) return phi((distance + HALF_BIN) * inverseScale);
  if (x > EDGE) return phi((-distance + HALF_BIN) * inverseScale);
  const mirrored = -Math.abs(distance);
  return phi((mirrored + HALF_BIN) * inverseScale) - phi((mirrored - HALF_BIN) * inverseScale);
}

/** The same, with masks of 0 and 1 in place of branches: `tf.where` on a comparison has no gradient. */
function binProbabilityTensor(
  x: tf.Tensor,
  mean: tf.Tensor,
  inverseScale: tf.Tensor,
  phi: Cdf["tensor"],
): tf.Tensor {
  const first = tf.cast(tf.less(x, -EDGE), "float32");
  const last = tf.cast(tf.greater(x, EDGE), "float32");
  const inner = tf.sub(1, tf.add(first, last));
  const distance = tf.sub(x, mean);
  const mirrored = tf.sub(tf.mul(distance, tf.sub(first, last)), tf.mul(tf.abs(distance), inner));
  const upper = phi(tf.mul(tf.add(mirrored, HALF_BIN), inverseScale));
  const lower = phi(tf.mul(tf.sub(mirrored, HALF_BIN), inverseScale));
  return tf.sub(upper, tf.mul(inner, lower));
}
