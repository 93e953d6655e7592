import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../src/error.js";
import { useBackend } from "../../src/tensor/backend.js";
import { restoreRemovedUtilities } from "../../src/tensor/polyfill.js";

const require = createRequire(import.meta.url);
const project = join(import.meta.dirname, "..", "..");
const built = join(project, "dist", "tensor", "backend.js");

describe("forced", () => {
  test("an unknown backend: the whole message", async () => {
    const refused = useBackend({ WORKBOOK_BACKEND: "cuda" });
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(refused).rejects.toThrow(
      /^WORKBOOK_BACKEND = "cuda": expected one of tensorflow, webgpu, cpu\. Choose one of them, or unset WORKBOOK_BACKEND to have the best one chosen\.$/,
    );
  });

  test("webgpu, which is not there: the whole message, and no fallback", async () => {
    const refused = useBackend({ WORKBOOK_BACKEND: "webgpu" });
    await expect(refused).rejects.toBeInstanceOf(InputError);
    await expect(refused).rejects.toThrow(
      /^WORKBOOK_BACKEND = "webgpu" \(not available: the optional package webgpu is not installed\): expected a backend that can be loaded here\. Unset WORKBOOK_BACKEND to have the best one chosen; `npx workbook doctor` says what is missing\.$/,
    );
  });

  test("cpu computes with cpu, and back again", async () => {
    expect(await useBackend({ WORKBOOK_BACKEND: "cpu" })).toEqual({
      name: "cpu",
      device: "CPU",
      description: "cpu (plain JavaScript)",
      notes: [],
    });
    expect(tf.getBackend()).toBe("cpu");
    await useBackend({ WORKBOOK_BACKEND: "tensorflow" });
    expect(tf.getBackend()).toBe("tensorflow");
  });
});

describe("chosen", () => {
  beforeAll(() => useBackend({}));

  test("TensorFlow runs, and says which and where", async () => {
    const backend = await useBackend({ WORKBOOK_BACKEND: "" });
    expect(backend).toEqual({
      name: "tensorflow",
      device: backend.device,
      tensorflowVersion: "2.21.0",
      description: `tensorflow 2.21.0 on ${backend.device}`,
      notes: [],
    });
    const native = tf.backend() as unknown as { isUsingGpuDevice: boolean };
    expect(backend.device).toBe(native.isUsingGpuDevice ? "GPU" : "CPU");
  });

  test("tfjs-core is the one that tfjs-node computes with", () => {
    const node = require("@tensorflow/tfjs-node-gpu") as typeof tf;
    expect(node.engine()).toBe(tf.engine());
    expect(node.Tensor).toBe(tf.Tensor);
    const before = tf.memory().numTensors;
    const kept = node.tensor1d([1, 2]);
    expect(tf.memory().numTensors).toBe(before + 1);
    kept.dispose();
  });

  test("gradients are registered: d/dx mean(x²) = 2x/n, on both backends", async () => {
    for (const name of ["tensorflow", "cpu"]) {
      await useBackend({ WORKBOOK_BACKEND: name });
      const gradient = tf.grad((x) => tf.mean(tf.square(x)))(tf.tensor1d([1, -2, 4, 0.5]));
      expect(Array.from(await gradient.data())).toEqual([0.5, -1, 2, 0.25]);
    }
    await useBackend({});
  });
});

test("the removed utilities work, and none of them warns", () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", listen);
  restoreRemovedUtilities();
  const util = require("node:util") as Record<string, (value: unknown) => boolean>;
  const asked = [null, undefined, 0, "", []];
  expect(asked.map((value) => util["isNullOrUndefined"]?.(value))).toEqual([true, true, false, false, false]);
  expect(asked.map((value) => util["isArray"]?.(value))).toEqual([false, false, false, false, true]);
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});

/** A training step of a convolution in a process of its own, as a user's script would run it. */
const script = `
import * as tf from "@tensorflow/tfjs-core";
import { useBackend } from ${JSON.stringify(built)};
const { name } = await useBackend();
const x = tf.randomNormal([8, 16, 16, 1], 0, 1, "float32", 1);
const w = tf.variable(tf.randomNormal([3, 3, 1, 4], 0, 1, "float32", 2));
const optimizer = tf.train.adam(0.01);
const losses = [];
for (let step = 0; step < 3; step += 1) {
  const loss = optimizer.minimize(() => tf.mean(tf.square(tf.conv2d(x, w, 1, "same"))), true);
  losses.push((await loss.data())[0]);
}
console.log(JSON.stringify({ name, losses }));
`;

describe("a process of its own", () => {
  beforeAll(() => {
    if (!existsSync(built)) throw new Error(`${built} is missing: npm run build first`);
  });

  const run = (name: string) => {
    const env = { ...process.env };
    // As in a user's shell: this process has set it when it loaded TensorFlow.
    delete env["TF_CPP_MIN_LOG_LEVEL"];
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: project,
      encoding: "utf8",
      env: { ...env, WORKBOOK_BACKEND: name },
    });
    return { stderr, ...(JSON.parse(stdout) as { name: string; losses: number[] }) };
  };

  test("trains and writes nothing to standard error, on either backend; both agree", () => {
    const [native, plain] = [run("tensorflow"), run("cpu")];
    expect([native.stderr, plain.stderr]).toEqual(["", ""]);
    expect([native.name, plain.name]).toEqual(["tensorflow", "cpu"]);
    expect(native.losses[2]).toBeLessThan(native.losses[0] ?? 0);
    // Single precision: 24 bits, and sums over 8192 terms in another order.
    native.losses.forEach((loss, step) =>
      expect(Math.abs(loss - (plain.losses[step] ?? 0))).toBeLessThan(1e-5),
    );
  });

  test("without the binding it says why the cpu is used", () => {
    // A loader hides the native package, as a fresh clone before its set-up does.
    const hide = `
      import Module from "node:module";
      const resolve = Module._resolveFilename;
      Module._resolveFilename = function (name, ...rest) {
        if (name === "@tensorflow/tfjs-node-gpu") throw new Error("Cannot find module 'hidden'\\nRequire stack");
        return resolve.call(this, name, ...rest);
      };
      const { useBackend } = await import(${JSON.stringify(built)});
      console.log(JSON.stringify(await useBackend({})));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", hide], {
      cwd: project,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    const why = [
      "tensorflow: its native binding does not load: Cannot find module 'hidden'",
      "webgpu: not available: the optional package webgpu is not installed",
    ];
    expect(JSON.parse(stdout)).toEqual({
      name: "cpu",
      device: "CPU",
      description: `cpu (plain JavaScript); not ${why.join("; not ")}`,
      notes: why,
    });
  });
});
