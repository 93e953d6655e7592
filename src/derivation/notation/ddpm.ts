import type { Binding, Notation, Role } from "./notation.js";

/** The notation of Ho, Jain and Abbeel (2020) and of the texts that follow it, z and ε alike. */
export const ddpm: Notation = {
  name: "ddpm",
  time: "t",
  indices: ["t", "s", "i", "j", "k", "r", "n", "m"],
  symbols: {
    "\\beta_t": "beta",
    "\\alpha_t": "alpha",
    "\\bar\\alpha_t": "alphaBar",
    "\\bar\\alpha": "alphaBar",
    "\\mathrm{SNR}": "snr",
    "\\mathrm{SNR}_t": "snr",
    x_t: "state",
    z_t: "stepNoise",
    "\\epsilon_t": "stepNoise",
    "\\bar z_t": "accumulatedNoise",
    "\\bar\\epsilon_t": "accumulatedNoise",
    z: "noise",
    "\\epsilon": "noise",
    "\\bar z": "noise",
    "\\bar\\epsilon": "noise",
    "\\tilde\\mu_t": "posteriorMean",
    "\\tilde\\mu": "posteriorMean",
    "\\tilde\\beta_t": "posteriorVariance",
    "\\sigma_t": "parameter",
    "\\sigma": "parameter",
    T: "horizon",
    d: "dimension",
    "\\mathrm{tr}": "trace",
    "\\mathrm{Tr}": "trace",
    "\\mathrm{det}": "determinant",
    I: "identity",
    "\\mathcal N": "normal",
    N: "normal",
    q: "forwardDensity",
    Q: "forwardDensity",
    "\\mathbb E": "expectation",
    E: "expectation",
    "\\mathrm{Var}": "variance",
    "\\mathrm{var}": "variance",
    "\\mathbb V": "variance",
    "\\mathrm{Cov}": "covariance",
    "\\mathrm{cov}": "covariance",
    H: "entropy",
    "\\mathbb H": "entropy",
    "\\mathcal H": "entropy",
    "\\epsilon_\\theta": "network",
    "z_\\theta": "network",
    "\\mu_\\theta": "network",
    "\\Sigma_\\theta": "network",
    "x_\\theta": "network",
    "\\hat x_\\theta": "network",
    "\\epsilon_\\theta^{(t)}": "network",
    p: "reverseDensity",
    "p_\\theta": "reverseDensity",
    P: "reverseDensity",
    "P_\\theta": "reverseDensity",
    "\\mathrm{KL}": "divergence",
    "D_{\\mathrm{KL}}": "divergence",
    e: "euler",
    "\\pi": "pi",
  },
  bind: {},
};

/** The notations that a document or the command line can ask for by name. */
export const notations: Readonly<Record<string, Notation>> = { ddpm };

/** What an author changes of a notation; a symbol given here takes the place of the same symbol there. */
export interface NotationChanges {
  readonly name?: string;
  readonly time?: string;
  readonly symbols?: Readonly<Record<string, Role>>;
  readonly bind?: Readonly<Record<string, Binding>>;
}

/**
 * A notation in a few lines: `extendNotation(ddpm, { symbols: { "\\xi_t": "stepNoise" } })`.
 */
export function extendNotation(base: Notation, changes: NotationChanges): Notation {
  const time = changes.time ?? base.time;
  return {
    name: changes.name ?? `${base.name}+`,
    time,
    indices: base.indices.includes(time) ? base.indices : [time, ...base.indices],
    symbols: { ...withTime(base.symbols, base.time, time), ...changes.symbols },
    bind: { ...withTime(base.bind, base.time, time), ...changes.bind },
  };
}

/** `\beta_t` becomes `\beta_k` where the time is now called k. */
function withTime<T>(
  table: Readonly<Record<string, T>>,
  from: string,
  to: string,
): Readonly<Record<string, T>> {
  if (from === to) return table;
  const renamed = Object.entries(table).map(([symbol, value]) => {
    const [head = symbol, index] = symbol.split("_", 2);
    return [index === from || index === `{${from}}` ? `${head}_${to}` : symbol, value] as const;
  });
  return Object.fromEntries(renamed);
}
