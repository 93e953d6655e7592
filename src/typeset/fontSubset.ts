/**
 * A TrueType font cut down to the glyphs of some characters (OpenType specification, chapters `glyf`, `loca`, `cmap`).
 * Glyphs keep their numbers; those that are not needed become empty, which costs next to nothing once compressed. Kerning,
 * ligatures and hints are left out: KaTeX places each sign by itself.
 */
import { packWoff2, type FontTable } from "./woff2.js";

/**
 * @param file a TrueType file
 * @param characters characters that the font does not have are passed over; only the Basic Multilingual Plane counts
 * @returns the font as WOFF2, or undefined if it has none of the characters
 */
export function subsetFont(file: Buffer, characters: Iterable<string>): Buffer | undefined {
  const tables = readTables(file);
  const table = (tag: string): Buffer => {
    const data = tables.get(tag);
    if (data === undefined) throw new Error(`the font has no table ${tag}`);
    return data;
  };
  const mapping = readCharacterMap(table("cmap"));
  const kept = new Map<number, number>();
  for (const character of characters) {
    const code = character.codePointAt(0) ?? 0;
    const glyph = mapping(code);
    if (glyph !== 0) kept.set(code, glyph);
  }
  if (kept.size === 0) return undefined;
  const [head, maxp] = [Buffer.from(table("head")), table("maxp")];
  const count = maxp.readUInt16BE(4);
  const outline = readOutlines(table("glyf"), table("loca"), head.readInt16BE(50) === 1);
  const glyphs = new Set([0, ...kept.values()]);
  const { glyf, loca } = writeOutlines(count, glyphs, outline);
  head.writeInt16BE(1, 50); // long offsets
  const hhea = table("hhea");
  return packWoff2([
    ...["OS/2", "name"].map((tag): FontTable => ({ tag, data: table(tag) })),
    { tag: "cmap", data: writeCharacterMap(kept) },
    { tag: "glyf", data: glyf },
    { tag: "head", data: head },
    { tag: "hhea", data: hhea },
    { tag: "hmtx", data: keepMetrics(table("hmtx"), hhea.readUInt16BE(34), glyphs) },
    { tag: "loca", data: loca },
    { tag: "maxp", data: maxp },
    { tag: "post", data: withoutGlyphNames(table("post")) },
  ]);
}

function readTables(file: Buffer): ReadonlyMap<string, Buffer> {
  const count = file.readUInt16BE(4);
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const entry = 12 + 16 * index;
      const [offset, length] = [file.readUInt32BE(entry + 8), file.readUInt32BE(entry + 12)];
      return [file.toString("latin1", entry, entry + 4), file.subarray(offset, offset + length)];
    }),
  );
}

/** The glyph of a code point by the subtable of format 4 for Windows and Unicode; 0 if there is none. */
function readCharacterMap(cmap: Buffer): (code: number) => number {
  const records = Array.from({ length: cmap.readUInt16BE(2) }, (_, index) => 4 + 8 * index);
  const record = records.find((at) => cmap.readUInt16BE(at) === 3 && cmap.readUInt16BE(at + 2) === 1);
  const start = record === undefined ? undefined : cmap.readUInt32BE(record + 4);
  if (start === undefined || cmap.readUInt16BE(start) !== 4)
    throw new Error("the font has no cmap of format 4");
  const size = cmap.readUInt16BE(start + 6);
  const [ends, starts] = [start + 14, start + 16 + size];
  const [deltas, ranges] = [starts + size, starts + 2 * size];
  return (code) => {
    for (let at = 0; at < size; at += 2) {
      if (cmap.readUInt16BE(ends + at) < code) continue;
      const first = cmap.readUInt16BE(starts + at);
      if (first > code) return 0;
      const range = cmap.readUInt16BE(ranges + at);
      const delta = cmap.readUInt16BE(deltas + at);
      if (range === 0) return (code + delta) & 0xffff;
      const glyph = cmap.readUInt16BE(ranges + at + range + 2 * (code - first));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

/** One segment for each character, in format 4. */
function writeCharacterMap(kept: ReadonlyMap<number, number>): Buffer {
  const pairs = [...kept].sort(([a], [b]) => a - b);
  const segments = [
    ...pairs.map(([code, glyph]) => [code, (glyph - code) & 0xffff] as const),
    [0xffff, 1] as const,
  ];
  const count = segments.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const codes = segments.map(([code]) => code);
  const words = [
    ...[0, 1, 3, 1, 0, 12], // one subtable, for Windows and Unicode, at byte 12
    ...[4, 16 + 8 * count, 0, 2 * count, 2 * power, Math.log2(power), 2 * (count - power)],
    ...[...codes, 0, ...codes],
    ...segments.map(([, delta]) => delta),
    ...segments.map(() => 0),
  ];
  const data = Buffer.alloc(2 * words.length);
  words.forEach((word, index) => data.writeUInt16BE(word, 2 * index));
  return data;
}

/** The description of a glyph; empty for a space. */
type Outlines = (glyph: number) => Buffer;

function readOutlines(glyf: Buffer, loca: Buffer, isLong: boolean): Outlines {
  const offset = (index: number): number =>
    isLong ? loca.readUInt32BE(4 * index) : 2 * loca.readUInt16BE(2 * index);
  return (glyph) => withoutHints(glyf.subarray(offset(glyph), offset(glyph + 1)));
}

/**
 * A glyph without its instructions, which make up a third of it.
 * @throws Error if it is put together from other glyphs; no font of KaTeX has such
 */
function withoutHints(outline: Buffer): Buffer {
  if (outline.length === 0) return outline;
  if (outline.readInt16BE(0) < 0)
    throw new Error("a glyph is put together from others, which is not supported");
  const at = 10 + 2 * outline.readInt16BE(0);
  const after = at + 2 + outline.readUInt16BE(at);
  return Buffer.concat([outline.subarray(0, at), Buffer.alloc(2), outline.subarray(after)]);
}

function writeOutlines(
  count: number,
  kept: ReadonlySet<number>,
  outline: Outlines,
): { glyf: Buffer; loca: Buffer } {
  const loca = Buffer.alloc(4 * (count + 1));
  const parts: Buffer[] = [];
  let length = 0;
  for (let glyph = 0; glyph < count; glyph++) {
    if (kept.has(glyph)) {
      const part = outline(glyph);
      parts.push(part, Buffer.alloc((4 - (part.length % 4)) % 4));
      length += Math.ceil(part.length / 4) * 4;
    }
    loca.writeUInt32BE(length, 4 * (glyph + 1));
  }
  return { glyf: Buffer.concat(parts), loca };
}

/** Zeros for glyphs that are not kept; after `full` pairs of width and bearing, glyphs have a bearing only. */
function keepMetrics(hmtx: Buffer, full: number, kept: ReadonlySet<number>): Buffer {
  const data = Buffer.alloc(hmtx.length);
  // The last width holds for all glyphs after it.
  for (const glyph of [...kept, full - 1]) {
    const [at, size] = glyph < full ? [4 * glyph, 4] : [4 * full + 2 * (glyph - full), 2];
    hmtx.copy(data, at, at, at + size);
  }
  return data;
}

/** Version 3 of the table, which has no names. */
function withoutGlyphNames(post: Buffer): Buffer {
  const data = Buffer.from(post.subarray(0, 32));
  data.writeUInt32BE(0x00030000, 0);
  return data;
}
