import { all, type BigNumber, create, type MathJsInstance } from "mathjs";
import { describe, expect, test } from "vitest";
import { type Schedule, scheduleFromBetas } from "../../src/diffusion/schedule.js";
import {
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  quadraticSchedule,
} from "../../src/diffusion/schedules.js";
import { at, largestRelativeError } from "../support/numbers.js";
import { refusal } from "../support/refusal.js";

const ddpm = linearSchedule({ T: 1000 });

// Reference values of the linear schedule 1e-4 … 0.02 with T = 1000 were computed in float64 with NumPy
// from np.linspace(1e-4, 0.02, 1000) and np.cumprod, and are given to as many digits as they carry.
describe("the schedule of DDPM", () => {
  test("betas", () => {
    expect(at(ddpm.beta, 1)).toBe(1e-4);
    expect(at(ddpm.beta, 1000)).toBe(0.02);
    expect(at(ddpm.beta, 2)).toBeCloseTo(1.1991992e-4, 11);
  });
  test("ᾱ_1, ᾱ_1000 and the amplification of x_0", () => {
    expect(at(ddpm.alphaBar, 1)).toBe(0.9999);
    expect(at(ddpm.alphaBar, 1000) / 4.035829765e-5).toBeCloseTo(1, 9);
    expect(at(ddpm.sqrtRecipAlphaBar, 1000)).toBeCloseTo(157.41, 2);
  });
  test("the posterior's variance", () => {
    expect(at(ddpm.posteriorVariance, 1)).toBe(0);
    expect(at(ddpm.posteriorVariance, 2) / 5.45318766e-5).toBeCloseTo(1, 8);
    expect(at(ddpm.posteriorLogVarianceClipped, 1)).toBeCloseTo(-9.81672514, 8);
    expect(at(ddpm.posteriorLogVarianceClipped, 2)).toBeCloseTo(-9.81672514, 8);
    expect(at(ddpm.posteriorLogVarianceClipped, 3)).toBe(Math.log(at(ddpm.posteriorVariance, 3)));
  });
  test("the posterior mean's weights nearly sum to 1, least at T", () => {
    const sum = ddpm.posteriorMeanCoefXStart.map((value, t) => value + at(ddpm.posteriorMeanCoefXt, t));
    expect(at(sum, 500)).toBeCloseTo(0.99718, 5);
    expect(at(sum, 1000)).toBeCloseTo(0.99008, 5);
    expect(sum.indexOf(Math.min(...sum))).toBe(1000);
  });
  test("the larger fixed variance is β_t, and β̃_2 at t = 1", () => {
    expect(at(ddpm.fixedLargeVariance, 1)).toBe(at(ddpm.posteriorVariance, 2));
    expect(ddpm.fixedLargeVariance.subarray(2)).toEqual(ddpm.beta.subarray(2));
  });
  test("entry 0 is clean data", () => {
    const entries = Object.entries(ddpm).flatMap(([name, table]: [string, unknown]) =>
      table instanceof Float64Array ? [[name, table[0]]] : [],
    );
    expect(Object.fromEntries(entries)).toEqual({
      beta: 0,
      alpha: 1,
      alphaBar: 1,
      oneMinusAlphaBar: 0,
      snr: Infinity,
      sqrtAlphaBar: 1,
      sqrtOneMinusAlphaBar: 0,
      sqrtRecipAlphaBar: 1,
      sqrtRecipAlphaBarMinusOne: 0,
      posteriorVariance: 0,
      posteriorLogVarianceClipped: at(ddpm.posteriorLogVarianceClipped, 2),
      posteriorMeanCoefXStart: 0,
      posteriorMeanCoefXt: 1,
      fixedLargeVariance: 0,
    });
  });
  test("the record is frozen and every table has T + 1 entries", () => {
    expect(Object.isFrozen(ddpm)).toBe(true);
    const lengths = Object.values(ddpm).flatMap((table: unknown) =>
      table instanceof Float64Array ? [table.length] : [],
    );
    expect([ddpm.name, ddpm.T, new Set(lengths)]).toEqual(["linear", 1000, new Set([1001])]);
  });
});

describe("other schedules", () => {
  test("the linear range that is not rescaled leaves signal at T", () => {
    const schedules = [50, 100, 200, 300].map((T) => linearSchedule({ T, rescale: false }));
    expect(schedules.map(({ alphaBar, T }) => Number(at(alphaBar, T).toFixed(5)))).toEqual([
      0.60295, 0.36356, 0.13218, 0.04806,
    ]);
    expect(schedules.map(({ snr, T }) => Number(at(snr, T).toPrecision(3)))).toEqual([
      1.52, 0.571, 0.152, 0.0505,
    ]);
  });
  test("rescaled, it leaves about as little as with T = 1000", () => {
    const left = [50, 100, 200, 500].map((T) => at(linearSchedule({ T }).alphaBar, T));
    // ∏(1 − β) ≈ exp(−Σ β − Σ β²/2): Σ β is the same for all T, Σ β²/2 = 67/T or so is not.
    expect(left.map((value) => Number(value.toPrecision(1)))).toEqual([8e-6, 2e-5, 3e-5, 4e-5]);
  });
  test("given ends are taken as they are", () => {
    const { beta } = linearSchedule({ T: 3, betaStart: 0.1, betaEnd: 0.3 });
    expect(largestRelativeError(beta, [0, 0.1, 0.2, 0.3], 1)).toBeLessThan(1e-16 * 2);
    expect(linearSchedule({ T: 1, betaStart: 0.1, betaEnd: 0.3 }).beta).toEqual(Float64Array.of(0, 0.1));
  });
  test("the quadratic schedule has evenly spaced square roots", () => {
    const { beta, name } = quadraticSchedule({ T: 3, betaStart: 0.01, betaEnd: 0.25 });
    expect(name).toBe("quadratic");
    expect(largestRelativeError(beta, [0, 0.01, 0.09, 0.25], 1)).toBeLessThan(1e-16);
  });
  test("the constant schedule", () => {
    expect(constantSchedule({ T: 4, beta: 0.5 }).alphaBar).toEqual(
      Float64Array.of(1, 0.5, 0.25, 0.125, 0.0625),
    );
    expect(at(constantSchedule({ T: 1000 }).beta, 7)).toBe(0.02);
  });
  test("the cosine schedule meets its cap once, and what is left at T", () => {
    const [short, long] = [1000, 4000].map((T) => cosineSchedule({ T })) as [Schedule, Schedule];
    expect(short.beta.filter((value) => value === 0.999)).toHaveLength(1);
    expect(long.beta.filter((value) => value === 0.999)).toHaveLength(1);
    expect(at(short.alphaBar, 1000).toPrecision(2)).toBe("2.4e-9");
    expect(at(long.alphaBar, 4000).toPrecision(2)).toBe("1.5e-10");
  });
  test("the cosine schedule follows its curve where it is not capped", () => {
    const { alphaBar } = cosineSchedule({ T: 200, s: 0.01 });
    const f = (t: number): number => Math.cos(((t / 200 + 0.01) / 1.01) * (Math.PI / 2)) ** 2;
    const curve = Float64Array.from({ length: 200 }, (_, t) => f(t) / f(0));
    expect(largestRelativeError(alphaBar.subarray(0, 200), curve)).toBeLessThan(1e-11);
  });
  test("T = 1 has finite tables", () => {
    const { posteriorLogVarianceClipped, fixedLargeVariance } = scheduleFromBetas("one", [0.5]);
    expect([at(posteriorLogVarianceClipped, 1), at(fixedLargeVariance, 1)]).toEqual([Math.log(0.5), 0.5]);
  });
});

describe("every table agrees with its formula in 64 digits", () => {
  // 1e-12: T roundings of 1e-16 each, for T up to 1000, with a margin of ten.
  const math: MathJsInstance = create(all ?? {}, { number: "BigNumber", precision: 64 });
  const cases = [
    ddpm,
    linearSchedule({ T: 60 }),
    cosineSchedule({ T: 300 }),
    quadraticSchedule({ T: 100 }),
    constantSchedule({ T: 80, beta: 0.3 }),
    scheduleFromBetas("ragged", [0.9, 1e-5, 0.5, 1e-9, 0.3]),
  ];
  test.each(cases.map((schedule) => [`${schedule.name}, T = ${schedule.T}`, schedule] as const))(
    "%s",
    (_, schedule) => {
      const errors = Object.entries(rederive(math, schedule)).map(([name, table]) => [
        name,
        largestRelativeError(schedule[name as keyof TableNames].subarray(1), table.slice(1)),
      ]);
      for (const [name, error] of errors) expect(error, String(name)).toBeLessThan(1e-12);
      expect(errors).toHaveLength(12);
    },
  );
});

type TableNames = Omit<Schedule, "name" | "T">;

/** The definitions, one by one and each from ᾱ as a plain product, not from one another. */
function rederive(math: MathJsInstance, { beta, T }: Schedule): Record<string, number[]> {
  const one = math.bignumber(1);
  const b = Array.from(beta, (value) => math.bignumber(value));
  const alpha = b.map((value) => one.minus(value));
  const bar: BigNumber[] = [one];
  for (let t = 1; t <= T; t += 1) bar.push(big(bar, t - 1).times(big(alpha, t)));
  const noise = bar.map((value) => one.minus(value));
  const tilde = b.map((value, t) =>
    t < 2 ? math.bignumber(0) : value.times(big(noise, t - 1)).div(big(noise, t)),
  );
  const clipped = tilde.map((value, t) => (t < 2 ? big(tilde, 2) : value));
  const skipFirst = (entry: (t: number) => BigNumber): BigNumber[] =>
    b.map((_, t) => (t === 0 ? one : entry(t)));
  const tables = {
    alpha,
    alphaBar: bar,
    oneMinusAlphaBar: noise,
    snr: skipFirst((t) => big(bar, t).div(big(noise, t))),
    sqrtAlphaBar: bar.map((value) => value.sqrt()),
    sqrtOneMinusAlphaBar: noise.map((value) => value.sqrt()),
    sqrtRecipAlphaBar: bar.map((value) => one.div(value).sqrt()),
    sqrtRecipAlphaBarMinusOne: bar.map((value) => one.div(value).minus(one).sqrt()),
    posteriorVariance: tilde,
    posteriorLogVarianceClipped: clipped.map((value) => value.ln()),
    posteriorMeanCoefXStart: skipFirst((t) =>
      big(bar, t - 1)
        .sqrt()
        .times(big(b, t))
        .div(big(noise, t)),
    ),
    posteriorMeanCoefXt: skipFirst((t) =>
      big(alpha, t)
        .sqrt()
        .times(big(noise, t - 1))
        .div(big(noise, t)),
    ),
  };
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, table.map(Number)]));
}

function big(table: readonly BigNumber[], t: number): BigNumber {
  const value = table[t];
  if (value === undefined) throw new Error(`no entry ${t}`);
  return value;
}

describe("what is no schedule is refused", () => {
  const beta = (value: string, t: number): string =>
    `beta[${t}] = ${value}: expected a number strictly between 0 and 1. ` +
    "Every step must add some noise and keep some signal: change betaStart, betaEnd or T.";
  const end = (name: string, value: string): string =>
    `${name} = ${value}: expected a number strictly between 0 and 1. ` +
    "Give another, or leave it out: the default is that of DDPM times 1000/T, which needs T > 20.";
  const steps = (value: string): string =>
    `T = ${value}: expected a positive integer. T counts the steps of the process; DDPM has 1000.`;

  test.each([0, 1, -0.1, 1.2, NaN, Infinity])("β_2 = %s", (value) => {
    expect(refusal(() => scheduleFromBetas("bad", [0.1, value, 0.3]))).toBe(beta(String(value), 2));
  });
  test("a beta that is no number", () => {
    expect(refusal(() => scheduleFromBetas("bad", ["0.1"] as unknown as number[]))).toBe(beta("0.1", 1));
  });
  test.each(["betaStart", "betaEnd"])("%s", (name) => {
    for (const value of [0, 1, -0.1, 1.2, NaN, null]) {
      for (const make of [linearSchedule, quadraticSchedule]) {
        expect(refusal(() => make({ T: 100, [name]: value as number }))).toBe(end(name, String(value)));
      }
    }
  });
  test("a β of the constant schedule, and the cap of the cosine", () => {
    expect(refusal(() => constantSchedule({ T: 3, beta: 1.5 }))).toBe(beta("1.5", 1));
    expect(refusal(() => cosineSchedule({ T: 3, maxBeta: 1 }))).toBe(beta("1", 3));
  });
  test("no betas", () => {
    expect(refusal(() => scheduleFromBetas("bad", []))).toBe(
      "betas is empty: expected at least one beta, T ≥ 1. Give β_1 … β_T, one for each step.",
    );
  });
  test.each([0, -1, 2.5, NaN, Infinity])("T = %s", (T) => {
    for (const make of [linearSchedule, quadraticSchedule, constantSchedule, cosineSchedule]) {
      expect(refusal(() => make({ T }))).toBe(steps(String(T)));
    }
  });
  test("a default range that leaves (0, 1) when rescaled", () => {
    expect(refusal(() => linearSchedule({ T: 10 }))).toBe(end("betaEnd", "2"));
  });
  test("an offset of the cosine that is negative", () => {
    expect(refusal(() => cosineSchedule({ T: 10, s: -0.1 }))).toBe(
      "s = -0.1: expected a number of at least 0. Leave s out to get 0.008.",
    );
  });
});
