import { join } from "node:path";
import { expect, expectTypeOf, test } from "vitest";
import { runParameters } from "../../src/notebook/parameters.js";
import { packageRoot } from "../../src/notebook/root.js";

const defaults = { steps: { quick: 300, full: 20_000 }, rate: 1e-3, sampler: "ddpm", resume: false };

test("a notebook opened by hand has its defaults and the quick profile", () => {
  const parameters = runParameters(defaults, {});
  expect(parameters).toEqual({
    profile: "quick",
    data: undefined,
    out: join(packageRoot, "out"),
    steps: 300,
    rate: 1e-3,
    sampler: "ddpm",
    resume: false,
  });
  expectTypeOf(parameters.steps).toEqualTypeOf<number>();
  expectTypeOf(parameters.sampler).toEqualTypeOf<string>();
  expectTypeOf(parameters.resume).toEqualTypeOf<boolean>();
});

test("a run passes profile, data, folder and parameters", () => {
  const env = {
    WORKBOOK_PROFILE: "full",
    WORKBOOK_DATA: "mnist:/data",
    WORKBOOK_OUT: "/results",
    WORKBOOK_PARAMETERS: '{"rate": 0.5, "sampler": 3, "resume": true}',
  };
  expect(runParameters(defaults, env)).toEqual({
    profile: "full",
    data: "mnist:/data",
    out: "/results",
    steps: 20_000,
    rate: 0.5,
    sampler: "3",
    resume: true,
  });
});

test.each([
  [
    { WORKBOOK_PARAMETERS: '{"step": 1}' },
    "--set step: expected one of steps, rate, sampler, resume. Correct the name, or run only the notebooks that have it.",
  ],
  [
    { WORKBOOK_PARAMETERS: '{"steps": "many"}' },
    "--set steps=many: expected a number. The notebook's default is 300.",
  ],
  [
    { WORKBOOK_PARAMETERS: '{"resume": 1}' },
    "--set resume=1: expected a boolean. The notebook's default is false.",
  ],
  [
    { WORKBOOK_PARAMETERS: "[1]" },
    "WORKBOOK_PARAMETERS = [1]: expected a JSON object. Pass parameters with --set NAME=VALUE of `workbook run`.",
  ],
  [
    { WORKBOOK_PARAMETERS: "{" },
    "WORKBOOK_PARAMETERS = {: expected a JSON object. Pass parameters with --set NAME=VALUE of `workbook run`.",
  ],
  [
    { WORKBOOK_PROFILE: "slow" },
    "WORKBOOK_PROFILE = slow: expected quick or full. Set one of them, or unset it.",
  ],
])("%j is refused", (env, message) => {
  expect(() => runParameters(defaults, env)).toThrow(message);
});

test("a notebook without parameters says so", () => {
  expect(() => runParameters({}, { WORKBOOK_PARAMETERS: '{"a": 1}' })).toThrow(
    "--set a: expected no parameter: this notebook has none. Correct the name, or run only the notebooks that have it.",
  );
});
