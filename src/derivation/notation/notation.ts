/**
 * What a symbol can mean. Each role is implemented once (evaluate/roles.ts); a notation only says
 * which symbols play it, so that another author's spelling is data, not code.
 */
export const roles = [
  /** β_t, the variance added in step t; t = 1..T */
  "beta",
  /** α_t = 1 - β_t; t = 1..T */
  "alpha",
  /** ᾱ_t = α_1 ⋯ α_t; t = 0..T, ᾱ_0 = 1 */
  "alphaBar",
  /** ᾱ_t / (1 - ᾱ_t), as SNR(t) or SNR_t */
  "snr",
  /** x_t, built by the forward process from x_0; t = 0..T */
  "state",
  /** the noise drawn in step t: x_t = √α_t x_{t-1} + √β_t z_t; t = 1..T */
  "stepNoise",
  /** all noise up to t in one: x_t = √ᾱ_t x_0 + √(1-ᾱ_t) ε̄_t; t = 1..T */
  "accumulatedNoise",
  /** a noise without index: the accumulated noise at t, or a fresh one where that cannot be meant */
  "noise",
  /** z_1, z_2, …: independent of each other and of everything else, numbered only to tell them apart */
  "freshNoise",
  /** E[x_{t-1} | x_t, x_0], written μ̃_t, μ̃_t(x_t, x_0) or μ̃(x_t, x_0) */
  "posteriorMean",
  /** Var[x_{t-1} | x_t, x_0] per coordinate, β̃_t */
  "posteriorVariance",
  /** a positive number the text may choose (σ_t): any value, until a statement defines it */
  "parameter",
  /** T */
  "horizon",
  /** d, the dimension of the vectors */
  "dimension",
  /** tr(A) of a matrix */
  "trace",
  /** det A of a matrix; |A| is one too */
  "determinant",
  /** the identity matrix */
  "identity",
  /** the normal law: N(m, S), N(x; m, S) */
  "normal",
  /** densities of the forward process: q(x_t | x_{t-1}), q(x_{1:T} | x_0) */
  "forwardDensity",
  /** E[X | given], or E_{q(…)}[f] */
  "expectation",
  /** Var(X | given) */
  "variance",
  /** Cov(X, Y | given), Cov(X | given) */
  "covariance",
  /** H(q(x_t | x_0)), H(x_t | x_0), the cross entropy H(p, q) */
  "entropy",
  /** a neural network: ε_θ(x, t), μ_θ(x, t), x_θ(x, t), and Σ_θ(x, t) = σ_t² I */
  "network",
  /** densities of the reverse process: p(x_T), p_θ(x_{t-1} | x_t) and their products */
  "reverseDensity",
  /** a Kullback–Leibler divergence: D_KL(a || b) */
  "divergence",
  /** Euler's number */
  "euler",
  /** π */
  "pi",
] as const;

export type Role = (typeof roles)[number];

/** What a bound function is told: one world in double precision. Tables have T + 1 entries, entry t for time t. */
export interface BoundPoint {
  readonly t: number;
  readonly T: number;
  /** dimension of the vectors */
  readonly d: number;
  readonly beta: readonly number[];
  readonly alpha: readonly number[];
  readonly alphaBar: readonly number[];
  /** x[t] is a vector [d] */
  readonly x: readonly (readonly number[])[];
}

/**
 * Ties a symbol to code: a number, or a vector [d], computed in double precision; undefined at a time at which
 * the function has no value, so that nothing is claimed there.
 */
export type Binding = (point: BoundPoint) => number | readonly number[] | undefined;

/**
 * Which symbol means what. Keys of `symbols` and `bind` are LaTeX in any spelling the reader knows:
 * `\bar\alpha_t` with the time as subscript, `\epsilon` without, `\mu_\theta` with a label.
 */
export interface Notation {
  readonly name: string;
  /** The letter of the time that runs over 1..T when a statement leaves it free. */
  readonly time: string;
  /** Letters that may stand for a time; they are bound by sums and products. */
  readonly indices: readonly string[];
  readonly symbols: Readonly<Record<string, Role>>;
  readonly bind: Readonly<Record<string, Binding>>;
}
