/** Numbers and words of the command line. */
import { InputError } from "../error.js";
import type { CommandArguments } from "./command.js";

/**
 * The whole number after `--name`, or undefined if it is not given.
 * @throws InputError if it is none, or below `min`
 */
export function wholeNumber(
  { values }: Pick<CommandArguments, "values">,
  name: string,
  min: number,
): number | undefined {
  const text = values[name];
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
  const expected = min === Number.MIN_SAFE_INTEGER ? "a whole number" : `a whole number of at least ${min}`;
  throw new InputError(`--${name} ${text}`, expected, "Leave it out for the default, see --help.");
}

/** The number after `--name`, or undefined. @throws InputError if it is none, or not from `min` to `max` */
export function realNumber(
  { values }: Pick<CommandArguments, "values">,
  name: string,
  min: number,
  max: number,
): number | undefined {
  const text = values[name];
  if (typeof text !== "string") return undefined;
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new InputError(
    `--${name} ${text}`,
    `a number from ${min} to ${max}`,
    "Leave it out for the default, see --help.",
  );
}

/** The word after `--name`, or undefined. @throws InputError if it is none of `known` */
export function oneOf<Word extends string>(
  { values }: Pick<CommandArguments, "values">,
  name: string,
  known: readonly Word[],
): Word | undefined {
  const text = values[name];
  if (typeof text !== "string") return undefined;
  const found = known.find((word) => word === text);
  if (found !== undefined) return found;
  throw new InputError(
    `--${name} ${text}`,
    `one of ${known.join(", ")}`,
    "Leave it out for the default, see --help.",
  );
}

/** `1:05` or `2:03:09`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = `${String(m).padStart(h > 0 ? 2 : 1, "0")}:${String(s).padStart(2, "0")}`;
  return h > 0 ? `${h}:${tail}` : tail;
}
