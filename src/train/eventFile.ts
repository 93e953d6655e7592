/**
 * TensorBoard's event files: records of TensorFlow (length, its checksum, data, their checksum; core/lib/io/record_writer.h)
 * whose data are `Event` messages in Protocol Buffers (core/util/event.proto, core/framework/summary.proto).
 */
import { join } from "node:path";
import { openAppend } from "./appendFile.js";
import { maskedCrc32c } from "./crc32c.js";

/** A picture for TensorBoard. */
export interface EventImage {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface EventFile {
  readonly path: string;
  /** Numbers of a step by name. */
  scalars(step: number, values: Readonly<Record<string, number>>): void;
  image(step: number, tag: string, image: EventImage): void;
  close(): void;
}

/**
 * Begins an event file in `folder`. Where a run goes on after `step`, TensorBoard is told to drop what it has of later steps.
 * @param now the time in milliseconds since 1970
 * @throws InputError if the file cannot be written
 */
export function openEventFile(folder: string, step: number, now: () => number = Date.now): EventFile {
  const name = `events.out.tfevents.${Math.floor(now() / 1000)}.workbook.${String(step).padStart(8, "0")}`;
  const file = openAppend(join(folder, name));
  const write = (step: number, content: Uint8Array): void =>
    file.write(record(concat(double(1, now() / 1000), integer(2, step), content)));
  write(0, bytes(3, text("brain.Event:2")));
  // SessionLog with status START: readers purge what they hold from this step on.
  if (step > 0) write(step + 1, bytes(7, integer(1, 1)));
  return {
    path: file.path,
    scalars: (step, values) => {
      const all = Object.entries(values).map(([tag, value]) =>
        bytes(1, concat(bytes(1, text(tag)), float(2, value))),
      );
      write(step, bytes(5, concat(...all)));
    },
    image: (step, tag, { png, width, height }) => {
      const RGBA = 4;
      const image = concat(integer(1, height), integer(2, width), integer(3, RGBA), bytes(4, png));
      write(step, bytes(5, bytes(1, concat(bytes(1, text(tag)), bytes(4, image)))));
    },
    close: file.close,
  };
}

/** A record around its data. */
function record(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return concat(length, uint32(maskedCrc32c(length)), data, uint32(maskedCrc32c(data)));
}

// Fields of Protocol Buffers: a key (number · 8 + wire type), then the value.

function integer(field: number, value: number): Uint8Array {
  return concat(varint(field * 8), varint(value));
}

function double(field: number, value: number): Uint8Array {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setFloat64(0, value, true);
  return concat(varint(field * 8 + 1), data);
}

function bytes(field: number, value: Uint8Array): Uint8Array {
  return concat(varint(field * 8 + 2), varint(value.length), value);
}

function float(field: number, value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setFloat32(0, value, true);
  return concat(varint(field * 8 + 5), data);
}

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
function varint(value: number): Uint8Array {
  const digits: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) digits.push((rest % 128) + 128);
  return Uint8Array.from([...digits, rest]);
}

function uint32(value: number): Uint8Array {
  const data = new Uint8Array(4);
  new DataView(data.buffer).setUint32(0, value, true);
  return data;
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function concat(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
