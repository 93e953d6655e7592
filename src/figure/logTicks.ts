/** Ticks of logarithmic axes: powers of ten where there are several, otherwise also twice and five times them. */
export interface LogTick {
  readonly value: number;
  /** With the markup of labels: `0.02`, or 10<sup>−4</sup> */
  readonly label: string;
}

const mostTicks = 8;

/**
 * Ticks between `min` and `max`, both positive: powers of ten, every second or third one if they are many;
 * 1, 2, 5, 10, … if fewer than three powers of ten lie in between.
 */
export function logTicks(min: number, max: number): LogTick[] {
  const low = Math.ceil(Math.log10(min) - 1e-9);
  const high = Math.floor(Math.log10(max) + 1e-9);
  const count = high - low + 1;
  if (count >= 3) {
    const stride = Math.ceil(count / mostTicks);
    return exponents(low, high)
      .filter((exponent) => exponent % stride === 0)
      .map((exponent) => ({ value: Number(`1e${exponent}`), label: power(exponent) }));
  }
  return exponents(low - 1, high)
    .flatMap((exponent) => [1, 2, 5].map((digit) => logTick(digit, exponent)))
    .filter(({ value }) => value >= min * (1 - 1e-9) && value <= max * (1 + 1e-9));
}

function logTick(digit: number, exponent: number): LogTick {
  const value = Number(`${digit}e${exponent}`);
  if (value >= 1e-3 && value <= 1e4) return { value, label: String(value) };
  return { value, label: digit === 1 ? power(exponent) : `${digit} · ${power(exponent)}` };
}

function power(exponent: number): string {
  return `10<sup>${String(exponent).replace("-", "−")}</sup>`;
}

function exponents(low: number, high: number): number[] {
  return Array.from({ length: Math.max(high - low + 1, 0) }, (_, index) => low + index);
}
