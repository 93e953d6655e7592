import { createHash } from "node:crypto";
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

/** A stream of random numbers that depends on its seed alone: the same on every machine and Node. */
export interface Random {
  /** Uniform in [0, 1), 53 random bits. */
  readonly uniform: () => number;
  /** Standard normal N(0, 1), by the polar method of Marsaglia. */
  readonly normal: () => number;
  /** Uniform integer in [low, high], both included. */
  readonly integer: (low: number, high: number) => number;
  /** `count` standard normals in single precision, the noise of one batch. */
  readonly normals: (count: number) => Float32Array;
  /** An independent stream named by labels, e.g. `random.fork("noise", step)`; does not advance this one. */
  readonly fork: (...labels: readonly (string | number)[]) => Random;
}

/**
 * Opens the stream of `seed`. Streams of different seeds, and of different forks, are independent:
 * the 128 bits of state come from a SHA-256 of the seed and the labels, not from nearby integers.
 */
export function createRandom(seed: number | string): Random {
  return streamOf(JSON.stringify([seed]));
}

function streamOf(name: string): Random {
  const digest = createHash("sha256").update(name).digest();
  const generator = xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
  const uniform = (): number => uniformFloat64(generator);
  let spare: number | undefined;

  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s > 0 && s < 1) {
        const scale = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * scale;
        return u * scale;
      }
    }
  };

  return {
    uniform,
    normal,
    integer: (low, high) => low + Math.floor(uniform() * (high - low + 1)),
    normals: (count) => Float32Array.from({ length: count }, normal),
    fork: (...labels) => streamOf(name + JSON.stringify(labels)),
  };
}
