/** Against networks of diffusers: test/parity/unet-ddpm and unet-improved, made by test/parity/unet.py. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { fromDiffusers, type NamedArrays, toDiffusers } from "../../src/model/diffusers.js";
import { diffusersConfig, unetConfigFromDiffusers } from "../../src/model/diffusersConfig.js";
import { createMlp } from "../../src/model/mlp.js";
import { disposeParams } from "../../src/model/params.js";
import { createUNet } from "../../src/model/unet.js";
import { unetPresets, type UNetConfig } from "../../src/model/unetConfig.js";
import { useBackend } from "../../src/tensor/backend.js";
import { loadDiffusers, saveDiffusers } from "../../src/train/diffusersFolder.js";
import { decodeSafetensors, type StoredTensor } from "../../src/train/safetensors.js";
import { deviation } from "../support/float64/gradients.js";
import { at } from "../support/numbers.js";
import { refusal, refusalOf } from "../support/refusal.js";

beforeAll(async () => {
  await useBackend();
});

const folder = (name: string): string => fileURLToPath(new URL(`../parity/${name}`, import.meta.url));
const names = ["unet-ddpm", "unet-improved"] as const;

async function tensorsOf(file: string): Promise<NamedArrays> {
  return decodeSafetensors(await readFile(file), file).tensors;
}

async function configOf(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(folder(name), "config.json"), "utf8")) as Record<string, unknown>;
}

/** Images of PyTorch, [B, C, H, W], as images here. */
function images({ shape, data }: StoredTensor): tf.Tensor {
  return tf.transpose(tf.tensor(data, [...shape]), [0, 2, 3, 1]);
}

describe.each(names)("%s of diffusers", (name) => {
  it("computes the same here with its weights, and has the same gradients", async () => {
    const { model, params } = await loadDiffusers(folder(name));
    const expected = await tensorsOf(join(folder(name), "expected.safetensors"));
    const get = (key: string): StoredTensor => {
      const found = expected[key];
      if (found === undefined) throw new Error(`no ${key}`);
      return found;
    };
    // What is t there is t + 1 here.
    const t = Int32Array.from(get("t").data, (step) => step + 1);
    const [x, weights] = [images(get("x")), images(get("weights"))];
    const y = model.apply(params, x, t);
    expect(deviation(await y.data(), await images(get("y")).data())).toBeLessThan(1e-5);

    const keys = Object.keys(params);
    const { grads } = tf.valueAndGrads((xt: tf.Tensor, ...values: tf.Tensor[]) =>
      tf.sum(
        tf.mul(
          weights,
          model.apply(Object.fromEntries(values.map((value, i) => [keys[i] ?? "", value])), xt, t),
        ),
      ),
    )([x, ...Object.values(params)]);
    const [ofInput, ...ofParams] = grads;
    const inputGradient = await images(get("gradient.x")).data();
    expect(deviation((await ofInput?.data()) ?? [], inputGradient)).toBeLessThan(1e-4);
    const theirs = Object.entries(expected).filter(
      ([key]) => key.startsWith("gradient.") && key !== "gradient.x",
    );
    const renamed = fromDiffusers(
      model.config,
      Object.fromEntries(theirs.map(([key, value]) => [key.slice("gradient.".length), value])),
    );
    for (const [i, key] of keys.entries()) {
      const gradient = (await ofParams[i]?.data()) ?? [];
      expect(deviation(gradient, renamed[key]?.data ?? []), key).toBeLessThan(1e-4);
    }
    disposeParams(params);
  });

  it("comes back as the file that it was, weights and configuration", async () => {
    const file = "diffusion_pytorch_model.safetensors";
    const theirs = await tensorsOf(join(folder(name), file));
    const temporary = await mkdtemp(join(tmpdir(), "diffusers-"));
    const { model, params } = await loadDiffusers(folder(name));
    await saveDiffusers(temporary, model, params);
    expect(await tensorsOf(join(temporary, file))).toEqual(theirs);
    const config = JSON.parse(await readFile(join(temporary, "config.json"), "utf8")) as object;
    const { _diffusers_version, num_train_timesteps, ...before } = await configOf(name);
    expect([typeof _diffusers_version, num_train_timesteps]).toEqual(["string", null]);
    // Without scale and shift a missing number of groups means norm_num_groups, which is written out here.
    expect(config).toEqual({ ...before, attn_norm_num_groups: 4 });
    disposeParams(params);
    await rm(temporary, { recursive: true });
  });
});

describe("configurations", () => {
  it("of the published networks are those that diffusers counted the parameters of", () => {
    expect(diffusersConfig(unetPresets.cifar10)).toMatchObject({
      block_out_channels: [128, 256, 256, 256],
      down_block_types: ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
      up_block_types: ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"],
      ...{
        attention_head_dim: null,
        downsample_padding: 0,
        flip_sin_to_cos: false,
        freq_shift: 1,
        dropout: 0.1,
      },
      ...{ layers_per_block: 2, in_channels: 3, out_channels: 3, sample_size: 32 },
      resnet_time_scale_shift: "default",
    });
    expect(diffusersConfig(unetPresets.improved)).toMatchObject({
      block_out_channels: [128, 256, 256, 256],
      down_block_types: ["DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D", "DownBlock2D"],
      ...{
        attention_head_dim: 64,
        downsample_padding: 1,
        flip_sin_to_cos: true,
        freq_shift: 0,
        dropout: 0.3,
      },
      ...{ layers_per_block: 3, in_channels: 3, out_channels: 6, sample_size: 32 },
      resnet_time_scale_shift: "scale_shift",
    });
  });

  it.each(["mnist", "cifar10", "improved"] as const)("%s comes back, told t − 1 at t", (name) => {
    const back = unetConfigFromDiffusers(diffusersConfig(unetPresets[name]));
    expect(back).toEqual({ ...unetPresets[name], firstTime: 0, timeScale: 1 });
  });

  it("with patches works on the patches", () => {
    const back = unetConfigFromDiffusers(diffusersConfig(unetPresets.tiny));
    expect(back).toEqual({
      ...unetPresets.tiny,
      ...{ imageSize: 14, imageChannels: 4, patchSize: 1, firstTime: 0 },
    });
  });

  const remedy = "Only such networks exist both here and in diffusers.";
  it.each<[Partial<UNetConfig>, string]>([
    [
      { multipliers: [2, 2, 2, 2] },
      `multipliers = [2, 2, 2, 2]: expected a first multiplier of 1. ${remedy}`,
    ],
    [
      { heads: 2, attentionAt: [32, 16] },
      `2 heads at 2 widths: expected one width with attention, or one head. ${remedy}`,
    ],
  ])("ours that diffusers lacks: %j", (options, message) => {
    expect(refusal(() => diffusersConfig({ ...unetPresets.cifar10, ...options }))).toBe(message);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ norm_eps: 1e-5 }, "norm_eps = 0.00001: expected 0.000001."],
    [{ act_fn: "gelu" }, "act_fn = gelu: expected silu."],
    [{ class_embed_type: "timestep" }, "class_embed_type = timestep: expected null."],
    [{ freq_shift: 1 }, "flip_sin_to_cos = true with freq_shift = 1: expected false with 1, or true with 0."],
    [{ out_channels: 3 }, "out_channels = 3: expected 1 as in_channels, or twice as many."],
    [{ attn_norm_num_groups: null }, "attn_norm_num_groups = null: expected 4, as norm_num_groups."],
    [
      { attention_head_dim: 5 },
      "attention_head_dim = 5 for widths of 16: expected the same number of heads everywhere.",
    ],
    [{ block_out_channels: "8" }, "block_out_channels = 8: expected a list of numbers."],
    [{ sample_size: null }, "sample_size = nothing: expected a number."],
    [
      { up_block_types: ["UpBlock2D", "UpBlock2D"] },
      "down_block_types = DownBlock2D,AttnDownBlock2D and up_block_types = UpBlock2D,UpBlock2D: expected DownBlock2D " +
        "or AttnDownBlock2D for each width, and the same upwards in the other order.",
    ],
  ])("theirs that we lack: %j", async (options, message) => {
    const config = { ...(await configOf("unet-improved")), ...options };
    expect(refusal(() => unetConfigFromDiffusers(config))).toBe(`${message} ${remedy}`);
  });
});

describe("weights that do not fit are refused", () => {
  const config = unetPresets.tiny;
  const arrays = Object.fromEntries(
    createUNet(config).specs.map(({ name, shape }) => [
      name,
      { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i) },
    ]),
  );
  const remedy = "Give the weights and the configuration of one network.";

  it("missing, of another shape, too many", () => {
    const { "input.bias": bias, ...without } = arrays;
    expect(refusal(() => toDiffusers(config, without))).toBe(
      `input.bias is missing: expected a tensor of shape [32]. ${remedy}`,
    );
    expect(
      refusal(() =>
        toDiffusers(config, { ...arrays, "input.bias": { shape: [4], data: new Float32Array(4) } }),
      ),
    ).toBe(`input.bias is of shape [4]: expected a tensor of shape [32]. ${remedy}`);
    expect(refusal(() => toDiffusers(config, { ...arrays, other: bias as StoredTensor }))).toBe(
      `other is there: expected no tensor of that name in this network. ${remedy}`,
    );
    expect(refusal(() => fromDiffusers(config, arrays))).toBe(
      `time_embedding.linear_1.weight is missing: expected a tensor of shape [128, 32]. ${remedy}`,
    );
  });

  it("and what fits goes there and back, each number to its place", () => {
    const theirs = toDiffusers(config, arrays);
    expect(fromDiffusers(config, theirs)).toEqual(arrays);
    // [3, 3, 4, 32] → [32, 4, 3, 3]: element (o, i, h, w) is (h, w, i, o) of what counted up.
    const kernel = theirs["conv_in.weight"];
    expect(kernel?.shape).toEqual([32, 4, 3, 3]);
    const [o, i, h, w] = [5, 2, 1, 0];
    expect(at(kernel?.data ?? [], ((o * 4 + i) * 3 + h) * 3 + w)).toBe(((h * 3 + w) * 4 + i) * 32 + o);
  });

  it("an MLP, a folder without weights, and a config.json that is none", async () => {
    const mlp = createMlp();
    expect(await refusalOf(saveDiffusers("unused", mlp, {}))).toBe(
      "a model of kind mlp: expected a U-Net. diffusers has no such network.",
    );
    const temporary = await mkdtemp(join(tmpdir(), "diffusers-"));
    expect(await refusalOf(loadDiffusers(temporary))).toContain(
      `cannot read ${join(temporary, "config.json")} (ENOENT`,
    );
    await writeFile(join(temporary, "config.json"), "{");
    expect(await refusalOf(loadDiffusers(temporary))).toContain(`${join(temporary, "config.json")}: `);
    await writeFile(join(temporary, "config.json"), JSON.stringify(await configOf("unet-ddpm")));
    expect(await refusalOf(loadDiffusers(temporary))).toContain(
      "expected config.json and diffusion_pytorch_model.safetensors in one folder.",
    );
    await rm(temporary, { recursive: true });
  });
});
