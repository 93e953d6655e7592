/** The value of a cell's last expression as a MIME bundle. */
import { inspect } from "node:util";
import { isJson, type Json } from "../contract.js";

/** A value may bring its own bundle under this key, as in Deno: `[Symbol.for("Jupyter.display")]() {…}`. */
const displayKey = Symbol.for("Jupyter.display");

/**
 * Returns undefined where there is nothing to show. text/plain is always part of a bundle; bytes become base64.
 * @throws whatever the value's own bundle throws, also when it is turned into JSON
 */
export async function valueBundle(value: unknown): Promise<Json | undefined> {
  if (value === undefined) return undefined;
  const plain = (): Json => ({ "text/plain": inspect(value) });
  if (typeof value !== "object" || value === null || !(displayKey in value)) return plain();
  const method: unknown = Reflect.get(value, displayKey);
  const bundle: unknown = typeof method === "function" ? await Reflect.apply(method, value, []) : method;
  return isJson(bundle) ? { ...plain(), ...plainContent(bundle) } : plain();
}

function plainContent(bundle: Json): Json {
  const entries = Object.entries(bundle).map(([type, content]) => [
    type,
    content instanceof Uint8Array
      ? Buffer.from(content).toString("base64")
      : type.startsWith("text/") && typeof content !== "string"
        ? inspect(content)
        : content,
  ]);
  return JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Json;
}
