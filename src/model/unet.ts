import * as tf from "@tensorflow/tfjs-core";
import { InputError } from "../error.js";
import { attention } from "./attention.js";
import { conv } from "./conv.js";
import { timeEmbedding, type TimeFeatures, timestepFeatures } from "./embedding.js";
import { groupNorm } from "./groupNorm.js";
import type { Layer, ParamSpec, Params } from "./layer.js";
import type { ModelOf } from "./model.js";
import { initParams } from "./params.js";
import { fromPatches, toPatches } from "./patches.js";
import { downsample, upsample } from "./resample.js";
import { resBlock, type ResBlockSizes } from "./resBlock.js";
import { silu } from "./silu.js";
import { checkUNetConfig, sideAt, unetPresets, type UNetConfig } from "./unetConfig.js";

/** One step of a path through the U-Net: what it does to the image, given the embedding of t. */
type Stage = Layer<readonly [tf.Tensor, tf.Tensor]>;

/** A stage on the way up, and whether it first receives an image kept on the way down. */
interface UpStage {
  readonly stage: Stage;
  readonly joins: boolean;
}

/**
 * The time-conditional U-Net of DDPM (Ho et al., 2020, appendix B, after the released code):
 * residual blocks with GroupNorm and SiLU, self-attention at chosen resolutions, nearest-neighbour and
 * convolution up, strided convolution down; and its changes by Improved DDPM (Nichol & Dhariwal, 2021), where
 * the configuration asks for them. [B, H, W, C] and t [B] → [B, H, W, C], or [B, H, W, 2C] with learned
 * variances. The last convolution starts at zero, so a fresh network predicts 0.
 *
 * Options left out are those of `unetPresets.tiny`.
 */
export function createUNet(options: Partial<UNetConfig> = {}): ModelOf<"unet", UNetConfig> {
  const config: UNetConfig = { ...unetPresets.tiny, ...options };
  checkUNetConfig(config);
  const { imageSize, imageChannels, patchSize, channels, groups } = config;
  const depth = imageChannels * patchSize ** 2;
  const outputChannels = config.learnedVariance ? 2 * imageChannels : imageChannels;
  const width = channels * (config.multipliers[0] ?? 1);
  const embedding = timeEmbedding("time", channels, timeWidth(config));
  const input = conv("input", depth, channels);
  const down = downPath(config);
  const middle = middlePath(config);
  const up = upPath(config);
  const norm = groupNorm("output.norm", width, groups, { activated: true });
  const output = conv("output.conv", width, outputChannels * patchSize ** 2, { zero: true });
  const layers = [embedding, input, ...down, ...middle, ...up.map(({ stage }) => stage), norm, output];
  const specs: readonly ParamSpec[] = layers.flatMap((layer) => layer.specs);
  const masks = layers.flatMap((layer) => layer.masks ?? []);
  const shape = [imageSize, imageSize, imageChannels];
  const outputShape = [imageSize, imageSize, outputChannels];

  const apply: ModelOf<"unet", UNetConfig>["apply"] = (params, xt, t) => {
    checkImages(xt, shape);
    const time = silu(embedding.apply(params, timestepFeatures(t, channels, timeFeatures(config))));
    const kept = [input.apply(params, toPatches(xt, patchSize))];
    for (const stage of down) kept.push(stage.apply(params, last(kept), time));
    let h = run(middle, params, last(kept), time);
    for (const { stage, joins } of up) h = stage.apply(params, joins ? join(h, kept.pop()) : h, time);
    return fromPatches(output.apply(params, norm.apply(params, h)), patchSize);
  };
  const init = (seed: number): Params => initParams(specs, seed);
  return { kind: "unet", config, shape, outputShape, masks, specs, init, apply };
}

/** Every block and every halving; the result of each is kept for the way up. */
function downPath(config: UNetConfig): Stage[] {
  const { multipliers, blocks, channels } = config;
  let width = channels;
  return multipliers.flatMap((multiplier, level) => {
    const stages = Array.from({ length: blocks }, (_, i) => {
      const stage = block(`down.${level}.${i}`, config, level, width, channels * multiplier);
      width = channels * multiplier;
      return stage;
    });
    const isLast = level === multipliers.length - 1;
    return isLast
      ? stages
      : [...stages, ignoringTime(downsample(`down.${level}.half`, width, config.halvingPadding))];
  });
}

/** Block, attention, block at the lowest resolution. */
function middlePath(config: UNetConfig): Stage[] {
  const width = config.channels * last(config.multipliers);
  const sizes = blockSizes(config, config.multipliers.length - 1, width, width);
  const attend = attention("middle.attention", width, config.groups, config.heads);
  return [
    resBlock("middle.block1", sizes),
    ...(config.middleAttention ? [ignoringTime(attend)] : []),
    resBlock("middle.block2", sizes),
  ];
}

/** One block more per level than on the way down: each takes one of the images kept there. */
function upPath(config: UNetConfig): UpStage[] {
  const { multipliers, blocks, channels } = config;
  const kept = keptWidths(config);
  let width = channels * last(multipliers);
  const levels = multipliers.map((multiplier, level) => ({ multiplier, level })).reverse();
  return levels.flatMap(({ multiplier, level }) => {
    const stages: UpStage[] = Array.from({ length: blocks + 1 }, (_, i) => {
      const inputs = width + (kept.pop() ?? 0);
      width = channels * multiplier;
      return { stage: block(`up.${level}.${i}`, config, level, inputs, width), joins: true };
    });
    if (level === 0) return stages;
    return [...stages, { stage: ignoringTime(upsample(`up.${level}.double`, width)), joins: false }];
  });
}

/** Channels of the images that the way down keeps, in order: the input's, each block's, each halving's. */
function keptWidths({ multipliers, blocks, channels }: UNetConfig): number[] {
  const levels = multipliers.map((multiplier, level) => {
    const images = level === multipliers.length - 1 ? blocks : blocks + 1;
    return Array<number>(images).fill(channels * multiplier);
  });
  return [channels, ...levels.flat()];
}

/** A residual block, with attention after it where the configuration wants it. */
function block(name: string, config: UNetConfig, level: number, inputs: number, outputs: number): Stage {
  const { groups, heads, attentionAt } = config;
  const res = resBlock(`${name}.block`, blockSizes(config, level, inputs, outputs));
  if (!attentionAt.includes(sideAt(config, level))) return res;
  const attend = attention(`${name}.attention`, outputs, groups, heads);
  return {
    specs: [...res.specs, ...attend.specs],
    masks: res.masks ?? [],
    apply: (params, x, time) => attend.apply(params, res.apply(params, x, time)),
  };
}

function blockSizes(config: UNetConfig, level: number, inputs: number, outputs: number): ResBlockSizes {
  const { groups, scaleShift, dropout: rate } = config;
  const dropout = { rate, side: sideAt(config, level) };
  return { inputs, outputs, time: timeWidth(config), groups, scaleShift, dropout };
}

function ignoringTime(layer: Layer): Stage {
  return { specs: layer.specs, apply: (params, x) => layer.apply(params, x) };
}

function run(stages: readonly Stage[], params: Params, x: tf.Tensor, time: tf.Tensor): tf.Tensor {
  return stages.reduce((h, stage) => stage.apply(params, h, time), x);
}

function join(h: tf.Tensor, kept: tf.Tensor | undefined): tf.Tensor {
  return kept === undefined ? h : tf.concat([h, kept], 3);
}

/** The network is told scale·(t − 1 + firstTime). */
function timeFeatures({ timeOrder, timeScale, firstTime }: UNetConfig): TimeFeatures {
  return { order: timeOrder, scale: timeScale, offset: firstTime - 1 };
}

/** Width of the embedding of t, four times the network's as in the DDPM code. */
function timeWidth({ channels }: UNetConfig): number {
  return 4 * channels;
}

function last<T>(items: readonly T[]): T {
  const item = items.at(-1);
  if (item === undefined) throw new Error("a U-Net has at least one level");
  return item;
}

function checkImages(xt: tf.Tensor, shape: readonly number[]): void {
  const [, ...sample] = xt.shape;
  if (xt.rank !== 4 || sample.some((size, i) => size !== shape[i]))
    throw new InputError(
      `x_t of shape [${xt.shape.join(", ")}]`,
      `[B, ${shape.join(", ")}]`,
      "Give images of the size that the U-Net was made for, or make one for these images.",
    );
}
