import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { command } from "../../src/cli/kernel.js";
import { installKernel, userDataFolder } from "../../src/kernel/install.js";
import { packageRoot } from "../../src/notebook/root.js";

let folder: string;
let out: string;
let err: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "workbook install "));
  out = "";
  err = "";
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (
  positionals: readonly string[],
  values: Readonly<Record<string, string | boolean>>,
  env: Readonly<Record<string, string>> = {},
): Promise<0 | 1 | 2> =>
  command.run(
    { values, positionals },
    { out: (text) => (out += text), err: (text) => (err += text), cwd: folder, env, isTerminal: false },
  );

const specIn = (kernels: string, name = "diffusion-workbook"): unknown =>
  JSON.parse(readFileSync(join(kernels, name, "kernel.json"), "utf8"));

const expected = {
  argv: [
    process.execPath,
    "--no-force-async-hooks-checks",
    "--no-warnings",
    "--experimental-import-meta-resolve",
    join(packageRoot, "dist", "kernel", "main.js"),
    "{connection_file}",
  ],
  display_name: "TypeScript (Diffusion Workbook)",
  language: "typescript",
  interrupt_mode: "message",
  env: { TF_CPP_MIN_LOG_LEVEL: "2" },
  metadata: { debugger: false },
};

test("install --prefix writes the whole specification and nothing beside it", async () => {
  expect(await run(["install"], { prefix: "a b" })).toBe(0);
  const kernels = join(folder, "a b", "share", "jupyter", "kernels");
  expect(out).toBe(`installed kernel diffusion-workbook in ${join(kernels, "diffusion-workbook")}\n`);
  expect(specIn(kernels)).toEqual(expected);
  expect(readdirSync(kernels)).toEqual(["diffusion-workbook"]);
  expect(readdirSync(join(kernels, "diffusion-workbook"))).toEqual(["kernel.json", "logo-svg.svg"]);
});

test("install --user and --sys-prefix ask the environment", async () => {
  const env = { JUPYTER_DATA_DIR: join(folder, "mine"), VIRTUAL_ENV: join(folder, "venv") };
  expect(await run(["install"], { user: true, name: "other" }, env)).toBe(0);
  expect(specIn(join(folder, "mine", "kernels"), "other")).toEqual(expected);
  expect(await run(["install"], { "sys-prefix": true }, env)).toBe(0);
  expect(specIn(join(folder, "venv", "share", "jupyter", "kernels"))).toEqual(expected);
  expect(userDataFolder({ XDG_DATA_HOME: "/data" })).toBe(
    process.platform === "linux" ? "/data/jupyter" : userDataFolder({}),
  );
});

test("an earlier specification is replaced as a whole", () => {
  const old = join(folder, "kernels", "diffusion-workbook");
  mkdirSync(old, { recursive: true });
  writeFileSync(join(old, "stale.js"), "");
  installKernel(folder);
  expect(readdirSync(old)).toEqual(["kernel.json", "logo-svg.svg"]);
  expect(readdirSync(join(folder, "kernels"))).toEqual(["diffusion-workbook"]);
});

test("without install it says how it is used", async () => {
  expect(await run([], {})).toBe(2);
  expect(err).toBe(command.usage);
  expect(out).toBe("");
});

test.each([
  [{ name: "a/b" }, "--name a/b: expected letters, digits, '.', '_' and '-' only. Choose another name."],
  [
    { prefix: "x", user: true },
    "--prefix, --sys-prefix and --user: expected at most one of them. Leave the others out.",
  ],
  [
    { "sys-prefix": true },
    "--sys-prefix: expected an active Python environment ($VIRTUAL_ENV or $CONDA_PREFIX). " +
      "Activate one, or name its folder with --prefix.",
  ],
])("%j is refused", async (values, message) => {
  await expect(run(["install"], { ...(values as Record<string, string | boolean>) })).rejects.toThrow(
    message,
  );
});

test("a place that cannot be written is refused", async () => {
  writeFileSync(join(folder, "file"), "");
  const kernels = join(folder, "file", "share", "jupyter", "kernels");
  await expect(run(["install"], { prefix: "file" })).rejects.toThrow(
    `kernel folder ${kernels}: expected a folder that can be written. ` +
      "Choose another place with --prefix, or --user for your own account.",
  );
});
