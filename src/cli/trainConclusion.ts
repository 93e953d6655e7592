/** What follows the last step of training: samples, bits per dimension, the exported model, the last words. */
import { join, relative, resolve } from "node:path";
import type { Dataset } from "../data/dataset.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import { countParameters } from "../model/params.js";
import { loadCheckpoint } from "../train/checkpoint.js";
import { type EvaluateOptions, type Evaluation, evaluateModel } from "../train/evaluateModel.js";
import { openEventFile } from "../train/eventFile.js";
import type { RunStep } from "../train/run.js";
import type { RunConfig } from "../train/runConfig.js";
import { disposeState } from "../train/state.js";
import { loadTrainedModel, saveTrainedModel, type TrainedModel } from "../train/trainedModel.js";
import type { CommandArguments, Effects, ExitStatus } from "./command.js";
import { wholeNumber } from "./numbers.js";
import { showBar } from "./progress.js";
import { samplesPicture } from "./samplesPicture.js";

/** Training that has come to its end or was stopped. */
export interface EndedTraining {
  readonly folder: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** The last step of this session, if it made any. */
  readonly last: RunStep | undefined;
  /** The newest checkpoint. */
  readonly checkpoint: string;
  readonly step: number;
  readonly resumedFrom: number;
}

export async function concludeTraining(
  ended: EndedTraining,
  args: CommandArguments,
  effects: Effects,
): Promise<ExitStatus> {
  const trained = await loadTrainedModel(ended.checkpoint);
  try {
    const isWhole = ended.step === ended.config.steps;
    const made = isWhole ? await finish(ended, trained, args, effects) : {};
    const resume = `workbook train --resume --out ${String(args.values["out"])}`;
    const text =
      args.values["json"] === true
        ? asJson(ended, trained, made, resume)
        : asLines(ended, made, resume, effects);
    effects.out(text);
    return isWhole ? 0 : 1;
  } finally {
    trained.dispose();
  }
}

interface Made {
  readonly samples?: string;
  readonly evaluation?: Evaluation;
  readonly exported?: string;
}

async function finish(
  ended: EndedTraining,
  trained: TrainedModel,
  args: CommandArguments,
  effects: Effects,
): Promise<Made> {
  const { config, dataset } = ended;
  const count = wholeNumber(args, "samples", 0) ?? config.samples;
  const images = wholeNumber(args, "evaluate", 0) ?? 0;
  const samples = count === 0 ? undefined : await drawSamples(ended, trained, count);
  const evaluation =
    images === 0 ? undefined : await evaluate(trained, dataset, { images, seed: config.seed }, args, effects);
  const target = args.values["export"];
  const exported = typeof target === "string" ? resolve(effects.cwd, target) : undefined;
  if (exported !== undefined) {
    const command = `${images === 0 ? "" : ` --evaluate ${images}`} --export ${String(target)}`;
    await exportModel(ended.checkpoint, exported, command, evaluation);
  }
  return {
    ...(samples === undefined ? {} : { samples }),
    ...(evaluation === undefined ? {} : { evaluation }),
    ...(exported === undefined ? {} : { exported }),
  };
}

async function evaluate(
  trained: TrainedModel,
  dataset: Dataset,
  options: EvaluateOptions,
  { values }: CommandArguments,
  { isTerminal }: Effects,
): Promise<Evaluation> {
  const bar = showBar("steps", { isTerminal: isTerminal && values["json"] !== true });
  try {
    return await evaluateModel(trained, dataset, { ...options, onProgress: bar.reach });
  } finally {
    bar.end();
  }
}

/** `samples.png`, also as an image in the event files. */
async function drawSamples(
  { folder, step, config }: EndedTraining,
  trained: TrainedModel,
  count: number,
): Promise<string> {
  const { png, width, height } = await samplesPicture(trained, { count, seed: config.seed });
  const file = join(folder, "samples.png");
  await writeFileWhole(file, png);
  const events = openEventFile(folder, step);
  events.image(step, "samples", { png, width: 2 * width, height: 2 * height });
  events.close();
  return file;
}

async function exportModel(
  checkpoint: string,
  file: string,
  options: string,
  evaluation: Evaluation | undefined,
): Promise<void> {
  const whole = await loadCheckpoint(checkpoint);
  try {
    const measured = evaluation && {
      bitsPerDim: evaluation.bitsPerDim.total,
      bitsPerDimStandardError: evaluation.standardError,
      bitsPerDimImages: evaluation.images,
    };
    const command = `${String(whole.info["command"])}${options}`;
    await saveTrainedModel(file, { ...whole, info: { ...whole.info, command, ...measured } });
  } finally {
    disposeState(whole.state);
  }
}

function asJson(ended: EndedTraining, trained: TrainedModel, made: Made, resume: string): string {
  const { folder, config, last, checkpoint, step, resumedFrom } = ended;
  const { info, params } = trained;
  return `${JSON.stringify({
    ...{ folder, checkpoint, step, steps: config.steps, resumedFrom },
    parameters: countParameters(params),
    loss: last?.loss,
    lossMean: info["lossMean"],
    imagesPerSecond: last?.imagesPerSecond,
    seconds: info["seconds"],
    samples: made.samples,
    bitsPerDim: made.evaluation?.bitsPerDim,
    exported: made.exported,
    ...(step === config.steps ? {} : { resume }),
  })}\n`;
}

function asLines(
  { checkpoint, step, config }: EndedTraining,
  { samples, evaluation, exported }: Made,
  resume: string,
  { cwd }: Effects,
): string {
  const files = [checkpoint, samples, exported].filter((file) => file !== undefined);
  const lines = files.map((file) => relative(cwd, file));
  if (evaluation !== undefined) {
    const { bitsPerDim, standardError, images } = evaluation;
    lines.push(
      `${bitsPerDim.total.toFixed(4)} ± ${standardError.toFixed(4)} bits/dim on ${images} test images`,
    );
  }
  if (step < config.steps) lines.push(`stopped after step ${step} of ${config.steps}; go on with: ${resume}`);
  return lines.map((text) => `${text}\n`).join("");
}
