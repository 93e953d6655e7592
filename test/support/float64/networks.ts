/** Residual block, U-Net and MLP in double precision, from the layers of layers.ts. */
import type { MlpConfig } from "../../../src/model/mlp.js";
import type { UNetConfig } from "../../../src/model/unetConfig.js";
import { add64, type Array64, at, axes4, map64, type Params64 } from "./array.js";
import {
  attention64,
  concat64,
  conv64,
  dense64,
  double64,
  fromPatches64,
  groupNorm64,
  silu64,
  timeEmbedding64,
  timestepFeatures64,
  toPatches64,
} from "./layers.js";

/** @param rate of dropout, where `params` has its mask */
export function resBlock64(
  params: Params64,
  name: string,
  x: Array64,
  time: Array64,
  groups: number,
  { scaleShift = false, rate = 0 } = {},
): Array64 {
  const ofTime = dense64(params, `${name}.time`, time);
  const h1 = conv64(params, `${name}.conv1`, silu64(groupNorm64(params, `${name}.norm1`, x, groups)));
  const [batch, , , channels] = axes4(h1);
  const perImage = h1.data.length / batch;
  /** Number `i` of the embedding, for the image and the channel of place `place`. */
  const timeAt = (place: number, first: number): number =>
    at(ofTime, Math.floor(place / perImage) * (ofTime.shape[1] ?? 0) + first + (place % channels));
  const normalise = (h: Array64): Array64 => groupNorm64(params, `${name}.norm2`, h, groups);
  const h2 = scaleShift
    ? map64(normalise(h1), (value, i) => value * (1 + timeAt(i, 0)) + timeAt(i, channels))
    : normalise(map64(h1, (value, i) => value + timeAt(i, 0)));
  const mask = params[`${name}.dropout`];
  const kept = mask ? map64(silu64(h2), (value, i) => (value * at(mask, i)) / (1 - rate)) : silu64(h2);
  const h3 = conv64(params, `${name}.conv2`, kept);
  const direct = `${name}.shortcut.kernel` in params ? dense64(params, `${name}.shortcut`, x) : x;
  return add64(direct, h3);
}

export function unet64(params: Params64, config: UNetConfig, xt: Array64, t: ArrayLike<number>): Array64 {
  const { channels, multipliers, blocks, groups, heads } = config;
  const told = Array.from(t, (step) => config.timeScale * (step - 1 + config.firstTime));
  const features = timestepFeatures64(told, channels, config.timeOrder === "cosSin");
  const time = silu64(timeEmbedding64(params, "time", features));
  const resBlock = (name: string, x: Array64): Array64 =>
    resBlock64(params, name, x, time, groups, { scaleShift: config.scaleShift, rate: config.dropout });
  const block = (name: string, x: Array64): Array64 => {
    const h = resBlock(`${name}.block`, x);
    return `${name}.attention.query.kernel` in params
      ? attention64(params, `${name}.attention`, h, groups, heads)
      : h;
  };
  let h = conv64(params, "input", toPatches64(xt, config.patchSize));
  const kept = [h];
  for (let level = 0; level < multipliers.length; level += 1) {
    for (let i = 0; i < blocks; i += 1) kept.push((h = block(`down.${level}.${i}`, h)));
    if (level < multipliers.length - 1) {
      h = conv64(params, `down.${level}.half`, h, 2, config.halvingPadding === "around");
      kept.push(h);
    }
  }
  h = resBlock("middle.block1", h);
  if (config.middleAttention) h = attention64(params, "middle.attention", h, groups, heads);
  h = resBlock("middle.block2", h);
  for (let level = multipliers.length - 1; level >= 0; level -= 1) {
    for (let i = 0; i <= blocks; i += 1) {
      const image = kept.pop();
      if (image === undefined) throw new Error("nothing kept");
      h = block(`up.${level}.${i}`, concat64(h, image));
    }
    if (level > 0) h = conv64(params, `up.${level}.double`, double64(h));
  }
  const patches = conv64(params, "output.conv", silu64(groupNorm64(params, "output.norm", h, groups)));
  return fromPatches64(patches, config.patchSize);
}

export function mlp64(params: Params64, config: MlpConfig, xt: Array64, t: ArrayLike<number>): Array64 {
  const time = silu64(timeEmbedding64(params, "time", timestepFeatures64(t, config.width)));
  let h = dense64(params, "input", xt);
  for (let i = 0; i < config.depth; i += 1) {
    const shifted = add64(h, dense64(params, `hidden.${i}.time`, time));
    h = add64(h, dense64(params, `hidden.${i}.dense`, silu64(shifted)));
  }
  return dense64(params, "output", silu64(h));
}
