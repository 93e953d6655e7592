/** A course of one small assignment, released and graded by nbgrader with this kernel and nothing but configuration. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readIpynb, writeIpynb } from "../../src/notebook/format/ipynb.js";
import { packageRoot } from "../../src/notebook/root.js";
import { code, notebook } from "../support/notebookPieces.js";
import { openHome, type JupyterHome } from "./home.js";

const configuration = `
c = get_config()
c.CourseDirectory.course_id = "course"
c.ClearSolutions.code_stub = {
    "typescript": "// YOUR CODE HERE\\nthrow new Error(\\"Not implemented\\");",
}
c.Execute.timeout = 8
`;

/** What nbgrader knows of a cell. */
const role = (id: string, more: { solution?: boolean; points?: number }): object => ({
  nbgrader: {
    schema_version: 3,
    grade_id: id,
    grade: more.points !== undefined,
    locked: more.points !== undefined,
    solution: more.solution ?? false,
    task: false,
    ...(more.points === undefined ? {} : { points: more.points }),
  },
});

const solved = (name: string, expression: string): string =>
  `function ${name}(x: number): number {\n  // BEGIN SOLUTION\n  return ${expression};\n  // END SOLUTION\n}`;

const assignment = notebook(
  code("half", solved("half", "x / 2"), role("half", { solution: true })),
  code("double", solved("double", "x * 2"), role("double", { solution: true })),
  code(
    "test-half",
    `if (half(3) !== 1.5) throw new Error(\`half(3) is \${half(3)}\`);`,
    role("test-half", { points: 2 }),
  ),
  // Partial credit: the value of the cell is the number of points.
  code("part-half", "[0, 2, 4, 8].filter((x) => half(x) === x / 2).length", role("part-half", { points: 4 })),
  // A test that its author forgot to await.
  code(
    "late-half",
    `void (async () => {\n  await new Promise((resolve) => setTimeout(resolve, 50));\n` +
      `  if (half(5) !== 2.5) throw new Error("half(5)");\n})();`,
    role("late-half", { points: 1 }),
  ),
  code(
    "test-double",
    `if (double(3) !== 6) throw new Error("double(3)");`,
    role("test-double", { points: 3 }),
  ),
);

type Points = Readonly<Record<"test-half" | "part-half" | "late-half" | "test-double", number>>;
const points = (test: number, part: number, late: number, double: number): Points => ({
  "test-half": test,
  "part-half": part,
  "late-half": late,
  "test-double": double,
});

interface Submission {
  readonly what: string;
  /** The body of `half`; undefined for what was handed out. */
  readonly half?: string;
  readonly after?: string;
  readonly earns: Points;
}

const submissions: Readonly<Record<string, Submission>> = {
  right: { what: "a right answer earns all points", half: "return x / 2;", earns: points(2, 4, 1, 3) },
  wrong: {
    what: "a wrong one earns partial credit, and fails the test that nobody awaits",
    half: "return x;",
    earns: points(0, 1, 0, 3),
  },
  blank: { what: "what was handed out earns nothing", earns: points(0, 0, 0, 0) },
  throws: {
    what: "an exception fails its tests",
    half: `throw new RangeError("x is too large");`,
    earns: points(0, 0, 0, 3),
  },
  exits: {
    what: "process.exit fails its tests, and the rest is graded",
    half: "process.exit(0);",
    earns: points(0, 0, 0, 3),
  },
  loops: {
    what: "an endless loop, also in a timer, is stopped at the time limit, and the rest is graded",
    half: "while (x % 2 === 1) {}\n  return x / 2;",
    earns: points(0, 4, 0, 3),
  },
  noisy: {
    what: "what a test prints on stderr costs its points, as is nbgrader's rule",
    half: `console.error("x is", x);\n  return x / 2;`,
    earns: points(0, 0, 0, 3),
  },
  warns: {
    what: "what an earlier cell prints on stderr costs nothing",
    half: "return x / 2;",
    after: `console.warn("half is defined");`,
    earns: points(2, 4, 1, 3),
  },
};

let home: JupyterHome;
let graded: Readonly<Record<string, Points>>;
let released: string;

beforeAll(async () => {
  home = openHome();
  write("nbgrader_config.py", configuration);
  write("source/ps1/functions.ipynb", writeIpynb(assignment));
  await nbgrader("generate_assignment", "ps1");
  released = readFileSync(join(home.notebooks, "release/ps1/functions.ipynb"), "utf8");
  for (const [student, submission] of Object.entries(submissions)) {
    write(`submitted/${student}/ps1/functions.ipynb`, answered(submission));
  }
  await nbgrader("autograde", "ps1");
  const script = join(packageRoot, "test", "jupyter", "points.py");
  const { out } = await home.run("python", [script, join(home.notebooks, "gradebook.db"), "ps1"]);
  graded = JSON.parse(out) as typeof graded;
}, 240_000);
afterAll(() => {
  home.close();
});

function write(path: string, text: string): void {
  const file = join(home.notebooks, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
}

/** The released notebook with a student's answer in it. */
function answered({ half, after = "" }: Submission): string {
  if (half === undefined) return released;
  const { cells, ...rest } = readIpynb(released, "released");
  return writeIpynb({
    ...rest,
    cells: cells.map((cell) =>
      cell.id === "half"
        ? { ...cell, source: `function half(x: number): number {\n  ${half}\n}\n${after}` }
        : cell.id === "double"
          ? { ...cell, source: solved("double", "x * 2") }
          : cell,
    ),
  });
}

async function nbgrader(...args: readonly string[]): Promise<void> {
  const { status, out, err } = await home.run("nbgrader", args);
  if (status !== 0) throw new Error(`nbgrader ${args.join(" ")} ended with ${String(status)}:\n${out}${err}`);
}

test("the released assignment holds stubs in TypeScript instead of solutions", () => {
  const { cells } = readIpynb(released, "released");
  expect(cells[0]?.source).toBe(
    'function half(x: number): number {\n  // YOUR CODE HERE\n  throw new Error("Not implemented");\n}',
  );
});

describe("autograding", () => {
  for (const [student, { what, earns }] of Object.entries(submissions)) {
    test(what, () => {
      expect(graded[student]).toEqual(earns);
    });
  }
});
