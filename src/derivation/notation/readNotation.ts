import { InputError } from "../../error.js";
import { ddpm, extendNotation, notations } from "./ddpm.js";
import { Names } from "./names.js";
import { roles, type Binding, type Notation, type Role } from "./notation.js";

const fields = ["base", "time", "symbols", "bind"] as const;

/**
 * A notation as data, from the front matter of a document or a file:
 * `{ base: "ddpm", time: "k", symbols: { "\\xi_k": "stepNoise" }, bind: { "\\tilde\\mu_k": "posteriorMean" } }`.
 * All fields may be left out. `bind` names functions of the library.
 * @param where names the place in messages: `a.md, front matter`
 * @param functions what `bind` may name
 * @throws InputError for an unknown field, role or function, or a key that is not one symbol
 */
export function readNotation(
  data: unknown,
  where: string,
  functions: Readonly<Record<string, Binding>>,
): Notation {
  if (!isRecord(data))
    throw new InputError(`${where}: notation`, "a mapping", `Write ${fields.join(", ")} below it.`);
  const other = Object.keys(data).find((key) => !fields.some((field) => field === key));
  if (other !== undefined)
    throw new InputError(
      `${where}: notation.${other}`,
      `one of ${fields.join(", ")}`,
      "Remove it or mend its name.",
    );
  const symbols = entries(data, "symbols", where).map(
    ([symbol, value]) => [symbol, roleOf(value, symbol, where)] as const,
  );
  const bind = entries(data, "bind", where).map(([symbol, value]) => {
    const binding = Object.hasOwn(functions, value) ? functions[value] : undefined;
    if (binding !== undefined) return [symbol, binding] as const;
    const known = Object.keys(functions).join(", ");
    throw new InputError(
      `${where}: notation.bind ${symbol} = ${value}`,
      `one of ${known}`,
      "Choose one of these.",
    );
  });
  const time = letterOf(data["time"], where);
  const notation = extendNotation(baseOf(data["base"], where), {
    name: where,
    ...(time === undefined ? {} : { time }),
    symbols: Object.fromEntries(symbols),
    bind: Object.fromEntries(bind),
  });
  // Reads every key, so that a misspelt one is told now and with its place.
  Names.of(notation);
  return notation;
}

function entries(
  data: Record<string, unknown>,
  field: "symbols" | "bind",
  where: string,
): readonly (readonly [string, string])[] {
  const value = data[field] ?? {};
  const example = field === "symbols" ? `"\\\\xi_t": stepNoise` : `"\\\\tilde\\\\mu_t": posteriorMean`;
  const wrong = new InputError(
    `${where}: notation.${field}`,
    "a mapping of symbols to names",
    `Write ${example} below it.`,
  );
  if (!isRecord(value)) throw wrong;
  return Object.entries(value).map(([symbol, name]) => {
    if (typeof name !== "string") throw wrong;
    return [symbol, name];
  });
}

function roleOf(value: string, symbol: string, where: string): Role {
  const role = roles.find((each) => each === value);
  if (role !== undefined) return role;
  throw new InputError(
    `${where}: notation.symbols ${symbol} = ${value}`,
    `one of ${roles.join(", ")}`,
    "Choose one of these.",
  );
}

function letterOf(value: unknown, where: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && /^(?:[A-Za-z]|\\[A-Za-z]+)$/.test(value)) return value;
  throw new InputError(`${where}: notation.time = ${JSON.stringify(value)}`, "one letter", "Write time: k.");
}

function baseOf(value: unknown, where: string): Notation {
  if (value === undefined) return ddpm;
  const base = typeof value === "string" && Object.hasOwn(notations, value) ? notations[value] : undefined;
  if (base !== undefined) return base;
  const known = Object.keys(notations).join(", ");
  throw new InputError(
    `${where}: notation.base = ${JSON.stringify(value)}`,
    `one of ${known}`,
    "Choose one of these.",
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
