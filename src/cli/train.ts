import { resolve } from "node:path";
import { absoluteDatasetName, openDataset } from "../data/openDataset.js";
import { InputError } from "../error.js";
import { useBackend } from "../tensor/backend.js";
import { type RunStep, trainRun } from "../train/run.js";
import {
  configFromCheckpoint,
  type RunConfig,
  runConfig,
  runPresets,
  type RunWishes,
} from "../train/runConfig.js";
import { latestCheckpoint, type LatestCheckpoint, listCheckpoints } from "../train/runFolder.js";
import { disposeState } from "../train/state.js";
import type { Command, CommandArguments, Effects } from "./command.js";
import { oneOf, realNumber, wholeNumber } from "./numbers.js";
import { concludeTraining, type EndedTraining } from "./trainConclusion.js";
import { trainProgress } from "./trainProgress.js";

const EVERY = 250;
const KEEP = 3;
const DATA = "glyphs, glyphs:digits, mnist:DIR, cifar10:DIR, folder:DIR, toy:moons, …";

const usage = `Usage: workbook train [--preset NAME] [--data NAME] [OPTIONS] [--out DIR]
       workbook train --resume --out DIR

Trains a diffusion model. Into DIR go step-N.safetensors (weights, their moving average, optimiser, configuration),
log.csv (a line for each step), event files (tensorboard --logdir DIR) and samples.png. Ctrl-C saves and stops.

  --preset NAME    ${Object.keys(runPresets).join(", ")} (default: quick)
  --data NAME      ${DATA} (default: the preset's)
  --steps N        steps of training, counted from the very first
  --batch B        images of a step
  --seed S         decides start, order of the data, every t and every noise (default: 1)
  --lr RATE        the highest learning rate
  --T N            steps of the diffusion process
  --channels N     width of the network
  --predicts WHAT  eps, xStart, v or mean: what the network predicts (default: eps)
  --loss WHAT      simple (L_simple, default), vlb (the bound, t drawn by the losses seen) or hybrid
  --variance WHAT  of the reverse step: fixedSmall (β̃, default), fixedLarge (β), learned or learnedRange
  --out DIR        where everything goes (default: out/train)
  --resume         go on from the last whole checkpoint in DIR, as if the run had never stopped; begin if there is none
  --every N        steps between checkpoints (default: ${EVERY})
  --keep K         checkpoints that are kept (default: ${KEEP})
  --samples N      samples drawn at the end, 0 for none (default: the preset's)
  --evaluate N     bits per dimension of N test images at the end (default: 0)
  --export FILE    write the trained model alone as well, without the state of the run: a quarter of the size
  --json           one JSON document at the end, and nothing else

The same options give the same run, bit for bit on the CPU. With --resume every option comes from the checkpoint; another
number of --steps prolongs the run and stretches its learning rate. Exit status 1 if the run was stopped before its last step.
`;

export const command: Command = {
  summary: "train a model, or go on training it",
  usage,
  options: {
    preset: { type: "string" },
    data: { type: "string" },
    steps: { type: "string" },
    batch: { type: "string" },
    seed: { type: "string" },
    lr: { type: "string" },
    T: { type: "string" },
    channels: { type: "string" },
    predicts: { type: "string" },
    loss: { type: "string" },
    variance: { type: "string" },
    out: { type: "string", default: "out/train" },
    resume: { type: "boolean" },
    every: { type: "string" },
    keep: { type: "string" },
    samples: { type: "string" },
    evaluate: { type: "string" },
    export: { type: "string" },
    json: { type: "boolean" },
  },
  run: async (args, effects) => {
    const { values, positionals } = args;
    if (positionals.length > 0)
      throw new InputError(`argument ${positionals.join(" ")}`, "options only", "See workbook train --help.");
    const folder = resolve(effects.cwd, String(values["out"]));
    const limits = {
      every: wholeNumber(args, "every", 1) ?? EVERY,
      keep: wholeNumber(args, "keep", 1) ?? KEEP,
    };
    const wishes = readWishes(args, effects.cwd);
    const say = values["json"] === true ? (): void => undefined : effects.out;
    const backend = await useBackend(effects.env);
    const from = await startingPoint(args, folder, say);
    try {
      const config = chooseConfig(args, wishes, from);
      const dataset = await openDataset(config.data);
      say(`${config.preset} on ${dataset.name}, seed ${config.seed}, ${backend.description}\n`);
      const about = { command: commandOf(config), backend: backend.description };
      const request = { folder, config, dataset, ...limits, about };
      const ended = await perform({ ...request, ...(from === undefined ? {} : { from }) }, args, effects);
      return await concludeTraining({ ...ended, config, dataset }, args, effects);
    } finally {
      if (from !== undefined) disposeState(from.checkpoint.state);
    }
  },
};

function readWishes(args: CommandArguments, cwd: string): RunWishes {
  const { values } = args;
  const entries = {
    data: typeof values["data"] === "string" ? absoluteDatasetName(values["data"], cwd) : undefined,
    steps: wholeNumber(args, "steps", 1),
    batchSize: wholeNumber(args, "batch", 1),
    seed: wholeNumber(args, "seed", Number.MIN_SAFE_INTEGER),
    learningRate: realNumber(args, "lr", 0, 1e6),
    T: wholeNumber(args, "T", 1),
    channels: wholeNumber(args, "channels", 1),
    predicts: oneOf(args, "predicts", ["eps", "xStart", "v", "mean"] as const),
    loss: oneOf(args, "loss", ["simple", "vlb", "hybrid"] as const),
    variance: oneOf(args, "variance", ["fixedSmall", "fixedLarge", "learned", "learnedRange"] as const),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** The checkpoint to go on from. @throws InputError if the folder holds another run, or nothing to resume */
async function startingPoint(
  { values }: CommandArguments,
  folder: string,
  say: (text: string) => void,
): Promise<LatestCheckpoint | undefined> {
  if (values["resume"] !== true) {
    if ((await listCheckpoints(folder)).length === 0) return undefined;
    throw new InputError(
      `--out ${folder} holds checkpoints of a run`,
      "a folder without",
      "Go on with that run by --resume, or choose another folder.",
    );
  }
  const found = await latestCheckpoint(folder);
  for (const message of found?.refused ?? []) say(`passed over: ${message}\n`);
  if (found !== undefined) {
    say(`going on after step ${found.step}\n`);
    return found;
  }
  if (values["preset"] !== undefined) return undefined;
  throw new InputError(
    `--resume: ${folder} holds no checkpoint`,
    "a run to go on with",
    "Correct --out, or say with --preset what to begin if there is none.",
  );
}

/** The config of the checkpoint, which every given option must agree with; otherwise that of the options. */
function chooseConfig(
  { values }: CommandArguments,
  wishes: RunWishes,
  from: LatestCheckpoint | undefined,
): RunConfig {
  const preset = typeof values["preset"] === "string" ? values["preset"] : undefined;
  if (from === undefined) return runConfig(preset ?? "quick", wishes);
  const stored = configFromCheckpoint(from.file, from.checkpoint);
  const given: readonly (readonly [string, unknown, unknown])[] = [
    ["preset", preset, stored.preset],
    ["batch", wishes.batchSize, stored.batchSize],
    ["seed", wishes.seed, stored.seed],
    ["lr", wishes.learningRate, stored.learningRate],
    ["T", wishes.T, stored.schedule.T],
    ["channels", wishes.channels, channelsOf(stored)],
    ["predicts", wishes.predicts, stored.predicts],
    ["loss", wishes.loss, stored.loss],
    ["variance", wishes.variance, stored.variance],
  ];
  const strange = given.find(([, wish, own]) => wish !== undefined && wish !== own);
  if (strange !== undefined)
    throw new InputError(
      `--${strange[0]} ${String(strange[1])}`,
      `${String(strange[2])}, as in the run that is resumed`,
      "Leave it out, or begin another run with another --out.",
    );
  const { data = stored.data, steps = stored.steps } = wishes;
  if (steps < from.step)
    throw new InputError(
      `--steps ${steps}`,
      `at least the ${from.step} steps that are made`,
      "It counts from the very first step.",
    );
  return { ...stored, data, steps };
}

function channelsOf({ model }: RunConfig): number {
  return model.kind === "mlp" ? model.config.width : model.config.channels;
}

/** The command that makes this run anew. */
function commandOf(config: RunConfig): string {
  const base = runConfig(config.preset);
  const option = (name: string, value: unknown, usual: unknown): string =>
    value === usual ? "" : ` --${name} ${String(value)}`;
  return [
    `workbook train --preset ${config.preset}`,
    option("data", config.data, base.data),
    option("steps", config.steps, base.steps),
    option("batch", config.batchSize, base.batchSize),
    ` --seed ${config.seed}`,
    option("lr", config.learningRate, base.learningRate),
    option("T", config.schedule.T, base.schedule.T),
    option("channels", channelsOf(config), channelsOf(base)),
    option("predicts", config.predicts, base.predicts),
    option("loss", config.loss, base.loss),
    option("variance", config.variance, base.variance),
  ].join("");
}

/** Runs the steps that are left, with progress, and stops at SIGINT and SIGTERM. */
async function perform(
  request: Parameters<typeof trainRun>[0],
  { values }: CommandArguments,
  effects: Effects,
): Promise<Omit<EndedTraining, "config" | "dataset">> {
  const { folder, from, config } = request;
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  const progress = trainProgress(effects, values["json"] === true);
  let last: RunStep | undefined;
  let checkpoint = from?.file ?? "";
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    if ((from?.step ?? 0) < config.steps) {
      for await (const step of trainRun({ ...request, signal: stop.signal })) {
        last = step;
        checkpoint = step.checkpoint ?? checkpoint;
        progress.reach(step);
      }
    }
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
    progress.end();
  }
  const resumedFrom = from?.step ?? 0;
  return { folder, last, checkpoint, step: last?.step ?? resumedFrom, resumedFrom };
}
