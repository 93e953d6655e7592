/**
 * Font tables packed as WOFF2 (W3C, WOFF File Format 2.0): a directory and one stream of Brotli. Glyphs are stored as
 * they are (the "null transform" of section 5), which every reader of WOFF2 understands.
 */
import { brotliCompressSync, constants } from "node:zlib";

export interface FontTable {
  /** Four letters: `glyf`, `OS/2`. */
  readonly tag: string;
  readonly data: Buffer;
}

/** Tags that the directory writes as a number (section 4.1); of the list, those that occur here. */
const knownTags: Readonly<Record<string, number>> = {
  cmap: 0,
  head: 1,
  hhea: 2,
  hmtx: 3,
  maxp: 4,
  name: 5,
  "OS/2": 6,
  post: 7,
  glyf: 10,
  loca: 11,
};

/** @param tables in any order; `glyf` comes before `loca`, as section 5 asks */
export function packWoff2(tables: readonly FontTable[]): Buffer {
  const sorted = [...tables].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  const stream = brotliCompressSync(Buffer.concat(sorted.map(({ data }) => data)), {
    params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_FONT },
  });
  const directory = Buffer.concat(sorted.map(directoryEntry));
  const header = Buffer.alloc(48);
  const length = aligned(header.length + directory.length + stream.length);
  header.write("wOF2", 0, "latin1");
  header.writeUInt32BE(0x00010000, 4); // TrueType outlines
  header.writeUInt32BE(length, 8);
  header.writeUInt16BE(sorted.length, 12);
  header.writeUInt32BE(unpackedLength(sorted), 16);
  header.writeUInt32BE(stream.length, 20);
  header.writeUInt16BE(1, 24); // version 1.0 of the font
  const packed = Buffer.concat([header, directory, stream]);
  return Buffer.concat([packed, Buffer.alloc(length - packed.length)]);
}

function directoryEntry({ tag, data }: FontTable): Buffer {
  const known = knownTags[tag];
  const isOutline = tag === "glyf" || tag === "loca";
  const flags = (known ?? 63) | (isOutline ? 3 << 6 : 0);
  return Buffer.concat([
    Buffer.from([flags]),
    known === undefined ? Buffer.from(tag, "latin1") : Buffer.alloc(0),
    base128(data.length),
  ]);
}

/** Seven bits a byte, the highest first; the top bit says that another byte follows. */
function base128(value: number): Buffer {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
  return Buffer.from(bytes);
}

/** As a TrueType file: a header of 12 bytes, 16 a table, and the tables at multiples of four. */
function unpackedLength(tables: readonly FontTable[]): number {
  return 12 + tables.reduce((sum, { data }) => sum + 16 + aligned(data.length), 0);
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4;
}
