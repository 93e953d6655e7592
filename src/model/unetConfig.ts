import { InputError } from "../error.js";
import type { HalvingPadding } from "./resample.js";

/** What decides the architecture of a U-Net; every field is in its checkpoint. */
export interface UNetConfig {
  /** Height and width of the images, in pixels. */
  readonly imageSize: number;
  /** Channels of the images: 1 grey, 3 colours. */
  readonly imageChannels: number;
  /**
   * Side of the square patches of pixels that the network works on as one, 1 for single pixels. With 2 it runs at half the
   * resolution on four times the channels: about a quarter of the work.
   */
  readonly patchSize: number;
  /** Width of the network at the first level. */
  readonly channels: number;
  /** Width of each level as a multiple of `channels`; each level after the first has half the resolution. */
  readonly multipliers: readonly number[];
  /** Residual blocks per level on the way down; one more on the way up. */
  readonly blocks: number;
  /** Sides of the feature maps that get self-attention after each block, e.g. [14]. */
  readonly attentionAt: readonly number[];
  /** Whether the middle block, at the lowest resolution, has self-attention. */
  readonly middleAttention: boolean;
  /** Groups of every GroupNorm; a divisor of every width. */
  readonly groups: number;
  /** Heads of every self-attention; a divisor of every width that has it. */
  readonly heads: number;
  /** Share of the elements that training drops before the second convolution of each block, in [0, 1). */
  readonly dropout: number;
  /** Whether the embedding of t scales and shifts the normalised image, or is only added before the normalisation. */
  readonly scaleShift: boolean;
  /** Whether the output has twice the channels of an image: the second half says how wide the reverse step is. */
  readonly learnedVariance: boolean;
  /** Where the strided convolutions put their zeros. */
  readonly halvingPadding: HalvingPadding;
  /** Order and frequencies of the features of t. */
  readonly timeOrder: "sinCos" | "cosSin";
  /** What the network is told at t = 1: 1, as the papers count, or 0, as their code does. */
  readonly firstTime: 0 | 1;
  /** What that count is multiplied by; 1000/T lets networks for any T see times up to 1000 (Improved DDPM). */
  readonly timeScale: number;
}

/** What a configuration means that does not say: one from before there was a choice. */
const plain = {
  heads: 1,
  dropout: 0,
  scaleShift: false,
  learnedVariance: false,
  halvingPadding: "after",
  timeOrder: "sinCos",
  firstTime: 1,
  timeScale: 1,
} as const;

/** The architectures that are referred to by name. */
export const unetPresets = {
  /** For two cores and a few minutes. */
  tiny: {
    imageSize: 28,
    imageChannels: 1,
    patchSize: 2,
    channels: 32,
    multipliers: [1, 2],
    blocks: 1,
    attentionAt: [7],
    middleAttention: true,
    groups: 8,
    ...plain,
  },
  /** Three quarters of a million parameters, for 28×28 grey images. */
  mnist: {
    imageSize: 28,
    imageChannels: 1,
    patchSize: 1,
    channels: 32,
    multipliers: [1, 1, 2],
    blocks: 1,
    attentionAt: [14],
    middleAttention: true,
    groups: 8,
    ...plain,
  },
  /**
   * DDPM's network for CIFAR-10 (Ho et al., 2020, appendix B, and its code), 35.7 million parameters. For T = 1000,
   * linear, predicting ε, with the variance "fixedLarge".
   */
  cifar10: {
    imageSize: 32,
    imageChannels: 3,
    patchSize: 1,
    channels: 128,
    multipliers: [1, 2, 2, 2],
    blocks: 2,
    attentionAt: [16],
    middleAttention: true,
    groups: 32,
    ...plain,
    dropout: 0.1,
    firstTime: 0,
  },
  /**
   * Improved DDPM's network for CIFAR-10 (Nichol & Dhariwal, 2021, and its code), 52.5 million parameters. For T = 4000,
   * cosine, predicting ε, with the variance "learnedRange".
   */
  improved: {
    imageSize: 32,
    imageChannels: 3,
    patchSize: 1,
    channels: 128,
    multipliers: [1, 2, 2, 2],
    blocks: 3,
    attentionAt: [16, 8],
    middleAttention: true,
    groups: 32,
    heads: 4,
    dropout: 0.3,
    scaleShift: true,
    learnedVariance: true,
    halvingPadding: "around",
    timeOrder: "cosSin",
    firstTime: 0,
    timeScale: 0.25,
  },
} as const satisfies Record<string, UNetConfig>;

/** Refuses a configuration that cannot be built, naming the field. */
export function checkUNetConfig(config: UNetConfig): void {
  const { imageSize, imageChannels, patchSize, channels, multipliers, blocks, attentionAt, groups } = config;
  const { heads, dropout, timeScale } = config;
  const counts = { imageSize, imageChannels, patchSize, channels, blocks, groups, heads };
  for (const [name, value] of Object.entries(counts))
    refuseUnless(isCount(value), `${name} = ${value}`, "a whole number of at least 1");
  refuseUnless(
    multipliers.length > 0 && multipliers.every(isCount),
    `multipliers = [${multipliers.join(", ")}]`,
    "one whole number of at least 1 per level",
  );
  const shrink = patchSize * 2 ** (multipliers.length - 1);
  refuseUnless(
    imageSize % shrink === 0,
    `imageSize = ${imageSize} with patchSize = ${patchSize} and ${multipliers.length} levels`,
    `a multiple of ${shrink}, because each level after the first halves the image`,
  );
  refuseUnless(
    channels % 2 === 0 && channels >= 4,
    `channels = ${channels}`,
    "an even number of at least 4, half sines and half cosines of t",
  );
  refuseUnless(
    channels % groups === 0,
    `groups = ${groups} with channels = ${channels}`,
    "a divisor of the number of channels",
  );
  refuseUnless(dropout >= 0 && dropout < 1, `dropout = ${dropout}`, "a number from 0 to below 1");
  refuseUnless(
    timeScale > 0 && timeScale < Infinity,
    `timeScale = ${timeScale}`,
    "a positive number, 1000/T or 1",
  );
  checkChoices(config);
  const sides = multipliers.map((_, level) => sideAt(config, level));
  for (const side of attentionAt)
    refuseUnless(
      sides.includes(side),
      `attentionAt contains ${side}`,
      `sides of feature maps: ${sides.join(", ")}`,
    );
}

/** The fields with few values, which a checkpoint's or a caller's JSON may have wrong. */
function checkChoices({ halvingPadding, timeOrder, firstTime }: UNetConfig): void {
  const choices = [
    { name: "halvingPadding", value: halvingPadding, allowed: ["after", "around"] },
    { name: "timeOrder", value: timeOrder, allowed: ["sinCos", "cosSin"] },
    { name: "firstTime", value: firstTime, allowed: [0, 1] },
  ];
  for (const { name, value, allowed } of choices)
    refuseUnless((allowed as unknown[]).includes(value), `${name} = ${value}`, allowed.join(" or "));
}

/** Height and width of the feature maps of a level, counted from 0. */
export function sideAt({ imageSize, patchSize }: UNetConfig, level: number): number {
  return imageSize / patchSize / 2 ** level;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}

function refuseUnless(ok: boolean, what: string, expected: string): void {
  if (!ok) throw new InputError(what, expected, "Correct the configuration of the U-Net.");
}
