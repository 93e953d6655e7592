import { cpSync, existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { perform, reasonToMake } from "../../setup/engine.mjs";
import { nativeBinding } from "../../setup/steps/binding.mjs";
import { nativeKernels } from "../../setup/steps/kernels.mjs";
import { typescriptBuild } from "../../setup/steps/build.mjs";
import { npmPackages } from "../../setup/steps/npm.mjs";
import { pythonEnvironment, tensorflowVariant } from "../../setup/steps/venv.mjs";
import { writeStamp } from "../../setup/stamp.mjs";
import { type Trial, createTrial } from "./support.js";

const project = join(import.meta.dirname, "..", "..");

/** A folder that looks like a project whose npm packages are installed. */
function installed(trial: Trial): void {
  for (const name of ["package.json", "package-lock.json"])
    cpSync(join(project, name), join(trial.root, name));
  for (const name of [
    ".package-lock.json",
    "@tensorflow/tfjs-node-gpu/package.json",
    "node-api-headers/package.json",
    "typescript/lib/tsc.js",
  ])
    trial.put(`node_modules/${name}`, "");
  writeStamp(npmPackages.stamp(trial.context), npmPackages.inputs(trial.context));
}

test("npm packages: a changed lockfile, another Node, a deleted package, a deleted node_modules", () => {
  const trial = createTrial();
  const { context, root, put } = trial;
  installed(trial);
  expect(reasonToMake(context, npmPackages)).toBeUndefined();
  expect(reasonToMake({ ...context, nodeVersion: "99.0.0" }, npmPackages)).toBe(
    "changed: Node's major version",
  );
  rmSync(join(root, "node_modules", "typescript"), { recursive: true });
  expect(reasonToMake(context, npmPackages)).toBe("node_modules/typescript/lib/tsc.js is missing");
  put("package-lock.json", "{}");
  expect(reasonToMake(context, npmPackages)).toBe("changed: lockfile");
  rmSync(join(root, "node_modules"), { recursive: true });
  expect(reasonToMake(context, npmPackages)).toBe("not finished yet");
});

test("npm packages: a script or a description in package.json is no reason", () => {
  const trial = createTrial();
  installed(trial);
  const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as Record<string, unknown>;
  trial.put("package.json", JSON.stringify({ ...manifest, scripts: {}, description: "other" }));
  expect(reasonToMake(trial.context, npmPackages)).toBeUndefined();
  trial.put("package.json", JSON.stringify({ ...manifest, dependencies: {} }));
  expect(reasonToMake(trial.context, npmPackages)).toBe("changed: dependencies");
});

test("TensorFlow's build: the CPU's by default, CUDA's with a driver that answers, the user's word above both", () => {
  const trial = createTrial({ env: { PATH: "/nowhere" }, platform: "linux", arch: "x64" });
  const { context, root } = trial;
  expect(existsSync("/proc/driver/nvidia/version")).toBe(tensorflowVariant(context) === "cuda");
  trial.put("bin/nvidia-smi", "#!/bin/sh\necho 'GPU 0: NVIDIA'\n");
  const env = { PATH: join(root, "bin") };
  expect(tensorflowVariant({ ...context, env })).toBe("cuda");
  expect(tensorflowVariant({ ...context, env, arch: "arm64" })).toBe("cpu");
  expect(tensorflowVariant({ ...context, env, platform: "darwin" })).toBe("cpu");
  expect(tensorflowVariant({ ...context, env: { ...env, WORKBOOK_TENSORFLOW: "cpu" } })).toBe("cpu");
  expect(tensorflowVariant({ ...context, env: { WORKBOOK_TENSORFLOW: "cuda" } })).toBe("cuda");
});

/** A Python whose environments report the given packages. */
function fakeVenv(trial: Trial, packages: Readonly<Record<string, string>>, tensorflow: string | null): void {
  const answer = JSON.stringify({ version: "3.12.1", packages, tensorflow });
  trial.put(".venv/bin/python", `#!/bin/sh\necho '${answer}'\n`);
}

test("Python environment: what is missing is said, both TensorFlows at once are refused", () => {
  const trial = createTrial({ env: { PATH: "/nowhere" } });
  const missing = () => pythonEnvironment.missing(trial.context);
  expect(missing()).toBe("the Python of .venv does not run");
  const jupyter = { jupyterlab: "4.6.6", nbclient: "0.11.0", nbgrader: "0.9.6" };
  fakeVenv(trial, { jupyterlab: "4.6.6", nbclient: "0.11.0" }, null);
  expect(missing()).toBe("nbgrader is missing in .venv");
  fakeVenv(trial, jupyter, null);
  expect(missing()).toBe(".venv holds no TensorFlow");
  fakeVenv(trial, { ...jupyter, tensorflow: "2.21.0", "tensorflow-cpu": "2.21.0" }, "/x");
  expect(missing()).toBe(".venv holds tensorflow and tensorflow-cpu");
  fakeVenv(trial, { ...jupyter, "tensorflow-cpu": "2.21.0" }, "/x");
  expect(missing()).toBeUndefined();
});

test("TensorFlow binding: a new Python environment is a reason to build it again", () => {
  const trial = createTrial();
  const binding = "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node";
  trial.put(binding, "binding");
  writeStamp(pythonEnvironment.stamp(trial.context), { Python: "3.11" });
  writeStamp(nativeBinding.stamp(trial.context), nativeBinding.inputs(trial.context));
  expect(reasonToMake(trial.context, nativeBinding)).toBeUndefined();
  writeStamp(pythonEnvironment.stamp(trial.context), { Python: "3.12" });
  expect(reasonToMake(trial.context, nativeBinding)).toBe("changed: Python environment");
  writeStamp(pythonEnvironment.stamp(trial.context), { Python: "3.11" });
  rmSync(join(trial.root, binding));
  expect(reasonToMake(trial.context, nativeBinding)).toBe(`${binding} is missing`);
});

test("TensorFlow kernels: a new binding, and a change of their source, are reasons to build them again", () => {
  const trial = createTrial();
  const kernels = "node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/workbook_kernels.node";
  trial.put(kernels, "kernels");
  trial.put("setup/native/kernels.cc", "// one");
  writeStamp(nativeBinding.stamp(trial.context), { sources: "1" });
  writeStamp(nativeKernels.stamp(trial.context), nativeKernels.inputs(trial.context));
  expect(reasonToMake(trial.context, nativeKernels)).toBeUndefined();
  writeStamp(nativeBinding.stamp(trial.context), { sources: "2" });
  expect(reasonToMake(trial.context, nativeKernels)).toBe("changed: TensorFlow binding");
  writeStamp(nativeBinding.stamp(trial.context), { sources: "1" });
  trial.put("setup/native/kernels.cc", "// two");
  expect(reasonToMake(trial.context, nativeKernels)).toBe("changed: sources");
  writeStamp(nativeKernels.stamp(trial.context), nativeKernels.inputs(trial.context));
  rmSync(join(trial.root, kernels));
  expect(reasonToMake(trial.context, nativeKernels)).toBe(`${kernels} is missing`);
});

test("TypeScript build: compiles, drops outputs of deleted sources, notices a deleted output", async () => {
  const trial = createTrial();
  const { context, root, put } = trial;
  for (const name of ["package.json", "tsconfig.json", "tsconfig.build.json"])
    cpSync(join(project, name), join(root, name));
  symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
  put("src/kept.ts", "export const kept: number = 1;\n");
  put("src/gone.ts", "export const gone = 2;\n");
  expect(await perform(context, typescriptBuild)).toBe(true);
  expect(existsSync(join(root, "dist", "gone.js"))).toBe(true);

  rmSync(join(root, "src", "gone.ts"));
  expect(await perform(context, typescriptBuild)).toBe(true);
  expect(existsSync(join(root, "dist", "gone.js"))).toBe(false);
  expect(existsSync(join(root, "dist", "gone.d.ts"))).toBe(false);
  rmSync(join(root, "dist", "kept.js"));
  expect(reasonToMake(context, typescriptBuild)).toBe("dist/kept.js is missing");

  put("src/kept.ts", 'export const kept: number = "one";\n');
  expect(await perform(context, typescriptBuild)).toBe(false);
  expect(trial.written()).toBe(
    "✓ TypeScript build T s\n✓ TypeScript build T s\n✗ TypeScript build T s  failed\n" +
      "  What failed: node node_modules/typescript/lib/tsc.js -p tsconfig.build.json ended with status 2.\n" +
      "  Why: the TypeScript sources do not compile\n" +
      "  The last lines of .setup/logs/build.log:\n" +
      `    | $ ${process.execPath} node_modules/typescript/lib/tsc.js -p tsconfig.build.json\n` +
      "    | src/kept.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.\n" +
      "  To mend it: correct the places above, then npm run setup\n",
  );
  expect(reasonToMake(context, typescriptBuild)).toBe("not finished yet");
});
