/** The learning rate as a function of the step, counted from 1, in small parts that compose. */
export type LearningRate = (step: number) => number;

/** The same at every step. */
export function constantRate(rate: number): LearningRate {
  return () => rate;
}

/** Rises linearly to `rate` over its first `steps` steps, then follows it (DDPM code: 5000 steps). */
export function warmUp(rate: LearningRate, steps: number): LearningRate {
  return (step) => rate(step) * Math.min(1, step / Math.max(1, steps));
}

/**
 * Falls from `rate` at the first step to `rate * finalFraction` at step `steps` along half a cosine, and stays there
 * (Loshchilov & Hutter, "SGDR", 2017, Eq. 5, one period).
 */
export function cosineDecay(rate: LearningRate, steps: number, finalFraction = 0): LearningRate {
  return (step) => {
    const progress = Math.min(1, (step - 1) / Math.max(1, steps - 1));
    const cosine = (1 + Math.cos(Math.PI * progress)) / 2;
    return rate(step) * (finalFraction + (1 - finalFraction) * cosine);
  };
}
