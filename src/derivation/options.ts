import { InputError } from "../error.js";
import { ddpm } from "./notation/ddpm.js";
import type { Notation } from "./notation/notation.js";
import type { SourcePlace } from "./verdict/verdict.js";
import { checkedSchedule, type GivenSchedule } from "./world/given.js";

/** A formula to check. Several statements with the same `chain` form one derivation, in their order. */
export interface StatementSource {
  readonly id?: string;
  readonly latex: string;
  readonly chain?: string;
  /** The line of the derivation; kept for the reader's orientation, the order of the list counts. */
  readonly line?: number;
  /** The text it belongs to: what one defines or declares, others do not know. The file, unless told. */
  readonly document?: string;
  readonly source?: Partial<SourcePlace>;
}

export interface CheckOptions {
  /** Which symbol means what; `ddpm` unless told otherwise. */
  readonly notation?: Notation;
  /** Every number of every world follows from it. */
  readonly seed?: number;
  /** How many worlds, 1 to 1000. */
  readonly worlds?: number;
  /** Significant digits carried, 20 to 500. */
  readonly digits?: number;
  /**
   * Judges at the betas of this schedule and at every t of it, instead of at random betas; in one world unless
   * `worlds` says otherwise. What holds there need not hold for other betas.
   */
  readonly schedule?: GivenSchedule;
  /** Whether a slip is looked for that explains a failure. */
  readonly repairs?: boolean;
}

/** All options but the schedule have defaults. */
export type Checked = Required<Omit<CheckOptions, "schedule">> & Pick<CheckOptions, "schedule">;

export const checkDefaults = { notation: ddpm, seed: 1, worlds: 16, digits: 64, repairs: true } as const;

/** The options with their defaults. @throws InputError for one out of range */
export function checkedOptions(options: CheckOptions): Checked {
  const worlds = options.schedule === undefined ? checkDefaults.worlds : 1;
  const all = { ...checkDefaults, worlds, ...options };
  if (all.schedule !== undefined) checkedSchedule(all.schedule);
  requireInteger("seed", all.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  requireInteger("worlds", all.worlds, 1, 1000);
  requireInteger("digits", all.digits, 20, 500);
  return all;
}

function requireInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new InputError(
      `${name} = ${value}`,
      `a whole number from ${low} to ${high}`,
      `Give another ${name}.`,
    );
  }
}
