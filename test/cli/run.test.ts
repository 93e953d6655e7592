/** `workbook run` as a person calls it, with the kernel of this tree. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installKernel } from "../../src/kernel/install.js";
import { packageRoot } from "../../src/notebook/root.js";
import { workbook as inProcess } from "../support/workbook.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "workbook run "));
  installKernel(join(folder, "jupyter"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param whenPrinted called with all output so far, and a function that sends a signal */
function workbook(
  args: readonly string[],
  whenPrinted?: (text: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [join(packageRoot, "bin", "workbook.mjs"), ...args], {
    cwd: folder,
    env: { ...process.env, JUPYTER_PATH: join(folder, "jupyter") },
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    whenPrinted?.(out, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, out, err })));
}

/** Writes a notebook with these code cells, in a sub folder with a space in its name. */
function notebook(name: string, ...cells: readonly string[]): string {
  mkdirSync(join(folder, "my notebooks"), { recursive: true });
  const path = join("my notebooks", `${name}.ipynb`);
  const content = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: "diffusion-workbook", display_name: "TypeScript", language: "typescript" },
    },
    cells: [
      { id: "title", cell_type: "markdown", metadata: {}, source: `# ${name}` },
      ...cells.map((source, index) => ({
        id: `cell-${index}`,
        cell_type: "code",
        metadata: {},
        source,
        execution_count: null,
        outputs: [],
      })),
    ],
  };
  writeFileSync(join(folder, path), JSON.stringify(content));
  return path;
}

interface WrittenCell {
  readonly cell_type: string;
  readonly execution_count: number | null;
  readonly outputs: readonly Readonly<Record<string, unknown>>[];
}

function written(path: string): readonly WrittenCell[] {
  const { cells } = JSON.parse(readFileSync(join(folder, path), "utf8")) as { cells: WrittenCell[] };
  return cells.filter(({ cell_type: type }) => type === "code");
}

const withoutTimes = (text: string): string => text.replace(/\d+\.\d s/g, "TIME");

test("notebooks run in their own folder with the parameters of the call; outputs are written", async () => {
  const path = notebook(
    "good",
    'import { runParameters } from "diffusion-workbook";\nconst run = runParameters({ steps: 3, name: "none" });',
    "for (let i = 0; i < run.steps; i++) console.log(i);",
    "[process.cwd().endsWith('my notebooks'), run.profile, run.data, run.out, run.name]",
  );
  const args = [
    "--out",
    "the results",
    "--set",
    "steps=4",
    "--set",
    "name=a=b",
    "--profile",
    "full",
    "--data",
    "glyphs:digits",
  ];
  const { status, out, err } = await workbook(["run", path, ...args]);
  expect(err).toBe("");
  expect(withoutTimes(out)).toBe(`${path}: running 3 cells\n${path}: done, 3 of 3 cells, TIME\n`);
  expect(status).toBe(0);
  const cells = written("the results/good.ipynb");
  expect(cells.map((cell) => cell.execution_count)).toEqual([1, 2, 3]);
  expect(cells[1]?.outputs).toEqual([
    { output_type: "stream", name: "stdout", text: ["0\n", "1\n", "2\n", "3\n"] },
  ]);
  const plain = (cells[2]?.outputs[0]?.["data"] as { "text/plain": string[] })["text/plain"].join("");
  expect(plain.replace(/\s+/g, " ")).toBe(
    `[ true, 'full', 'glyphs:digits', '${join(folder, "the results")}', 'a=b' ]`,
  );
  expect(readdirSync(join(folder, "the results"))).toEqual(["good.ipynb"]);
});

test("a failing cell: its message, what ran before it, exit status 1, and the next notebook still runs", async () => {
  const bad = notebook("bad", "console.log('before');\nthrow new Error('boom');", "'not reached'");
  const next = notebook("next", "'reached'");
  const { status, out, err } = await workbook(["run", bad, next]);
  expect(withoutTimes(out)).toBe(
    `${bad}: running 2 cells\n${bad}: failed, 0 of 2 cells, TIME\n${next}: running 1 cells\n${next}: done, 1 of 1 cells, TIME\n`,
  );
  expect(err).toBe(
    `${bad}: code cell 1 failed\n  Error: boom\n      at cell [1], line 2\n` +
      "        1 | console.log('before');\n      > 2 | throw new Error('boom');\n",
  );
  expect(status).toBe(1);
  const [first, second] = written("out/bad.ipynb");
  expect(first?.outputs.map((output) => output["text"] ?? output["evalue"])).toEqual([["before\n"], "boom"]);
  expect(second).toMatchObject({ execution_count: null, outputs: [] });
  expect(written("out/next.ipynb")[0]?.execution_count).toBe(1);
});

test("a cell that takes too long is stopped and named", async () => {
  const path = notebook("long", "while (true) {}");
  const { status, err } = await workbook(["run", path, "--timeout", "3"]);
  expect(err).toBe(
    `${path}: code cell 1 failed\n  Timeout: not finished after 3 s\n` +
      "  Give it more time with --timeout SECONDS, or less to do with --profile quick.\n",
  );
  expect(status).toBe(1);
});

test("Ctrl-C stops the kernel and leaves an earlier result as it was", async () => {
  const path = notebook(
    "stopped",
    `require("node:fs").writeFileSync("pid", String(process.pid));`,
    "while (true) {}",
  );
  mkdirSync(join(folder, "out"), { recursive: true });
  writeFileSync(join(folder, "out", "stopped.ipynb"), "earlier");
  const pidFile = join(folder, "my notebooks", "pid");
  let waiting: NodeJS.Timeout | undefined;
  const { status, out, err } = await workbook(["run", path], (_, kill) => {
    waiting ??= setInterval(() => {
      if (!existsSync(pidFile)) return;
      // Once: a second one would end the command where it stands.
      clearInterval(waiting);
      kill("SIGINT");
    }, 100);
  });
  clearInterval(waiting);
  expect(err).toBe("");
  expect(withoutTimes(out)).toMatch(/stopped, \d of 2 cells, TIME\n$/);
  expect(status).toBe(1);
  expect(readFileSync(join(folder, "out", "stopped.ipynb"), "utf8")).toBe("earlier");
  const pid = Number(readFileSync(pidFile, "utf8"));
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test.each([
  [["nowhere.ipynb"], "notebook FOLDER/nowhere.ipynb: expected an existing .ipynb file. Correct the name."],
  [
    [],
    "FOLDER/notebooks (no notebooks): expected a folder with .ipynb files. Name the notebooks to run, or call this from the project's folder.",
  ],
  [["NB", "--profile", "slow"], "--profile slow: expected quick or full. Leave it out for quick."],
  [["NB", "--set", "steps"], "--set steps: expected NAME=VALUE. For example: --set steps=300"],
  [
    ["NB", "--timeout", "0"],
    "--timeout 0: expected a whole number of seconds above 0. Leave it out for the default, see --help.",
  ],
  [
    ["NB", "--out", "file/sub"],
    "--out FOLDER/file/sub: expected a folder that can be written. Choose another folder with --out.",
  ],
  [
    ["NB", "NB"],
    "notebook FOLDER/my notebooks/one.ipynb: expected notebooks of different file names. Run them one at a time.",
  ],
  [
    ["broken.ipynb"],
    "FOLDER/broken.ipynb is not JSON (Expected property name or '}' in JSON at position 1): expected a Jupyter notebook. Check what wrote this file.",
  ],
])("run %j is refused with exit status 2", async (args, message) => {
  const path = notebook("one", "1");
  writeFileSync(join(folder, "file"), "");
  writeFileSync(join(folder, "broken.ipynb"), "{");
  const { status, err } = await inProcess(folder, "run", ...args.map((arg) => (arg === "NB" ? path : arg)));
  expect(err).toBe(`workbook run: ${message.replace("FOLDER", folder)}\n`);
  expect(status).toBe(2);
});
