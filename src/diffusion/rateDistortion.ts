/** One row of the rate–distortion table of Ho et al. (2020), Table 4. */
export interface RateDistortion {
  /** T − t + 1: how many reverse steps lead to the estimate of x_0, 1 … T. */
  readonly reverseSteps: number;
  /** The time that the estimate is made at. */
  readonly t: number;
  /** L_T + … + L_t in bits per dimension: what has to be told to know x_t. */
  readonly rate: number;
  /** √E(x_0 − estimate)², in grey levels of 0 … 255 for data in [−1, 1]. */
  readonly rmse: number;
}

/** Of a `Bpd`, or of means over several; entry t of a table belongs to step t, entry 0 to none. */
export interface BpdTables {
  readonly prior: number;
  readonly perStep: ArrayLike<number>;
  readonly xStartMse: ArrayLike<number>;
}

/**
 * What a progressive decoder has paid and what it sees after each reverse step, from 1 to T: Table 4 and Figure 5 of
 * Ho et al. (2020). The last row's rate is L_1 + … + L_T; what is left to pay for the exact levels is L_0.
 */
export function rateDistortion({ prior, perStep, xStartMse }: BpdTables): readonly RateDistortion[] {
  const T = perStep.length - 1;
  let rate = prior;
  return Array.from({ length: T }, (_, i) => {
    const t = T - i;
    // Entry t + 1 of the steps, L_t, is what leads from x_{t+1} to x_t.
    rate += perStep[t + 1] ?? 0;
    return { reverseSteps: i + 1, t, rate, rmse: LEVELS * Math.sqrt(xStartMse[t] ?? NaN) };
  });
}

/** Grey levels per unit, for data in [−1, 1]. */
const LEVELS = 127.5;
