/** What a program threw, as plain texts. Anything can be thrown, and reading it can throw again. */
import { inspect } from "node:util";

/** One line of text about any value. */
export function shown(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    // Its own way of showing itself, or a proxy, does not let us look.
    return `a value that cannot be shown (${typeof value})`;
  }
}

/** A property that should be a text; other values are shown, and what cannot be read is said to be so. */
export function textProperty(from: object, name: string, missing: string): string {
  const value = property(from, name);
  if (value === undefined) return missing;
  return typeof value === "string" ? value : shown(value);
}

/** A property's value; undefined where it cannot be read. */
export function property(from: object, name: string): unknown {
  try {
    return Reflect.get(from, name) as unknown;
  } catch {
    // A getter of the program's own that throws.
    return undefined;
  }
}

/** An error of another realm is no instance of our Error. */
export function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
  } catch {
    // A proxy that refuses to be looked at.
    return false;
  }
}

/** The name of what was thrown that is no error: `string`, `null`, or the class of an object. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  const constructor = property(value, "constructor");
  const name = typeof constructor === "function" ? property(constructor, "name") : undefined;
  return typeof name === "string" && name !== "" ? name : "Object";
}
