/** Configurations of `UNet2DModel` of the Python package diffusers, and ours: which of one are which of the other. */
import { InputError } from "../error.js";
import { sideAt, unetPresets, type UNetConfig } from "./unetConfig.js";

/** What stands in the config.json beside the weights. */
export type DiffusersConfig = Readonly<Record<string, unknown>>;

/** What every network of ours has in `UNet2DModel`, and its own default where a config.json leaves it out. */
const fixed: Readonly<Record<string, { readonly ours: unknown; readonly byDefault: unknown }>> = {
  center_input_sample: { ours: false, byDefault: false },
  time_embedding_type: { ours: "positional", byDefault: "positional" },
  time_embedding_dim: { ours: null, byDefault: null },
  mid_block_type: { ours: "UNetMidBlock2D", byDefault: "UNetMidBlock2D" },
  mid_block_scale_factor: { ours: 1, byDefault: 1 },
  downsample_type: { ours: "conv", byDefault: "conv" },
  upsample_type: { ours: "conv", byDefault: "conv" },
  act_fn: { ours: "silu", byDefault: "silu" },
  norm_eps: { ours: 1e-6, byDefault: 1e-5 },
  class_embed_type: { ours: null, byDefault: null },
  num_class_embeds: { ours: null, byDefault: null },
};

/**
 * The config.json of a `UNet2DModel` that computes what this U-Net computes. With patches that model works on them: cut
 * the images before and join them afterwards.
 * @throws InputError if there is none: a first multiplier other than 1, or several heads at different widths
 */
export function diffusersConfig(config: UNetConfig): DiffusersConfig {
  const { channels, multipliers, blocks, groups, patchSize, imageChannels, learnedVariance } = config;
  if (multipliers[0] !== 1)
    throw unmatched(`multipliers = [${multipliers.join(", ")}]`, "a first multiplier of 1");
  const attention = multipliers.map((_, level) => config.attentionAt.includes(sideAt(config, level)));
  const depth = imageChannels * patchSize ** 2;
  return {
    _class_name: "UNet2DModel",
    ...Object.fromEntries(Object.entries(fixed).map(([name, { ours }]) => [name, ours])),
    sample_size: sideAt(config, 0),
    in_channels: depth,
    out_channels: learnedVariance ? 2 * depth : depth,
    ...TIME[config.timeOrder],
    down_block_types: attention.map((here) => blockType("Down", here)),
    up_block_types: [...attention].reverse().map((here) => blockType("Up", here)),
    block_out_channels: multipliers.map((multiplier) => channels * multiplier),
    layers_per_block: blocks,
    downsample_padding: config.halvingPadding === "around" ? 1 : 0,
    dropout: config.dropout,
    attention_head_dim: headWidth(config, attention),
    norm_num_groups: groups,
    attn_norm_num_groups: groups,
    resnet_time_scale_shift: config.scaleShift ? "scale_shift" : "default",
    add_attention: config.middleAttention,
  };
}

/**
 * The U-Net that computes what a `UNet2DModel` computes, told t − 1 at t as that is.
 * @param config the parsed config.json
 * @throws InputError that names the option if there is none
 */
export function unetConfigFromDiffusers(config: DiffusersConfig): UNetConfig {
  for (const [name, { ours, byDefault }] of Object.entries(fixed)) {
    const value = config[name] ?? byDefault;
    if (value !== ours) throw unmatched(`${name} = ${shown(value)}`, shown(ours));
  }
  const widths = numbers(config, "block_out_channels");
  const channels = widths[0] ?? NaN;
  const imageSize = number(config, "sample_size");
  const attention = attentionLevels(config, widths.length);
  const attentionAt = attention.flatMap((here, level) => (here ? [imageSize / 2 ** level] : []));
  const imageChannels = number(config, "in_channels", 3);
  const middleAttention = (config["add_attention"] ?? true) === true;
  const scaleShift = (config["resnet_time_scale_shift"] ?? "default") === "scale_shift";
  const groups = number(config, "norm_num_groups", 32);
  checkMiddleNorm(config, groups, scaleShift && middleAttention);
  return {
    ...unetPresets.cifar10,
    ...{ imageSize, imageChannels, channels, attentionAt, middleAttention, groups, scaleShift },
    multipliers: widths.map((width) => width / channels),
    blocks: number(config, "layers_per_block", 2),
    heads: headsOf(config, widths, attention, middleAttention),
    dropout: number(config, "dropout", 0),
    learnedVariance: hasLearnedVariance(config, imageChannels),
    halvingPadding: number(config, "downsample_padding", 1) === 1 ? "around" : "after",
    timeOrder: timeOrderOf(config),
  };
}

const TIME = {
  sinCos: { flip_sin_to_cos: false, freq_shift: 1 },
  cosSin: { flip_sin_to_cos: true, freq_shift: 0 },
} as const;

function timeOrderOf(config: DiffusersConfig): "sinCos" | "cosSin" {
  const { flip_sin_to_cos: flip = true, freq_shift: shift = 0 } = config;
  const found = (["sinCos", "cosSin"] as const).find(
    (order) => TIME[order].flip_sin_to_cos === flip && TIME[order].freq_shift === shift,
  );
  if (found !== undefined) return found;
  const what = `flip_sin_to_cos = ${String(flip)} with freq_shift = ${String(shift)}`;
  throw unmatched(what, "false with 1, or true with 0");
}

function blockType(path: "Down" | "Up", attention: boolean): string {
  return `${attention ? "Attn" : ""}${path}Block2D`;
}

/** Which levels have attention; the same on the way down and up. */
function attentionLevels(config: DiffusersConfig, levels: number): readonly boolean[] {
  const [down, up] = [config["down_block_types"], config["up_block_types"]];
  const wanted = Array.isArray(down) ? down.map((type) => type === "AttnDownBlock2D") : [];
  const expected = [wanted.map((here) => blockType("Down", here)), [...wanted].reverse()] as const;
  const upTypes = expected[1].map((here) => blockType("Up", here));
  if (wanted.length === levels && String(down) === String(expected[0]) && String(up) === String(upTypes))
    return wanted;
  throw unmatched(
    `down_block_types = ${String(down)} and up_block_types = ${String(up)}`,
    "DownBlock2D or AttnDownBlock2D for each width, and the same upwards in the other order",
  );
}

/** Channels of one head, or null for one head at every width. */
function headWidth(config: UNetConfig, attention: readonly boolean[]): number | null {
  const { heads, channels, multipliers, middleAttention } = config;
  if (heads === 1) return null;
  const last = multipliers.length - 1;
  const widths = multipliers.filter((_, i) => attention[i] === true || (i === last && middleAttention));
  const different = new Set(widths);
  if (different.size > 1)
    throw unmatched(`${heads} heads at ${different.size} widths`, "one width with attention, or one head");
  return (channels * (widths[0] ?? 1)) / heads;
}

function headsOf(
  config: DiffusersConfig,
  widths: readonly number[],
  attention: readonly boolean[],
  middle: boolean,
): number {
  const { attention_head_dim: headWidth = 8 } = config;
  if (headWidth === null) return 1;
  const attending = widths.filter((_, i) => attention[i] === true || (i === widths.length - 1 && middle));
  const counts = new Set(attending.map((width) => width / Number(headWidth)));
  if (counts.size === 0) return 1;
  const [heads = NaN] = counts;
  if (counts.size === 1 && Number.isInteger(heads)) return heads;
  throw unmatched(
    `attention_head_dim = ${shown(headWidth)} for widths of ${attending.join(", ")}`,
    "the same number of heads everywhere",
  );
}

/** diffusers leaves the middle attention without its norm if scale and shift are on and no groups are given. */
function checkMiddleNorm(config: DiffusersConfig, groups: number, mayBeMissing: boolean): void {
  const given = config["attn_norm_num_groups"] ?? null;
  if (given === groups || (given === null && !mayBeMissing)) return;
  throw unmatched(`attn_norm_num_groups = ${shown(given)}`, `${groups}, as norm_num_groups`);
}

function hasLearnedVariance(config: DiffusersConfig, inputs: number): boolean {
  const outputs = number(config, "out_channels", 3);
  if (outputs === inputs || outputs === 2 * inputs) return outputs === 2 * inputs;
  throw unmatched(`out_channels = ${outputs}`, `${inputs} as in_channels, or twice as many`);
}

function number(config: DiffusersConfig, name: string, byDefault?: number): number {
  const value = config[name] ?? byDefault;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw unmatched(`${name} = ${shown(value)}`, "a number");
}

function numbers(config: DiffusersConfig, name: string): readonly number[] {
  const value = config[name];
  if (Array.isArray(value) && value.every((item) => typeof item === "number")) return value;
  throw unmatched(`${name} = ${shown(value)}`, "a list of numbers");
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function unmatched(what: string, expected: string): InputError {
  return new InputError(what, expected, "Only such networks exist both here and in diffusers.");
}
