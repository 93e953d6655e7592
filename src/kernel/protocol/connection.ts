/** The connection file that Jupyter hands to a kernel: where to listen, and the key that signs messages. */
import { readFileSync } from "node:fs";
import { InputError } from "../../error.js";
import { isJson, type Json } from "../contract.js";

export const channels = ["shell", "control", "iopub", "stdin", "hb"] as const;
export type Channel = (typeof channels)[number];

export interface Connection {
  readonly key: string;
  /** ZeroMQ addresses, e.g. `tcp://127.0.0.1:5555`. */
  readonly address: Readonly<Record<Channel, string>>;
  /** `shell_port` and so on, as in the file. */
  readonly ports: Json;
}

const remedy = "Start the kernel from Jupyter, which writes this file.";

export function readConnection(path: string): Connection {
  const info: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isJson(info)) throw new InputError(`connection file ${path}`, "a JSON object", remedy);
  const { transport, ip, key, signature_scheme: scheme } = info;
  if (typeof transport !== "string" || typeof ip !== "string" || typeof key !== "string") {
    throw new InputError(`connection file ${path}`, "the texts transport, ip and key", remedy);
  }
  if (key !== "" && scheme !== "hmac-sha256") {
    throw new InputError(`signature_scheme = ${String(scheme)}`, "hmac-sha256", remedy);
  }
  const address = (channel: Channel): string => {
    const port = info[`${channel}_port`];
    if (typeof port !== "number") {
      throw new InputError(`connection file ${path}: ${channel}_port = ${String(port)}`, "a number", remedy);
    }
    return `${transport}://${ip}${transport === "ipc" ? "-" : ":"}${port}`;
  };
  const ports = channels.map((channel) => [`${channel}_port`, info[`${channel}_port`]]);
  return {
    key,
    ports: Object.fromEntries(ports) as Json,
    address: {
      shell: address("shell"),
      control: address("control"),
      iopub: address("iopub"),
      stdin: address("stdin"),
      hb: address("hb"),
    },
  };
}
