import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Examination, examine } from "../../src/cli/diagnosis.js";
import { asJson, asTable } from "../../src/cli/doctor.js";

const project = join(import.meta.dirname, "..", "..");

const healthy: Examination = {
  node: "22.1.0",
  python: "3.12.1",
  backend: "tensorflow",
  tensorflow: "2.21.0",
  gpu: null,
  kernel: "diffusion-workbook",
  problems: [],
  backendDescription: "tensorflow 2.21.0 on CPU",
  kernelFile: "/p/kernel.json",
};

test("the JSON document has the contract's keys, in its order, and no others", () => {
  const problems = [{ what: "a", remedy: "b" }];
  expect(asJson({ ...healthy, problems }).replace(/\s+/g, "")).toBe(
    '{"node":"22.1.0","python":"3.12.1","backend":"tensorflow","tensorflow":"2.21.0","gpu":null,' +
      '"kernel":"diffusion-workbook","problems":[{"what":"a","remedy":"b"}]}',
  );
});

test("the table, in health and in sickness", () => {
  expect(asTable(healthy)).toBe(
    [
      "Node                22.1.0",
      "Python (.venv)      3.12.1",
      "TensorFlow (.venv)  2.21.0",
      "backend in use      tensorflow 2.21.0 on CPU",
      "GPU                 none in use",
      "Jupyter kernel      diffusion-workbook in /p/kernel.json",
      "",
      "No problems.",
      "",
    ].join("\n"),
  );
  const problems = [{ what: "something is gone", remedy: "npm run setup" }];
  const nothing = {
    python: null,
    backendDescription: null,
    tensorflow: null,
    kernel: null,
    kernelFile: null,
  };
  expect(asTable({ ...healthy, ...nothing, gpu: "NVIDIA H200", problems })).toBe(
    [
      "Node                22.1.0",
      "Python (.venv)      missing",
      "TensorFlow (.venv)  missing",
      "backend in use      none",
      "GPU                 NVIDIA H200",
      "Jupyter kernel      missing",
      "",
      "Problems: 1",
      "  ✗ something is gone",
      "    To mend it: npm run setup",
      "",
    ].join("\n"),
  );
});

/** A clone in which nothing has been set up, its own home beside it; `put` adds to it. */
function freshClone(): {
  root: string;
  env: Record<string, string>;
  put: (name: string, text: string) => void;
} {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "workbook-doctor-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const name of [
    "setup",
    "package.json",
    "package-lock.json",
    "requirements.txt",
    "requirements-cuda.txt",
  ])
    cpSync(join(project, name), join(root, name), { recursive: true });
  const put = (name: string, text: string): void => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text, { mode: 0o755 });
  };
  // A tool that sees no GPU, and a Python and a compiler that are there.
  put("bin/nvidia-smi", "#!/bin/sh\nexit 9\n");
  put("bin/c++", "#!/bin/sh\nexit 0\n");
  const python = { version: "3.12.1", implementation: "CPython", bits: 64, threaded: false, venv: true };
  put("bin/python3", `#!/bin/sh\necho '${JSON.stringify(python)}'\n`);
  return { root, put, env: { PATH: join(root, "bin"), JUPYTER_DATA_DIR: join(root, "jupyter") } };
}

const incomplete = {
  what:
    "the set-up is not complete: npm packages (not finished yet), Python environment (not finished yet), " +
    "TensorFlow binding (not finished yet), TensorFlow kernels (not finished yet), TypeScript build (not finished yet), " +
    "Jupyter kernel (not finished yet)",
  remedy: "npm run setup",
};
const noKernel = {
  what: "the kernelspec diffusion-workbook is not installed in .venv",
  remedy: "npx workbook kernel install",
};

test("a fresh clone: nothing is there, and what mends it", () => {
  const { root, env } = freshClone();
  expect(examine(root, env)).toEqual({
    node: process.versions.node,
    python: null,
    backend: null,
    tensorflow: null,
    gpu: null,
    kernel: null,
    problems: [incomplete, noKernel],
    backendDescription: null,
    kernelFile: null,
  });
});

/** What the doctor says of a clone whose built backend module is `source`. */
function withBackend(source: string, env: Record<string, string> = {}) {
  const clone = freshClone();
  clone.put("dist/tensor/backend.js", source);
  clone.put("dist/package.json", '{"type": "module"}');
  const found = examine(clone.root, { ...clone.env, ...env });
  return {
    ...found,
    problems: found.problems.filter(({ what }) => ![incomplete.what, noKernel.what].includes(what)),
  };
}

const backend = (fields: string): string => `export const useBackend = () => Promise.resolve(${fields});`;
const onCpu = backend(
  '{ name: "tensorflow", device: "CPU", description: "tensorflow 2.21.0 on CPU", notes: [] }',
);
const onGpu = backend(
  '{ name: "tensorflow", device: "GPU", description: "tensorflow 2.21.0 on GPU", notes: [] }',
);
const plain =
  '{ name: "cpu", device: "CPU", description: "cpu (plain JavaScript)", notes: ["tensorflow: gone"] }';

test("the backend: in use, a worse one than wanted, refused, broken, killed", () => {
  expect(withBackend(onCpu)).toMatchObject({ backend: "tensorflow", problems: [] });
  expect(withBackend(backend(plain))).toMatchObject({
    backend: "cpu",
    backendDescription: "cpu (plain JavaScript)",
    problems: [{ what: "not in use: tensorflow: gone", remedy: "npm run setup" }],
  });
  const refused =
    'throw Object.assign(new Error("WORKBOOK_BACKEND = x: expected y."), { name: "InputError" });';
  expect(withBackend(`export async function useBackend() { ${refused} }`)).toMatchObject({
    backend: null,
    problems: [{ what: "WORKBOOK_BACKEND = x: expected y.", remedy: "unset WORKBOOK_BACKEND" }],
  });
  const remedy = "rm -rf node_modules && npm run setup";
  const broken = 'console.error("symbol lookup error"); process.exit(127);';
  expect(withBackend(`export function useBackend() { ${broken} }`).problems).toEqual([
    { what: "the backend does not start (status 127): symbol lookup error", remedy },
  ]);
  const killed =
    'console.error("last words"); process.kill(process.pid, "SIGSEGV"); await new Promise(() => 0);';
  expect(withBackend(`export async function useBackend() { ${killed} }`).problems).toEqual([
    { what: "the backend does not start (SIGSEGV): last words", remedy },
  ]);
});

test("the GPU: in use, idle with TensorFlow's reason, hidden on purpose", () => {
  const clone = freshClone();
  clone.put("bin/nvidia-smi", "#!/bin/sh\necho 'NVIDIA H200, 550.54.15'\n");
  const env = { PATH: join(clone.root, "bin") };
  expect(withBackend(onGpu, env)).toMatchObject({ gpu: "NVIDIA H200", problems: [] });
  const complaint = 'console.error("W Cannot dlopen some GPU libraries."); console.error("W other");';
  expect(withBackend(`${complaint} ${onCpu}`, env)).toMatchObject({
    gpu: null,
    problems: [
      {
        what:
          "NVIDIA H200 is there (driver 550.54.15), but TensorFlow computes on the CPU. " +
          "TensorFlow says: W Cannot dlopen some GPU libraries.",
        remedy: "npm run setup; if it is up to date, update the NVIDIA driver to 525 or newer",
      },
    ],
  });
  expect(withBackend(onCpu, { ...env, CUDA_VISIBLE_DEVICES: "-1" })).toMatchObject({
    gpu: null,
    problems: [],
  });
});

test("the kernelspec: installed, and one whose Node is gone", () => {
  const { root, env, put } = freshClone();
  const file = ".venv/share/jupyter/kernels/diffusion-workbook/kernel.json";
  put(file, JSON.stringify({ argv: [process.execPath, join(root, "package.json"), "{connection_file}"] }));
  const found = examine(root, env);
  expect(found).toMatchObject({ kernel: "diffusion-workbook", kernelFile: join(root, file) });
  expect(found.problems).toEqual([incomplete]);
  put(file, JSON.stringify({ argv: ["/gone/node", "{connection_file}"] }));
  expect(examine(root, env).problems).toEqual([
    incomplete,
    {
      what: `the kernelspec ${join(root, file)} starts /gone/node, which is gone`,
      remedy: "npx workbook kernel install",
    },
  ]);
});

test("this very installation: one JSON document, nothing on standard error, the status follows the problems", () => {
  const call = (backend: string) =>
    spawnSync(process.execPath, [join(project, "bin", "workbook.mjs"), "doctor", "--json"], {
      encoding: "utf8",
      env: { ...process.env, WORKBOOK_BACKEND: backend },
    });
  const { stdout, stderr, status } = call("tensorflow");
  expect(stderr).toBe("");
  const found = JSON.parse(stdout) as Record<string, unknown> & { problems: unknown[] };
  expect(found).toMatchObject({
    node: process.versions.node,
    backend: "tensorflow",
    tensorflow: "2.21.0",
    kernel: "diffusion-workbook",
  });
  expect(found["python"]).toMatch(/^3\.1[0-3]\.\d+$/);
  expect(status).toBe(found.problems.length === 0 ? 0 : 1);
  expect((JSON.parse(call("cpu").stdout) as { backend: string }).backend).toBe("cpu");
});
