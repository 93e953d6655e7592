/** The programs that run notebooks without a person: nbclient, nbconvert, jupyter console; and what VS Code reads. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kernelName, kernelSpec, userDataFolder } from "../../src/kernel/install.js";
import { writeIpynb } from "../../src/notebook/format/ipynb.js";
import { packageRoot } from "../../src/notebook/root.js";
import { code, notebook } from "../support/notebookPieces.js";
import { openHome, type JupyterHome } from "./home.js";

let home: JupyterHome;

beforeAll(() => {
  home = openHome();
});
afterAll(() => {
  home.close();
});

interface ExecutedCell {
  readonly execution_count: number | null;
  readonly outputs: readonly Readonly<Record<string, unknown>>[];
}

interface Executed {
  readonly cells: readonly ExecutedCell[];
  readonly error: { readonly ename: string; readonly evalue: string; readonly message: string } | null;
}

/** Writes a notebook of these cells and returns its path. */
function save(name: string, sources: readonly string[]): string {
  const file = join(home.notebooks, name);
  writeFileSync(file, writeIpynb(notebook(...sources.map((source, index) => code(`cell-${index}`, source)))));
  return file;
}

async function execute(sources: readonly string[], options: object = {}): Promise<Executed> {
  const file = save("executed.ipynb", sources);
  const script = join(packageRoot, "test", "jupyter", "execute.py");
  const { status, out, err } = await home.run("python", [script, file, JSON.stringify(options)]);
  expect({ status, err }).toEqual({ status: 0, err: "" });
  return JSON.parse(out) as Executed;
}

const counts = ({ cells }: Executed): unknown[] => cells.map(({ execution_count: count }) => count);
const result = (executionCount: number, text: string): object => ({
  output_type: "execute_result",
  execution_count: executionCount,
  metadata: {},
  data: { "text/plain": text },
});
const printed = (text: string): object => ({ output_type: "stream", name: "stdout", text });

describe("nbclient", () => {
  test("executes a notebook: counts and outputs, whole and valid", async () => {
    const done = await execute([
      "const half = (x: number): number => x / 2;",
      "console.log(half(3)); half(5)",
      "for (let i = 0; i < 2000; i++) console.log(`line ${i}`);",
    ]);
    expect(done.error).toBeNull();
    expect(counts(done)).toEqual([1, 2, 3]);
    const lines = Array.from({ length: 2000 }, (_, i) => `line ${i}\n`).join("");
    expect(done.cells.map(({ outputs }) => outputs)).toEqual([
      [],
      [printed("1.5\n"), result(2, "2.5")],
      [printed(lines)],
    ]);
  });

  test("a failing cell raises CellExecutionError with its name and message, and later cells are not run", async () => {
    const done = await execute(["1", `throw new RangeError("too far")`, "2"]);
    expect(done.error).toMatchObject({ ename: "RangeError", evalue: "too far" });
    expect(done.error?.message).toContain("cell [2], line 1");
    expect(counts(done)).toEqual([1, 2, null]);
  });

  test("with allow_errors every later cell is run", async () => {
    const done = await execute([`throw new RangeError("too far")`, "const n: number = 'text';", "2", "3"], {
      allow_errors: true,
    });
    expect(done.error).toBeNull();
    expect(done.cells.map(({ outputs }) => outputs)).toEqual([
      [expect.objectContaining({ output_type: "error", ename: "RangeError", evalue: "too far" })],
      [expect.objectContaining({ output_type: "error", ename: "TypeScriptError" })],
      [result(3, "2")],
      [result(4, "3")],
    ]);
  });

  test("an error in a timer that the cell left running is that cell's, and nobody else's", async () => {
    const late = `setTimeout(() => { throw new Error("late") }, 50);`;
    const rejected = `Promise.resolve().then(() => { throw new Error("unawaited"); });`;
    const { cells } = await execute([late, rejected, "1"], { allow_errors: true });
    // Before the error may stand the value of the statement.
    expect(cells.map(({ outputs }) => outputs.at(-1))).toEqual([
      expect.objectContaining({ output_type: "error", ename: "Error", evalue: "late" }),
      expect.objectContaining({ output_type: "error", ename: "Error", evalue: "unawaited" }),
      result(3, "1"),
    ]);
    expect(cells[2]?.outputs).toHaveLength(1);
    expect((await execute([late, "1"])).error).toMatchObject({ ename: "Error", evalue: "late" });
  });
});

describe("nbconvert --execute", () => {
  const convert = (file: string, ...options: string[]) =>
    home.run("jupyter-nbconvert", [
      "--execute",
      "--to",
      "notebook",
      "--output",
      "converted",
      ...options,
      file,
    ]);
  const converted = (): readonly ExecutedCell[] =>
    (JSON.parse(readFileSync(join(home.notebooks, "converted.ipynb"), "utf8")) as Executed).cells;

  test("writes the executed notebook, and with --allow-errors also one that fails", async () => {
    const { status, err } = await convert(save("whole.ipynb", ["6 * 7"]));
    expect({ status, err }).toMatchObject({ status: 0 });
    expect(converted()[0]?.outputs).toMatchObject([{ data: { "text/plain": ["42"] }, execution_count: 1 }]);

    const failing = save("failing.ipynb", [`throw new RangeError("too far")`, "2"]);
    const refused = await convert(failing);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("RangeError: too far");
    expect((await convert(failing, "--allow-errors")).status).toBe(0);
    expect(converted().map(({ outputs }) => outputs)).toMatchObject([
      [{ output_type: "error", ename: "RangeError", evalue: "too far" }],
      [{ data: { "text/plain": ["2"] }, execution_count: 2 }],
    ]);
  });
});

test("jupyter console runs cells, answers prompts and ends", async () => {
  const { status, out } = await home.run(
    "jupyter-console",
    ["--simple-prompt", "--no-confirm-exit", "--kernel", kernelName],
    { input: `1+1\nconst name = prompt("Name? "); \`<\${name}>\`\nAda\nquit\n` },
  );
  expect(status).toBe(0);
  expect(out).toMatch(/Out\[1\]: 2$/m);
  expect(out).toContain("Name? ");
  expect(out).toMatch(/Out\[2\]: '<Ada>'$/m);
});

test("jupyter kernelspec list finds the kernel", async () => {
  const { status, out } = await home.run("jupyter-kernelspec", ["list", "--json"]);
  const { kernelspecs } = JSON.parse(out) as { kernelspecs: Record<string, unknown> };
  expect(status).toBe(0);
  expect(kernelspecs[kernelName]).toMatchObject({
    resource_dir: join(home.env["JUPYTER_PATH"] ?? "", "kernels", kernelName),
    spec: kernelSpec(),
  });
});

/**
 * VS Code is not run here. These are the rules by which its Jupyter extension finds, keeps and starts a kernel,
 * as its source has them (microsoft/vscode-jupyter, src/kernels/raw/finder and src/kernels/raw/launcher).
 */
describe("what VS Code's Jupyter extension reads", () => {
  test("it looks for kernel.json below fixed folders, where an installation for the user puts it", () => {
    // It knows neither JUPYTER_DATA_DIR nor XDG_DATA_HOME, so the places without them have to be these.
    const folders: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
      linux: join(homedir(), ".local", "share", "jupyter"),
      darwin: join(homedir(), "Library", "Jupyter"),
    };
    expect(userDataFolder({})).toBe(folders[process.platform]);
  });

  test("it can start the kernel, and takes it for no kernel of its own", () => {
    const file = join(home.env["JUPYTER_PATH"] ?? "", "kernels", kernelName, "kernel.json");
    const spec = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    const argv = spec["argv"] as readonly string[];
    // The editor is started without a shell's PATH, and in any folder.
    expect(
      argv.filter((part) => part.includes("/")).map((part) => [isAbsolute(part), existsSync(part)]),
    ).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(argv[0]).toBe(process.execPath);
    // It replaces the argument that is the placeholder, and no other.
    expect(argv.filter((part) => part.includes("{"))).toEqual(["{connection_file}"]);
    // The language of new cells is an identifier of the editor, in small letters.
    expect(spec).toMatchObject({ language: "typescript", interrupt_mode: "message" });
    expect(spec["display_name"]).toMatch(/^TypeScript \(/);
    // A kernelspec with one of these is taken for one that the extension has written, and may be deleted.
    expect(Object.keys(spec["metadata"] as object)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(vscode|interpreter|originalSpecFile)$/)]),
    );
  });
});
