import { BigNumberDependencies, create, type BigNumber } from "mathjs";
import { describe, expect, test } from "vitest";
import { integerRoot } from "../../src/expr/fixedPoint.js";
import { arithmeticOf } from "../../src/expr/number.js";
import { times } from "../../src/expr/times.js";
import { createRandom, type Random } from "../../src/random/random.js";

/** mathjs as it comes, with its own functions. */
function plain(precision: number): new (value: number | string) => BigNumber {
  const instance: unknown = create(BigNumberDependencies ?? {}, { number: "BigNumber", precision });
  return (instance as { readonly BigNumber: new (value: number | string) => BigNumber }).BigNumber;
}

/** Numbers of all sizes: short, with all digits, nearly 1, all nines, powers of ten, negative. */
function sample(random: Random, digits: number): string {
  const Real = plain(digits);
  const kinds = [
    () => new Real(random.uniform() * 10 ** random.integer(-30, 30)),
    () => new Real(random.uniform() * 10 ** random.integer(-4, 4)).sqrt(),
    () => new Real(1).minus(new Real(10).pow(-random.integer(1, digits))),
    () => new Real(1).plus(new Real(random.uniform()).times(new Real(10).pow(-random.integer(1, digits)))),
    () => new Real("9".repeat(random.integer(1, digits))),
    () => new Real(10).pow(random.integer(-20, 20)),
    () => new Real(random.integer(1, 1000)).pow(2).div(10 ** random.integer(0, 6)),
    () => new Real(random.integer(0, 9)),
  ];
  const number = kinds[random.integer(0, kinds.length - 1)]?.() ?? new Real(1);
  return (random.uniform() < 0.3 ? number.negated() : number).toString();
}

const counts = [
  [20, 400],
  [64, 400],
  [65, 200],
  [128, 100],
  [500, 10],
] as const;

describe("the results are those of mathjs to the last digit", () => {
  test.each(counts)("with %i digits: square roots, exp, ln and cos", (digits, count) => {
    const Real = plain(digits);
    const random = createRandom(digits);
    for (let at = 0; at < count; at++) {
      const text = sample(random, digits);
      const [fast, slow] = [arithmeticOf(digits).real(text), new Real(text)];
      for (const name of ["sqrt", "ln", "exp", "cos"] as const) {
        // mathjs takes minutes for exp of numbers that no formula may have.
        if ((name === "exp" || name === "cos") && slow.abs().greaterThan(1e5)) continue;
        expect(`${name} ${text} = ${fast[name]().toString()}`).toBe(
          `${name} ${text} = ${slow[name]().toString()}`,
        );
      }
    }
  });

  test.each([...counts, [1000, 10] as const])("with %i digits: products", (digits, count) => {
    const random = createRandom(digits + 1);
    const { real } = arithmeticOf(digits);
    const Real = plain(digits);
    for (let at = 0; at < 10 * count; at++) {
      const [a, b] = [
        real(sample(random, Math.min(digits, 500))),
        real(sample(random, Math.min(digits, 500))),
      ];
      const expected = new Real(a.toString()).times(b.toString());
      const product = times(a, b);
      expect([product.s, product.e, product.d]).toEqual([expected.s, expected.e, expected.d]);
      expect(product.plus(1).toString()).toBe(expected.plus(1).toString());
    }
  });

  test.each([...counts, [1000, 10] as const])("with %i digits: sums and differences", (digits, count) => {
    const random = createRandom(digits + 3);
    const { real } = arithmeticOf(digits);
    const Real = plain(digits);
    for (let at = 0; at < 20 * count; at++) {
      const text = sample(random, Math.min(digits, 500));
      const small = new Real(sample(random, Math.min(digits, 500))).times(
        `1e-${random.integer(0, digits + 20)}`,
      );
      // Beside numbers of all sizes: what is next to the first, and half of a unit of its last digit.
      const near = new Real(text).times(new Real(1).plus(small));
      const tie = new Real(5).times(new Real(10).pow(new Real(text).e - digits - (at % 2)));
      const other = [small, near, tie, new Real(text)][at % 4] ?? small;
      for (const name of ["plus", "minus", "add", "sub"] as const) {
        const found = real(text)[name](real(other.toString()));
        const expected = new Real(text)[name](other.toString());
        expect([name, text, found.s, found.e, found.d]).toEqual([
          name,
          text,
          expected.s,
          expected.e,
          expected.d,
        ]);
      }
    }
  });

  test.each([...counts, [1000, 10] as const])("with %i digits: quotients", (digits, count) => {
    const random = createRandom(digits + 2);
    const { real } = arithmeticOf(digits);
    const Real = plain(digits);
    const Wide = plain(4 * digits);
    const one = (): string => sample(random, Math.min(digits, 500));
    for (let at = 0; at < 8 * count; at++) {
      const b = one();
      // Also ties, half of a unit beyond the last digit, and what is next to nothing above and below one.
      const tie = new Wide(10)
        .pow(digits - 1)
        .plus(random.integer(0, 1_000_000))
        .plus(0.5)
        .times(b);
      const near = tie.times(new Wide(1).plus(new Wide(10).pow(-3 * digits).times((at % 3) - 1)));
      const a = at % 2 === 0 ? near.toString() : one();
      if (Number(b) === 0) continue;
      const [found, expected] = [real(a).div(b), new Real(a).div(b)];
      expect([found.s, found.e, found.d]).toEqual([expected.s, expected.e, expected.d]);
    }
  });

  test("also where nothing is regular", () => {
    const { real } = arithmeticOf(64);
    const Real = plain(64);
    for (const text of ["0", "-0", "Infinity", "-Infinity", "NaN", "-2", "1e-5000", "1e5000", "1e-2000000"]) {
      for (const name of ["sqrt", "ln", "cos", "exp"] as const) {
        if (name !== "sqrt" && name !== "ln" && /e5000/.test(text)) continue;
        expect(`${name} ${text} ${real(text)[name]().toString()}`).toBe(
          `${name} ${text} ${new Real(text)[name]().toString()}`,
        );
      }
      for (const other of ["0", "-3", "Infinity", "1e-5000"]) {
        expect(times(real(text), real(other)).toString()).toBe(new Real(text).times(other).toString());
        expect(real(text).div(other).toString()).toBe(new Real(text).div(other).toString());
        expect(real(text).plus(other).toString()).toBe(new Real(text).plus(other).toString());
        expect(real(text).minus(other).toString()).toBe(new Real(text).minus(other).toString());
      }
    }
    expect(arithmeticOf(1000).real(2).sqrt().toString()).toBe(new (plain(1000))(2).sqrt().toString());
  });

  test("cancellation keeps as many digits as mathjs keeps: e^x - 1 and 1 - cos x near 0", () => {
    const { real, one } = arithmeticOf(64);
    const Real = plain(64);
    for (let k = 1; k < 60; k += 7) {
      const text = `3.7e-${k}`;
      expect(real(text).exp().minus(one).toString()).toBe(new Real(text).exp().minus(1).toString());
      expect(one.minus(real(text).cos()).toString()).toBe(new Real(1).minus(new Real(text).cos()).toString());
      expect(one.plus(real(text)).ln().toString()).toBe(new Real(1).plus(new Real(text)).ln().toString());
    }
  });
});

test("integer roots are rounded down", () => {
  const random = createRandom(4);
  for (let at = 0; at < 300; at++) {
    let n = BigInt(Math.floor(random.uniform() * 2 ** 53));
    for (let k = at % 12; k > 0; k--) n = n * BigInt(Math.floor(random.uniform() * 2 ** 53)) + BigInt(k);
    for (const m of [n, n * n, n * n - 1n, n * n + 1n].filter((each) => each >= 0n)) {
      const root = integerRoot(m);
      expect(root * root <= m && (root + 1n) * (root + 1n) > m).toBe(true);
    }
  }
  expect([0n, 1n, 2n, 3n, 4n].map(integerRoot)).toEqual([0n, 1n, 1n, 1n, 2n]);
});
