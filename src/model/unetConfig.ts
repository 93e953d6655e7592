import { InputError } from "../error.js";

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
}

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
  },
  /** DDPM's network for CIFAR-10 (Ho et al., 2020, appendix B, and its code), without dropout. */
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
  },
} as const satisfies Record<string, UNetConfig>;

/** Refuses a configuration that cannot be built, naming the field. */
export function checkUNetConfig(config: UNetConfig): void {
  const { imageSize, imageChannels, patchSize, channels, multipliers, blocks, attentionAt, groups } = config;
  const counts = { imageSize, imageChannels, patchSize, channels, blocks, groups };
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
  const sides = multipliers.map((_, level) => sideAt(config, level));
  for (const side of attentionAt)
    refuseUnless(
      sides.includes(side),
      `attentionAt contains ${side}`,
      `sides of feature maps: ${sides.join(", ")}`,
    );
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
