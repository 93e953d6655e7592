/** The layers of src/model a second time: plain loops in double precision, written from their definitions. */
import { add64, type Array64, at, axes4, get, map64, type Params64, size, zeros64 } from "./array.js";

export function silu64(x: Array64): Array64 {
  return map64(x, (value) => value / (1 + Math.exp(-value)));
}

/** [..., I] → [..., O]. */
export function dense64(params: Params64, name: string, x: Array64): Array64 {
  const kernel = get(params, `${name}.kernel`);
  const bias = get(params, `${name}.bias`);
  const [inputs = 0, outputs = 0] = kernel.shape;
  const y = zeros64([...x.shape.slice(0, -1), outputs]);
  for (let row = 0; row < x.data.length / inputs; row += 1)
    for (let o = 0; o < outputs; o += 1) {
      let sum = at(bias, o);
      for (let i = 0; i < inputs; i += 1) sum += at(x, row * inputs + i) * at(kernel, i * outputs + o);
      y.data[row * outputs + o] = sum;
    }
  return y;
}

/**
 * 3×3 with "same" padding: what does not fit evenly is added at the bottom and on the right. With `around` there is one
 * row and column of zeros on every side, whatever the stride (PyTorch's padding=1).
 */
export function conv64(params: Params64, name: string, x: Array64, stride = 1, around = false): Array64 {
  const kernel = get(params, `${name}.kernel`);
  const bias = get(params, `${name}.bias`);
  const [side = 0, , inputs = 0, outputs = 0] = kernel.shape;
  const [batch, height, width] = axes4(x);
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const top = around ? 1 : Math.floor(Math.max(0, (rows - 1) * stride + side - height) / 2);
  const left = around ? 1 : Math.floor(Math.max(0, (columns - 1) * stride + side - width) / 2);
  const y = zeros64([batch, rows, columns, outputs]);
  for (let b = 0; b < batch; b += 1)
    for (let r = 0; r < rows; r += 1)
      for (let c = 0; c < columns; c += 1)
        for (let o = 0; o < outputs; o += 1) {
          let sum = at(bias, o);
          for (let u = 0; u < side; u += 1)
            for (let v = 0; v < side; v += 1) {
              const [h, w] = [r * stride + u - top, c * stride + v - left];
              if (h < 0 || h >= height || w < 0 || w >= width) continue;
              for (let i = 0; i < inputs; i += 1)
                sum +=
                  at(x, ((b * height + h) * width + w) * inputs + i) *
                  at(kernel, ((u * side + v) * inputs + i) * outputs + o);
            }
          y.data[((b * rows + r) * columns + c) * outputs + o] = sum;
        }
  return y;
}

export function groupNorm64(params: Params64, name: string, x: Array64, groups: number): Array64 {
  const scale = get(params, `${name}.scale`);
  const shift = get(params, `${name}.shift`);
  const [batch, height, width, channels] = axes4(x);
  const perGroup = channels / groups;
  const y = zeros64(x.shape);
  for (let b = 0; b < batch; b += 1)
    for (let g = 0; g < groups; g += 1) {
      const places: number[] = [];
      for (let pixel = 0; pixel < height * width; pixel += 1)
        for (let k = 0; k < perGroup; k += 1)
          places.push((b * height * width + pixel) * channels + g * perGroup + k);
      const mean = places.reduce((sum, i) => sum + at(x, i), 0) / places.length;
      const variance = places.reduce((sum, i) => sum + (at(x, i) - mean) ** 2, 0) / places.length;
      for (const i of places)
        y.data[i] =
          ((at(x, i) - mean) / Math.sqrt(variance + 1e-6)) * at(scale, i % channels) +
          at(shift, i % channels);
    }
  return y;
}

export function attention64(params: Params64, name: string, x: Array64, groups: number, heads = 1): Array64 {
  const [batch, height, width, channels] = axes4(x);
  const perHead = channels / heads;
  const pixels = height * width;
  const h = groupNorm64(params, `${name}.norm`, x, groups);
  const [q, k, v] = ["query", "key", "value"].map((part) => dense64(params, `${name}.${part}`, h)) as [
    Array64,
    Array64,
    Array64,
  ];
  const mixed = zeros64(x.shape);
  for (let place = 0; place < batch * heads * pixels; place += 1) {
    const i = place % pixels;
    const head = Math.floor(place / pixels) % heads;
    const b = Math.floor(place / pixels / heads);
    const of = (pixel: number, c: number): number => (b * pixels + pixel) * channels + head * perHead + c;
    const weights = Array.from({ length: pixels }, (_, j) => {
      let product = 0;
      for (let c = 0; c < perHead; c += 1) product += at(q, of(i, c)) * at(k, of(j, c));
      return Math.exp(product / Math.sqrt(perHead));
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let c = 0; c < perHead; c += 1)
      mixed.data[of(i, c)] = weights.reduce((sum, weight, j) => sum + (weight / total) * at(v, of(j, c)), 0);
  }
  return add64(x, dense64(params, `${name}.projection`, mixed));
}

/** Each pixel four times: [B, H, W, C] → [B, 2H, 2W, C]. */
export function double64(x: Array64): Array64 {
  const [batch, height, width, channels] = axes4(x);
  const y = zeros64([batch, 2 * height, 2 * width, channels]);
  y.data.forEach((_, i) => {
    const c = i % channels;
    const column = Math.floor(i / channels) % (2 * width);
    const row = Math.floor(i / channels / (2 * width)) % (2 * height);
    const b = Math.floor(i / (size(y.shape) / batch));
    y.data[i] = at(x, ((b * height + (row >> 1)) * width + (column >> 1)) * channels + c);
  });
  return y;
}

/** The images with each patch of size×size pixels as one pixel, its own pixels one after another as channels. */
export function toPatches64(x: Array64, side: number): Array64 {
  return rearranged(x, side, "to");
}

export function fromPatches64(x: Array64, side: number): Array64 {
  return rearranged(x, side, "from");
}

function rearranged(x: Array64, side: number, direction: "to" | "from"): Array64 {
  const [batch, height, width, channels] = axes4(x);
  const [rows, columns] = direction === "to" ? [height / side, width / side] : [height, width];
  const depth = direction === "to" ? channels : channels / side ** 2;
  const y = zeros64(
    direction === "to"
      ? [batch, rows, columns, side * side * depth]
      : [batch, rows * side, columns * side, depth],
  );
  for (let b = 0; b < batch; b += 1)
    for (let h = 0; h < rows * side; h += 1)
      for (let w = 0; w < columns * side; w += 1)
        for (let c = 0; c < depth; c += 1) {
          const image = ((b * rows * side + h) * columns * side + w) * depth + c;
          const patch = (b * rows + Math.floor(h / side)) * columns + Math.floor(w / side);
          const inPatch = ((h % side) * side + (w % side)) * depth + c;
          const patches = patch * side * side * depth + inPatch;
          const [to, from] = direction === "to" ? [patches, image] : [image, patches];
          y.data[to] = at(x, from);
        }
  return y;
}

/** The channels of `x`, then those of `y`. */
export function concat64(x: Array64, y: Array64): Array64 {
  const [batch, height, width, first] = axes4(x);
  const second = axes4(y)[3];
  const joined = zeros64([batch, height, width, first + second]);
  for (let pixel = 0; pixel < batch * height * width; pixel += 1) {
    for (let c = 0; c < first; c += 1) joined.data[pixel * (first + second) + c] = at(x, pixel * first + c);
    for (let c = 0; c < second; c += 1)
      joined.data[pixel * (first + second) + first + c] = at(y, pixel * second + c);
  }
  return joined;
}

/**
 * sin(t f_i), then cos(t f_i), with f_i from 1 down to 1/10000 in a geometric row; or cos first, and the row not quite to
 * its end.
 */
export function timestepFeatures64(t: ArrayLike<number>, features: number, cosFirst = false): Array64 {
  const half = features / 2;
  const x = zeros64([t.length, features]);
  for (let b = 0; b < t.length; b += 1)
    for (let i = 0; i < half; i += 1) {
      const angle = (t[b] ?? NaN) * 10_000 ** (-i / (cosFirst ? half : half - 1));
      x.data[b * features + i] = cosFirst ? Math.cos(angle) : Math.sin(angle);
      x.data[b * features + half + i] = cosFirst ? Math.sin(angle) : Math.cos(angle);
    }
  return x;
}

export function timeEmbedding64(params: Params64, name: string, features: Array64): Array64 {
  return dense64(params, `${name}.dense2`, silu64(dense64(params, `${name}.dense1`, features)));
}
