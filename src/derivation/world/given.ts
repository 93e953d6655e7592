import { InputError } from "../../error.js";
import { drawWorld, type Draw } from "./draw.js";

/** The betas of one schedule, at which statements are judged instead of at random ones. */
export interface GivenSchedule {
  /** How reports call it: `linear`. */
  readonly name: string;
  /** β_1 … β_T, each strictly between 0 and 1, so `betas[0]` is β_1; T up to 10,000. */
  readonly betas: ArrayLike<number>;
}

const mostSteps = 10_000;

/** @throws InputError for a schedule that no world can be made of */
export function checkedSchedule(schedule: GivenSchedule): GivenSchedule {
  const { name, betas } = schedule;
  if (betas.length === 0 || betas.length > mostSteps) {
    const remedy = "Give β_1 … β_T, one for each step.";
    throw new InputError(`a schedule of ${betas.length} betas`, `1 to ${mostSteps} of them`, remedy);
  }
  const wrong = Array.from(betas).findIndex((beta) => !(beta > 0 && beta < 1));
  if (wrong >= 0) {
    const what = `beta_${wrong + 1} = ${betas[wrong] ?? NaN} of the schedule ${name}`;
    throw new InputError(what, "a number strictly between 0 and 1", "Change the schedule's ends or T.");
  }
  return schedule;
}

/** A world with the betas of the schedule, taken as exact decimals; everything else is drawn. */
export function drawScheduleWorld(schedule: GivenSchedule, seed: number, at: number): Draw {
  const ordinary = drawWorld(seed, at);
  const T = schedule.betas.length;
  const texts = Array.from(schedule.betas, String);
  const noise = Array.from({ length: T + 1 }, (_, t) => ordinary.fresh(`step ${t}`));
  return { ...ordinary, T, beta: [texts[0] ?? "0", ...texts], noise, schedule: schedule.name };
}
