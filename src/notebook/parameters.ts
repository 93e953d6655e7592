/**
 * The parameters of a run, as a notebook sees them. `workbook run` passes them in the environment of the
 * kernel; a notebook that was opened by hand gets its own defaults.
 */
import { join } from "node:path";
import { InputError } from "../error.js";
import { packageRoot } from "./root.js";

export type Profile = "quick" | "full";
export const profiles: readonly Profile[] = ["quick", "full"];

export type ParameterValue = number | string | boolean;
/** One default, or one for each profile. */
export type ParameterDefault =
  ParameterValue | { readonly quick: ParameterValue; readonly full: ParameterValue };

type Widened<V> = V extends number ? number : V extends boolean ? boolean : string;
type ValueOf<D> = D extends { readonly quick: infer V } ? Widened<V> : Widened<D>;

export interface RunSettings {
  /** `quick` finishes in minutes on a small machine; `full` is for good samples. */
  readonly profile: Profile;
  /** The name of the data set that `--data` asks for, for `openDataset`; else the notebook chooses. */
  readonly data: string | undefined;
  /** Absolute path of the folder for checkpoints and other results. */
  readonly out: string;
}

export type RunParameters<D> = RunSettings & { readonly [K in keyof D]: ValueOf<D[K]> };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `const { steps, data } = runParameters({ steps: { quick: 300, full: 20_000 } });`
 *
 * @param defaults the notebook's own parameters by name; their types are those of the defaults
 * @throws InputError if `--set` names a parameter that is not among them, or gives it another type
 */
export function runParameters<D extends Readonly<Record<string, ParameterDefault>>>(
  defaults: D,
  env: Environment = process.env,
): RunParameters<D> {
  const settings = runSettings(env);
  const given = givenParameters(env);
  const known = Object.keys(defaults);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new InputError(
      `--set ${name}`,
      known.length === 0 ? "no parameter: this notebook has none" : `one of ${known.join(", ")}`,
      "Correct the name, or run only the notebooks that have it.",
    );
  }
  const own = Object.entries(defaults).map(([name, value]): [string, ParameterValue] => {
    const standard = typeof value === "object" ? value[settings.profile] : value;
    return [name, name in given ? sameType(name, given[name], standard) : standard];
  });
  return { ...settings, ...Object.fromEntries(own) } as RunParameters<D>;
}

function runSettings(env: Environment): RunSettings {
  const wanted = env["WORKBOOK_PROFILE"] ?? "quick";
  const profile = profiles.find((one) => one === wanted);
  if (profile === undefined) {
    throw new InputError(
      `WORKBOOK_PROFILE = ${wanted}`,
      profiles.join(" or "),
      "Set one of them, or unset it.",
    );
  }
  return {
    profile,
    data: env["WORKBOOK_DATA"],
    out: env["WORKBOOK_OUT"] ?? join(packageRoot, "out"),
  };
}

function givenParameters(env: Environment): Readonly<Record<string, unknown>> {
  const text = env["WORKBOOK_PARAMETERS"] ?? "{}";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidParameters(text, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalidParameters(text);
  return value as Readonly<Record<string, unknown>>;
}

function invalidParameters(text: string, cause?: unknown): InputError {
  const remedy = "Pass parameters with --set NAME=VALUE of `workbook run`.";
  return new InputError(`WORKBOOK_PARAMETERS = ${text}`, "a JSON object", remedy, { cause });
}

function sameType(name: string, value: unknown, standard: ParameterValue): ParameterValue {
  // --set version=3 means the text "3" where the notebook has a text.
  if (typeof standard === "string" && (typeof value === "number" || typeof value === "boolean"))
    return String(value);
  if (typeof value === typeof standard) return value as ParameterValue;
  const remedy = `The notebook's default is ${String(standard)}.`;
  throw new InputError(`--set ${name}=${String(value)}`, `a ${typeof standard}`, remedy);
}
