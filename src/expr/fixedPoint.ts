/**
 * Elementary functions in binary fixed point: an integer n stands for n / 2^bits. The engine multiplies such
 * integers in machine words, which takes a tenth of the time that decimal digits in an array take.
 */
export interface FixedPoint {
  readonly bits: bigint;
  readonly ln10: bigint;
  readonly pi: bigint;
}

/** √n rounded down, for n of so many decimal digits. */
export function integerRoot(n: bigint, digits = n.toString().length): bigint {
  if (n < 2n) return n;
  // The first 50 bits come from a double, and are then too large; each step of Newton's doubles them from above.
  const shift = BigInt(Math.max(0, Math.floor(digits * Math.log2(10)) - 100)) & ~1n;
  let root = (BigInt(Math.floor(Math.sqrt(Number(n >> shift)))) + 2n) << (shift / 2n);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const halvings = 8n;

/** e^x for |x| up to a few units. */
export function fixedExp(x: bigint, { bits }: FixedPoint): bigint {
  const one = 1n << bits;
  const small = x >> halvings;
  let [sum, term] = [one, one];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = ((term * small) >> bits) / n;
    sum += term;
  }
  for (let k = 0n; k < halvings; k++) sum = (sum * sum) >> bits;
  return sum;
}

/** ln x for x between 1/4 and 4. */
export function fixedLn(x: bigint, fixed: FixedPoint): bigint {
  const { bits } = fixed;
  const digits = 2 ** 50;
  const start = Math.log(Number((x << 50n) >> bits) / digits);
  let y = BigInt(Math.round(start * digits)) << (bits - 50n);
  // Halley's step y + 2 (x - e^y) / (x + e^y) triples the digits.
  for (let right = 45n; right < bits; right *= 3n) {
    const power = fixedExp(y, fixed);
    y += ((x - power) << (bits + 1n)) / (x + power);
  }
  return y;
}

/** cos x for |x| up to a few units. */
export function fixedCos(x: bigint, { bits }: FixedPoint): bigint {
  const small = x >> halvings;
  const square = (small * small) >> bits;
  // 1 - cos is summed and doubled, as cos itself would lose digits near 1.
  let [rest, term] = [0n, -(1n << bits)];
  for (let n = 1n; term !== 0n && term !== -1n; n += 2n) {
    term = ((-term * square) >> bits) / (n * (n + 1n));
    rest += term;
  }
  for (let k = 0n; k < halvings; k++) rest = (rest * ((2n << bits) - rest)) >> (bits - 1n);
  return (1n << bits) - rest;
}
