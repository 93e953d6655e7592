/**
 * The wire format of the Jupyter messaging protocol 5.4: routing identities, a delimiter, a signature and
 * four JSON frames (https://jupyter-client.readthedocs.io/en/latest/messaging.html#the-wire-protocol).
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { inspect } from "node:util";
import { isJson, type Json } from "../contract.js";

export const protocolVersion = "5.4";

export interface Header extends Json {
  readonly msg_id: string;
  readonly msg_type: string;
}

/** A request as it came in: signed by the client and well formed. */
export interface Message {
  /** Where an answer on the same socket goes. */
  readonly identities: readonly Buffer[];
  readonly header: Header;
  readonly content: Json;
}

/** A message to be sent. `parent` is the header of the request that caused it. */
export interface Outgoing {
  readonly identities: readonly Buffer[];
  readonly type: string;
  readonly parent: Json;
  readonly content: Json;
  readonly metadata?: Json;
}

const delimiter = Buffer.from("<IDS|MSG>");
const jsonFrames = 4;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Signs frames with HMAC-SHA256; an empty key means an unsigned session, as the protocol has it. */
export function sign(key: string, frames: readonly Buffer[]): string {
  if (key === "") return "";
  const mac = createHmac("sha256", key);
  for (const frame of frames) mac.update(frame);
  return mac.digest("hex");
}

/**
 * Reads one multipart message. Returns undefined for whatever is not a correctly signed, well-formed
 * message: such a message has no trustworthy sender to answer, so the caller drops it.
 */
export function readMessage(key: string, frames: readonly Buffer[]): Message | undefined {
  const at = frames.findIndex((frame) => frame.equals(delimiter));
  const signature = frames[at + 1];
  const body = frames.slice(at + 2, at + 2 + jsonFrames);
  if (at < 0 || signature === undefined || body.length < jsonFrames) return undefined;
  if (!sameText(signature, Buffer.from(sign(key, body)))) return undefined;
  const [header, , , content] = body.map(parseObject);
  if (header === undefined || content === undefined || !isHeader(header)) return undefined;
  return { identities: frames.slice(0, at), header, content };
}

/** The frames of a message, with a header of its own. */
export function writeMessage(key: string, session: string, message: Outgoing): Buffer[] {
  const header = {
    msg_id: randomUUID(),
    msg_type: message.type,
    session,
    username: "kernel",
    date: new Date().toISOString(),
    version: protocolVersion,
  };
  const body = [header, message.parent, message.metadata ?? {}, message.content].map((part) =>
    Buffer.from(wellFormed(JSON.stringify(part))),
  );
  return [...message.identities, delimiter, Buffer.from(sign(key, body)), ...body];
}

/**
 * Half of a surrogate pair is no Unicode: a client could not save it. JSON.stringify writes it as an escape, and
 * whole pairs as they are.
 */
function wellFormed(json: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(json)) return json;
  return json.replace(/\\(?:u[dD][89a-fA-F][0-9a-fA-F]{2}|[^])/g, (escape) =>
    escape.length > 2 ? "\\ufffd" : escape,
  );
}

function sameText(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function isHeader(value: Json): value is Header {
  return typeof value["msg_id"] === "string" && typeof value["msg_type"] === "string";
}

function parseObject(frame: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(utf8.decode(frame));
    return isJson(value) ? value : undefined;
  } catch (error) {
    // Not UTF-8 (TypeError), or not JSON.
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The client asks for something that makes no sense. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

/** The text that a request is about. @throws BadRequest */
export function codeOf({ header, content }: Message): string {
  const { code } = content;
  if (typeof code === "string") return code;
  throw new BadRequest(`code = ${inspect(code, { depth: 0 })} in ${header.msg_type}: expected a text`);
}

/** A field that should be a text; whatever else is there counts as missing. */
export function textField(from: Json, name: string, missing = ""): string {
  const value = from[name];
  return typeof value === "string" ? value : missing;
}
