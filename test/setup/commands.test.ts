import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runAndReport } from "../../setup/commands/start.mjs";
import { runChecks } from "../../setup/commands/test.mjs";
import { createTrial } from "./support.js";

const green = {
  "check:format": "true",
  "check:lint": "true",
  "check:types": "true",
  "check:imports": "true",
};

test("npm test: a line per green check, the whole output of a red one, and the tests all the same", async () => {
  const trial = createTrial();
  const scripts = {
    ...green,
    "check:types": "echo 'src/a.ts: wrong'; echo 'on two lines' >&2; exit 2",
    "check:notebooks": "true",
    unit: "echo > ran",
  };
  expect(await runChecks(trial.context, scripts, [])).toBe(1);
  expect(trial.written()).toBe(
    "✓ format T s\n✓ lint T s\n✗ types T s  echo 'src/a.ts: wrong'; echo 'on two lines' >&2; exit 2\n" +
      "  src/a.ts: wrong\n  on two lines\n✓ imports T s\n✓ notebooks T s\n\n" +
      "Failed: types. The tests run all the same.\n",
  );
  expect(readFileSync(join(trial.root, "ran"), "utf8")).toBe("\n");
});

test("npm test: options reach the test runner as they are, and its status counts", async () => {
  const trial = createTrial();
  const scripts = { ...green, "check:notebooks": "true", unit: `f() { printf '%s|' "$@" > args; }; f` };
  expect(await runChecks(trial.context, scripts, ["test/tex", "-t", "it's a $test"])).toBe(0);
  expect(readFileSync(join(trial.root, "args"), "utf8")).toBe("test/tex|-t|it's a $test|");
  expect(await runChecks(trial.context, { ...scripts, unit: "exit 1;" }, [])).toBe(1);
});

/** A workbook that notes how it is called and writes what it is asked for. */
const fakeWorkbook = `
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
appendFileSync("calls", args.join(" ") + "\\n");
const out = args[args.lastIndexOf("--out") + 1];
if (args[0] === "run") {
  mkdirSync(out, { recursive: true });
  for (const name of ["02-b", "01-a"]) writeFileSync(out + "/" + name + ".ipynb", "{}");
  process.exitCode = Number(process.env.RUN_STATUS);
} else writeFileSync(out, "<html>");
`;

test.each([
  [[], "0", 0, "run --profile quick --out out", "out"],
  [
    ["--profile", "full", "--data", "mnist:/digits", "--out", "kept"],
    "0",
    0,
    "run --profile quick --out kept --profile full --data mnist:/digits --out kept",
    "kept",
  ],
  [["--out=kept"], "0", 0, "run --profile quick --out kept --out=kept", "kept"],
  // A notebook that fails is reported, and counts.
  [[], "1", 1, "run --profile quick --out out", "out"],
])("npm start %j with a run that ends with %s", async (options, status, expected, run, out) => {
  const trial = createTrial({ env: { ...process.env, RUN_STATUS: status } });
  trial.put("bin/workbook.mjs", fakeWorkbook);
  expect(await runAndReport(trial.context, options)).toBe(expected);
  expect(readFileSync(join(trial.root, "calls"), "utf8")).toBe(
    `${run}\nreport ${out}/01-a.ipynb ${out}/02-b.ipynb --out ${out}/report.html\n`,
  );
  const report = join(trial.root, out, "report.html");
  expect(trial.written()).toBe(`\nThe report: ${report}\n            file://${report}\n`);
});

test("npm start: a call that cannot be understood makes no report", async () => {
  const trial = createTrial({ env: { ...process.env, RUN_STATUS: "2" } });
  trial.put("bin/workbook.mjs", fakeWorkbook);
  expect(await runAndReport(trial.context, ["--wrong"])).toBe(2);
  expect(trial.written()).toBe("");
});
