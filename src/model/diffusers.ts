/**
 * Weights to and from `UNet2DModel` of the Python package diffusers: the same numbers under its names and in PyTorch's
 * layout. A convolution's kernel is [H, W, in, out] here and [out, in, H, W] there, a dense one [in, out] and [out, in];
 * `diffusersConfig` gives the configuration that belongs to them.
 *
 * `UNet2DModel` is told t − 1 where a network here is told t: give it timeScale · (t − 1 + firstTime).
 */
import { InputError } from "../error.js";
import { createUNet } from "./unet.js";
import type { UNetConfig } from "./unetConfig.js";

/** Numbers of a shape, row by row, as in a safetensors file. */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type NamedArrays = Readonly<Record<string, NamedArray>>;

/**
 * The weights of a U-Net for `UNet2DModel`.
 * @param arrays by the names of `createUNet(config).specs`, no more and no fewer
 * @throws InputError if a tensor is missing, of another shape, or not of this network
 */
export function toDiffusers(config: UNetConfig, arrays: NamedArrays): NamedArrays {
  const places = placesOf(config);
  checkNames(
    arrays,
    places.map(({ ours, shape }) => ({ name: ours, shape })),
  );
  const renamed = places.map(({ ours, theirs, theirShape, axes, shape }) => {
    const data = permute(arrays[ours]?.data ?? new Float32Array(), shape, axes);
    return [theirs, { shape: theirShape, data }];
  });
  return Object.fromEntries(renamed) as NamedArrays;
}

/**
 * The weights of a `UNet2DModel` for a U-Net of `config`, by the names of its specs.
 * @throws InputError as `toDiffusers` does
 */
export function fromDiffusers(config: UNetConfig, arrays: NamedArrays): NamedArrays {
  const places = placesOf(config);
  checkNames(
    arrays,
    places.map(({ theirs, theirShape }) => ({ name: theirs, shape: theirShape })),
  );
  const renamed = places.map(({ ours, theirs, shape, axes }) => {
    const back = axes.map((_, i) => axes.indexOf(i));
    const permuted = axes.map((axis) => shape[axis] ?? NaN);
    return [ours, { shape, data: permute(arrays[theirs]?.data ?? new Float32Array(), permuted, back) }];
  });
  return Object.fromEntries(renamed) as NamedArrays;
}

/** One tensor in both worlds. */
interface Place {
  readonly ours: string;
  readonly theirs: string;
  readonly shape: readonly number[];
  readonly theirShape: readonly number[];
  /** Axis i there is axis `axes[i]` here. */
  readonly axes: readonly number[];
}

function placesOf(config: UNetConfig): readonly Place[] {
  const levels = config.multipliers.length;
  return createUNet(config).specs.map(({ name, shape }) => {
    const theirs = theirName(name, levels);
    const axes = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] }[shape.length] ?? [];
    const permuted = axes.map((axis) => shape[axis] ?? NaN);
    // A dense layer on pixels, which diffusers has as a convolution of 1×1.
    const theirShape = theirs.endsWith("conv_shortcut.weight") ? [...permuted, 1, 1] : permuted;
    return { ours: name, theirs, shape, theirShape, axes };
  });
}

/** Beginnings of names that have no number in them, and parts of blocks. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  "time.dense1": "time_embedding.linear_1",
  "time.dense2": "time_embedding.linear_2",
  input: "conv_in",
  "middle.block1": "mid_block.resnets.0",
  "middle.block2": "mid_block.resnets.1",
  "middle.attention": "mid_block.attentions.0",
  "output.norm": "conv_norm_out",
  "output.conv": "conv_out",
};
const PARTS: Readonly<Record<string, string>> = {
  norm1: "norm1",
  conv1: "conv1",
  time: "time_emb_proj",
  norm2: "norm2",
  conv2: "conv2",
  shortcut: "conv_shortcut",
  norm: "group_norm",
  query: "to_q",
  key: "to_k",
  value: "to_v",
  projection: "to_out.0",
};
const ENDINGS: Readonly<Record<string, string>> = {
  kernel: "weight",
  bias: "bias",
  scale: "weight",
  shift: "bias",
};

/** `up.0.1.attention.query.kernel` of two levels → `up_blocks.1.attentions.1.to_q.weight`. */
function theirName(name: string, levels: number): string {
  const words = name.split(".");
  const ending = ENDINGS[words.pop() ?? ""];
  const whole = BEGINNINGS[words.join(".")];
  if (whole !== undefined) return `${whole}.${ending}`;
  const part = PARTS[words.pop() ?? ""];
  const beginning = BEGINNINGS[words.join(".")];
  if (beginning !== undefined) return `${beginning}.${part}.${ending}`;
  const [path, level, index, kind] = name.split(".");
  const there = path === "down" ? `down_blocks.${level}` : `up_blocks.${levels - 1 - Number(level)}`;
  if (index === "half") return `${there}.downsamplers.0.conv.${ending}`;
  if (index === "double") return `${there}.upsamplers.0.conv.${ending}`;
  return `${there}.${kind === "block" ? "resnets" : "attentions"}.${index}.${part}.${ending}`;
}

/** Numbers of `shape` with their axes in another order: axis i of the result is axis `axes[i]`. */
function permute(data: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const sizes = axes.map((axis) => shape[axis] ?? NaN);
  const steps = axes.map((axis) => strides[axis] ?? NaN);
  const result = new Float32Array(data.length);
  const index = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to += 1) {
    result[to] = data[from] ?? NaN;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      const next = (index[axis] ?? 0) + 1;
      from += steps[axis] ?? NaN;
      index[axis] = next;
      if (next < (sizes[axis] ?? NaN)) break;
      from -= next * (steps[axis] ?? NaN);
      index[axis] = 0;
    }
  }
  return result;
}

function checkNames(
  arrays: NamedArrays,
  wanted: readonly { readonly name: string; readonly shape: readonly number[] }[],
): void {
  for (const { name, shape } of wanted) {
    const found = arrays[name];
    const size = shape.reduce((product, n) => product * n, 1);
    if (found?.shape.join() === shape.join() && found.data.length === size) continue;
    throw mismatch(found ? `${name} is of shape [${found.shape.join(", ")}]` : `${name} is missing`, shape);
  }
  const known = new Set(wanted.map(({ name }) => name));
  const extra = Object.keys(arrays).find((name) => !known.has(name));
  if (extra !== undefined) throw mismatch(`${extra} is there`);
}

function mismatch(what: string, shape?: readonly number[]): InputError {
  return new InputError(
    what,
    shape ? `a tensor of shape [${shape.join(", ")}]` : "no tensor of that name in this network",
    "Give the weights and the configuration of one network.",
  );
}
