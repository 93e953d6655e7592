/** Messages of the wire protocol as the frames that a client sends: signed, forged and damaged. */
import { createHmac } from "node:crypto";
import type { Random } from "../../src/random/random.js";
import type { Frames } from "./client.js";

/** Header, parent header, metadata and content, as they are on the wire. */
export type Parts = readonly [header: Part, parent: Part, metadata: Part, content: Part];
type Part = string | Buffer;

const delimiter = Buffer.from("<IDS|MSG>");

export function partsOf(
  id: string,
  type: string,
  content: object,
): readonly [string, string, string, string] {
  const header = { msg_id: id, msg_type: type, username: "fuzz", session: "fuzz", version: "5.3" };
  const date = "2026-01-01T00:00:00.000000Z";
  return [JSON.stringify({ ...header, date }), "{}", "{}", JSON.stringify(content)];
}

export function signature(key: string, parts: readonly Part[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

export function framed(signed: string, parts: Parts): Buffer[] {
  return [delimiter, Buffer.from(signed), ...parts.map((part) => Buffer.from(part))];
}

export function signedFrames(key: string, parts: Parts): Buffer[] {
  return framed(signature(key, parts), parts);
}

/** Whole messages whose signature is none, or not theirs. */
export function forged(key: string, parts: Parts): Frames[] {
  const [header, parent, metadata, content] = parts;
  const right = signature(key, parts);
  const wrong = [
    "",
    "0",
    right.slice(0, 32),
    right.slice(0, -1),
    `${right}0`,
    right + right,
    right.toUpperCase(),
    "0".repeat(64),
    signature("", parts),
    signature(`${key} `, parts),
    signature(key, [content]),
    signature(key, parts.slice(0, 3)),
    createHmac("sha1", key).update(parts.join("")).digest("hex"),
    createHmac("sha256", key).update(parts.join("")).digest("base64"),
  ];
  return [
    ...wrong.map((one) => framed(one, parts)),
    framed(right, [header, parent, metadata, `${content.toString()} `]),
    framed(right, [header, parent, content, metadata]),
    framed(right, [header.toString().replace("fuzz", "Fuzz"), parent, metadata, content]),
  ];
}

/** What is left of a message when frames are missing or empty, and a few that never were one. */
export function truncated(frames: Frames): Frames[] {
  const empty = Buffer.alloc(0);
  return [
    ...frames.slice(1).map((_, count) => frames.slice(0, count + 1)),
    ...frames.slice(1).map((_, first) => frames.slice(first + 1)),
    ...frames.map((_, at) => replaced(frames, at, empty)),
    ...frames.map((_, at) => frames.filter((_, other) => other !== at)),
    [delimiter, ...frames],
    [delimiter, delimiter],
    ...[1, 2, 6, 7].map((count) => Array.from({ length: count }, () => empty)),
    [Buffer.from("hello")],
    [...frames].reverse(),
  ];
}

/** The message with one byte of its signature or of a signed part changed, added or removed. */
export function damaged(random: Random, frames: Frames): Frames {
  const at = random.integer(1, 5);
  const frame = frames[at] ?? Buffer.alloc(0);
  const place = random.integer(0, frame.length - 1);
  const byte = Buffer.from([(frame[place] ?? 0) ^ random.integer(1, 255)]);
  const [before, after] = [frame.subarray(0, place), frame.subarray(place + random.integer(0, 1))];
  // Adding a byte always changes the frame; replacing one does, too, because it differs.
  const changed = random.uniform() < 0.25 ? [before, frame.subarray(place + 1)] : [before, byte, after];
  return replaced(frames, at, Buffer.concat(changed));
}

export function withPart(parts: Parts, at: number, by: Part): Parts {
  const [header, parent, metadata, content] = parts.map((part, other) => (other === at ? by : part));
  return [header ?? "", parent ?? "", metadata ?? "", content ?? ""];
}

function replaced(frames: Frames, at: number, by: Buffer): Frames {
  return frames.map((frame, other) => (other === at ? by : frame));
}
