/** Residual block, U-Net and MLP in double precision, from the layers of layers.ts. */
import type { MlpConfig } from "../../../src/model/mlp.js";
import type { UNetConfig } from "../../../src/model/unetConfig.js";
import { add64, type Array64, at, map64, type Params64 } from "./array.js";
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

export function resBlock64(
  params: Params64,
  name: string,
  x: Array64,
  time: Array64,
  groups: number,
): Array64 {
  const shift = dense64(params, `${name}.time`, time);
  const channels = shift.shape[1] ?? 0;
  const h1 = conv64(params, `${name}.conv1`, silu64(groupNorm64(params, `${name}.norm1`, x, groups)));
  const pixels = h1.data.length / shift.data.length;
  const h2 = map64(
    h1,
    (value, i) => value + at(shift, Math.floor(i / channels / pixels) * channels + (i % channels)),
  );
  const h3 = conv64(params, `${name}.conv2`, silu64(groupNorm64(params, `${name}.norm2`, h2, groups)));
  const direct = `${name}.shortcut.kernel` in params ? dense64(params, `${name}.shortcut`, x) : x;
  return add64(direct, h3);
}

export function unet64(params: Params64, config: UNetConfig, xt: Array64, t: ArrayLike<number>): Array64 {
  const { channels, multipliers, blocks, groups } = config;
  const time = silu64(timeEmbedding64(params, "time", timestepFeatures64(t, channels)));
  const block = (name: string, x: Array64): Array64 => {
    const h = resBlock64(params, `${name}.block`, x, time, groups);
    return `${name}.attention.query.kernel` in params
      ? attention64(params, `${name}.attention`, h, groups)
      : h;
  };
  let h = conv64(params, "input", toPatches64(xt, config.patchSize));
  const kept = [h];
  for (let level = 0; level < multipliers.length; level += 1) {
    for (let i = 0; i < blocks; i += 1) kept.push((h = block(`down.${level}.${i}`, h)));
    if (level < multipliers.length - 1) kept.push((h = conv64(params, `down.${level}.half`, h, 2)));
  }
  h = resBlock64(params, "middle.block1", h, time, groups);
  if (config.middleAttention) h = attention64(params, "middle.attention", h, groups);
  h = resBlock64(params, "middle.block2", h, time, groups);
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
