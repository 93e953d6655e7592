import { describe, expect, test } from "vitest";
import type { Derivation, DerivationLine } from "../../src/figure/derivation.js";
import type { Json } from "../../src/notebook/format/notebook.js";
import type { ReportContext } from "../../src/report/context.js";
import { readDerivation, renderDerivation } from "../../src/report/derivation.js";

const line: DerivationLine = {
  latex: "= \\beta_t z_t",
  verdict: "fails",
  inLaw: false,
  maxRelativeError: 0.5,
  worlds: 4,
  counterexample: "left side: 1",
  repairs: [
    { text: "holds if the factor $\\beta_{t}$ is $\\sqrt{\\beta_{t}}$", latex: "= \\sqrt{\\beta_t} z_t" },
  ],
  chainRepair: "line 3 agrees with line 1: repairing line 2 makes the chain whole",
};
const derivation: Derivation = {
  lines: [line],
  summary: { holds: 0, fails: 1, defines: 0, undecided: 0, unreadable: 0 },
  seed: 1,
  digits: 64,
};
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

describe("a repair in the report", () => {
  test("is read back from the output of a notebook", () => {
    expect(readDerivation(asJson(derivation))).toEqual(derivation);
    expect(readDerivation(asJson({ ...derivation, lines: [{ ...line, repairs: ["?"] }] }))).toBeUndefined();
  });

  test("stands below the counterexample, its formula typeset", () => {
    const unused = (): never => {
      throw new Error("not needed for a line without Markdown");
    };
    const context = { nextPrefix: unused, nextFigure: unused } as unknown as ReportContext;
    const { html } = renderDerivation(derivation, context);
    const places = ["Where it fails", "holds if the factor <span", "line 3 agrees with line 1"].map((words) =>
      html.indexOf(words),
    );
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    expect(html.match(/class="katex-display"/g)?.length).toBe(2);
    expect(html.match(/class="katex"/g)?.length).toBe(4);
  });
});
