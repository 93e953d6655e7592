/** A training run in a folder: checkpoints, log and TensorBoard events beside the loop, so that nothing is lost when it stops. */
import { mkdir } from "node:fs/promises";
import { checkedDataset, type Dataset } from "../data/dataset.js";
import { InputError } from "../error.js";
import type { FileEffects } from "../files/writeFileWhole.js";
import { createModel } from "../model/createModel.js";
import type { Checkpoint } from "./checkpoint.js";
import { type EventFile, openEventFile } from "./eventFile.js";
import { trainLoop, type TrainStep } from "./loop.js";
import { runningLossMean } from "./pace.js";
import { presetLearningRate, presetSchedule } from "./presets.js";
import { configToInfo, dataMark, type RunConfig } from "./runConfig.js";
import { type LatestCheckpoint, removePieces, saveAndRotate } from "./runFolder.js";
import { openRunLog, type RunLog } from "./runLog.js";
import { disposeState, type TrainState } from "./state.js";
import { type TrainOptions, trainSettings } from "./trainOptions.js";

export interface RunOptions {
  /** Where checkpoints, `log.csv` and events go. */
  readonly folder: string;
  readonly config: RunConfig;
  readonly dataset: Dataset;
  /** A checkpoint is written every so many steps, and after the last. */
  readonly every: number;
  /** How many checkpoints are kept. */
  readonly keep: number;
  /** Where to go on; the run takes its state over. */
  readonly from?: LatestCheckpoint;
  /** What else the checkpoints shall say, e.g. the command. */
  readonly about?: Readonly<Record<string, string>>;
  /** Aborted, the run ends after its current step, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** A clock in milliseconds; `performance.now` unless told otherwise. */
  readonly now?: () => number;
  readonly effects?: FileEffects;
}

/** One step of a run. */
export interface RunStep extends Omit<TrainStep, "state"> {
  readonly imagesPerSecond: number;
  /** Of training, since the very first step, pauses left out. */
  readonly seconds: number;
  /** The checkpoint that was written after this step. */
  readonly checkpoint?: string;
}

/**
 * Trains to the last step of the config, or until the signal. The caller may break off; then steps since the last
 * checkpoint are lost, and nothing else. A run that goes on `from` a checkpoint gives the losses and weights of the run that
 * never stopped, bit for bit on the CPU.
 *
 * @throws InputError if an option cannot be, the data are not those the run began with, the disk is full, or a step
 *   fails: then step, seed and last good checkpoint are named
 */
export async function* trainRun(options: RunOptions): AsyncGenerator<RunStep, void, undefined> {
  const { folder, config, from, every, signal, now = () => performance.now() } = options;
  const training = trainOptions(options);
  trainSettings(training); // refuses what cannot be before any file is made
  const mark = checkMark(options);
  await mkdir(folder, { recursive: true });
  await removePieces(folder);
  const begun = from?.step ?? 0;
  const log = await openRunLog(folder, begun);
  const events = openEventFile(folder, begun);
  const meanLoss = resumedMean(log);
  const before = log.rows.at(-1)?.seconds ?? 0;
  const start = now();
  let last: { readonly step: number; readonly state: TrainState | undefined } = {
    step: begun,
    state: from?.checkpoint.state,
  };
  let saved: string | undefined = from?.file;
  try {
    const loop = explained(trainLoop(training), (error) => stepFailure(error, last.step + 1, options, saved));
    for await (const { state, ...made } of loop) {
      last = { step: made.step, state };
      const seconds = before + (now() - start) / 1000;
      const step = { ...made, lossMean: meanLoss(made.loss), seconds };
      const imagesPerSecond = config.batchSize / made.secondsPerStep;
      record(log, events, { ...step, imagesPerSecond });
      const isDue = made.step % every === 0 || made.step === made.steps || signal?.aborted === true;
      if (isDue) {
        log.sync(); // a checkpoint must not be on the disk without the lines that lead to it
        const info = { dataMark: mark, seconds, lossMean: step.lossMean };
        saved = await save(options, { ...training, state, info }, saved);
      }
      yield { ...step, imagesPerSecond, ...(isDue && saved !== undefined ? { checkpoint: saved } : {}) };
      if (isDue && signal?.aborted === true) return;
    }
  } finally {
    if (last.state) disposeState(last.state);
    log.close();
    events.close();
  }
}

function trainOptions({ config, dataset, from, now }: RunOptions): TrainOptions {
  return {
    model: from?.checkpoint.model ?? createModel(config.model),
    schedule: from?.checkpoint.schedule ?? presetSchedule(config),
    dataset: checkedDataset(dataset),
    steps: config.steps,
    batchSize: config.batchSize,
    learningRate: presetLearningRate(config),
    emaDecay: config.emaDecay,
    predicts: config.predicts,
    objective: { loss: config.loss, variance: config.variance },
    timesteps: config.loss === "vlb" ? "lossSecondMoment" : "uniform",
    seed: config.seed,
    ...(from === undefined ? {} : { state: from.checkpoint.state }),
    ...(now === undefined ? {} : { now }),
  };
}

/** The mark of the data; if the run goes on, it must be the one it began with. */
function checkMark({ config, dataset, from }: RunOptions): string {
  const mark = dataMark(dataset, config);
  const begun = from?.checkpoint.info["dataMark"];
  if (begun !== undefined && begun !== mark)
    throw new InputError(
      `${dataset.name}: its first batch of seed ${config.seed} differs from the one this run began with`,
      "the same data",
      "Give the data it was begun with, or begin another run with --out.",
    );
  return mark;
}

/** The running mean as if this session had seen the steps before it. */
function resumedMean({ rows }: RunLog): (loss: number) => number {
  const mean = runningLossMean();
  for (const { loss } of rows) mean(loss);
  return mean;
}

function record(log: RunLog, events: EventFile, made: Omit<RunStep, "checkpoint">): void {
  const { step, loss, lossMean, gradientNorm, learningRate, seconds, imagesPerSecond } = made;
  log.append({ step, loss, lossMean, gradientNorm, learningRate, seconds });
  events.scalars(step, {
    loss,
    "loss (mean)": lossMean,
    "gradient norm": gradientNorm,
    "learning rate": learningRate,
    "images per second": imagesPerSecond,
  });
}

async function save(
  { folder, config, keep, about = {}, effects }: RunOptions,
  checkpoint: Checkpoint,
  before: string | undefined,
): Promise<string> {
  const info = { ...configToInfo(config), ...about, ...checkpoint.info };
  try {
    return await saveAndRotate(folder, { ...checkpoint, info }, keep, effects);
  } catch (error) {
    throw withLastGood(error, before);
  }
}

/** The same items; an error of the loop itself, not of who consumes it, is replaced. */
async function* explained<T>(
  loop: AsyncGenerator<T, void, undefined>,
  explain: (error: unknown) => unknown,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* loop;
  } catch (error) {
    throw explain(error);
  }
}

/** Says what is needed to look into a failed step: its number, its batch, and where to go on from. */
function stepFailure(
  error: unknown,
  step: number,
  { config, dataset }: RunOptions,
  saved: string | undefined,
): unknown {
  if (!(error instanceof InputError)) return error;
  const batch = `batch ${step - 1} of ${config.batchSize} samples of ${dataset.name} under seed ${config.seed}`;
  const named = new InputError(`${error.what} (step ${step}, ${batch})`, error.expected, error.remedy, {
    cause: error,
  });
  return withLastGood(named, saved);
}

function withLastGood(error: unknown, saved: string | undefined): unknown {
  if (!(error instanceof InputError)) return error;
  const good =
    saved === undefined ? "No checkpoint was written yet." : `The last good checkpoint is ${saved}.`;
  return new InputError(error.what, error.expected, `${error.remedy} ${good}`, { cause: error });
}
