import { describe, expect, it } from "vitest";
import { logTicks } from "../../src/figure/logTicks.js";

describe("logTicks", () => {
  it("labels powers of ten where there are several", () => {
    expect(logTicks(0.005, 20)).toEqual([
      { value: 0.01, label: "10<sup>−2</sup>" },
      { value: 0.1, label: "10<sup>−1</sup>" },
      { value: 1, label: "10<sup>0</sup>" },
      { value: 10, label: "10<sup>1</sup>" },
    ]);
  });

  it("leaves powers out where they are many", () => {
    expect(logTicks(1e-9, 1e4).map(({ value }) => value)).toEqual([1e-8, 1e-6, 1e-4, 1e-2, 1, 100, 1e4]);
  });

  it("adds twice and five times where there are few", () => {
    expect(logTicks(0.03, 1.2)).toEqual([
      { value: 0.05, label: "0.05" },
      { value: 0.1, label: "0.1" },
      { value: 0.2, label: "0.2" },
      { value: 0.5, label: "0.5" },
      { value: 1, label: "1" },
    ]);
    expect(logTicks(1.5e-5, 2.5e-4)).toEqual([
      { value: 2e-5, label: "2 · 10<sup>−5</sup>" },
      { value: 5e-5, label: "5 · 10<sup>−5</sup>" },
      { value: 1e-4, label: "10<sup>−4</sup>" },
      { value: 2e-4, label: "2 · 10<sup>−4</sup>" },
    ]);
  });
});
