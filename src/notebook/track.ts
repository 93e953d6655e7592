/** Shows the progress of a generator while its values pass through unchanged. */
import { progress, type Progress, type ProgressOptions, type ProgressValues } from "./progress.js";

export interface TrackOptions<T> extends ProgressOptions {
  readonly title: string;
  /** Number of steps; by default the field `steps` of the values. */
  readonly total?: number;
  /** How many steps are done; by default the field `step` of a value, else the number of values so far. */
  readonly position?: (value: T) => number;
  /** What to show behind the time; by default the fields `lossMean` or `loss`. */
  readonly values?: (value: T) => ProgressValues;
}

/**
 * Wraps a long process, e.g. `trainLoop`: every value is passed on, and a progress line follows. Leaving the loop
 * early closes the line and the process.
 * @throws InputError if neither `total` nor the first value says how many steps there will be
 */
export async function* track<T>(
  source: AsyncIterable<T> | Iterable<T>,
  options: TrackOptions<T>,
): AsyncGenerator<T, void, undefined> {
  const { title, total, position, values = lossOf } = options;
  let line: Progress | undefined = total === undefined ? undefined : progress(title, total, options);
  let count = 0;
  try {
    for await (const value of source) {
      count += 1;
      line ??= progress(title, numberAt(value, "steps") ?? Number.NaN, options);
      line.update(position?.(value) ?? numberAt(value, "step") ?? count, values(value));
      yield value;
    }
  } finally {
    line?.done();
  }
}

function lossOf(value: unknown): ProgressValues {
  const loss = numberAt(value, "lossMean") ?? numberAt(value, "loss");
  return loss === undefined ? {} : { loss };
}

function numberAt(value: unknown, field: string): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, field);
  return typeof found === "number" ? found : undefined;
}
