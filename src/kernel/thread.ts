/**
 * What the two threads of the kernel say to each other. The socket thread owns the protocol: sockets,
 * signatures, headers, the queue. The main thread owns the user's program and runs one request at a time;
 * it names a request by its number only, so output that comes late can still say where it belongs.
 */
import type { Json } from "./wire.js";

export type StreamName = "stdout" | "stderr";

/** Requests that need the user's program or the compiler. All others are answered by the socket thread. */
const mainRequestTypes = [
  "execute_request",
  "complete_request",
  "inspect_request",
  "is_complete_request",
] as const;
export type MainRequestType = (typeof mainRequestTypes)[number];

export function mainRequestType(type: string): MainRequestType | undefined {
  return mainRequestTypes.find((known) => known === type);
}

export type ToMain =
  | { readonly kind: "request"; readonly id: number; readonly type: MainRequestType; readonly content: Json }
  | { readonly kind: "interrupt" }
  | { readonly kind: "exit" };

export type ToSockets =
  | { readonly kind: "stream"; readonly id: number; readonly name: StreamName; readonly text: string }
  | { readonly kind: "publish"; readonly id: number; readonly type: string; readonly content: Json }
  | { readonly kind: "reply"; readonly id: number; readonly content: Json }
  | { readonly kind: "interrupted" };

/** Given to the socket thread when it starts. */
export interface SocketThreadData {
  readonly connectionFile: string;
  readonly kernelInfo: Json;
}
