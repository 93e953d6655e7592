/** Whole training runs by name, as data: what the notebooks and the command line train with. */
import { cosineSchedule, linearSchedule } from "../diffusion/schedules.js";
import type { Schedule } from "../diffusion/schedule.js";
import { unetPresets, type UNetConfig } from "../model/unetConfig.js";
import { constantRate, cosineDecay, type LearningRate, warmUp } from "./learningRate.js";

/** A run of the U-Net on images. */
export interface TrainPreset {
  /** The data set it was chosen for, a name for `openDataset`; others of the same size do as well. */
  readonly data: string;
  readonly model: UNetConfig;
  readonly schedule: {
    readonly name: "linear" | "cosine";
    /** Steps of the process, and of ancestral sampling. */
    readonly T: number;
  };
  readonly batchSize: number;
  readonly steps: number;
  /** The highest learning rate; see {@link presetLearningRate}. */
  readonly learningRate: number;
  readonly warmUpSteps: number;
  /** What is left of the learning rate at the last step. */
  readonly finalFraction: number;
  readonly emaDecay: number;
  /** How many images to sample afterwards. */
  readonly samples: number;
}

/** `quick` and `full` are the profiles of the notebooks; `tiny` makes the model that comes with the workbook. */
export const presets = {
  /** Three to four minutes on two cores, below 1 GB of memory. Digits, because with letters as well more samples fail. */
  quick: {
    data: "glyphs:digits",
    model: unetPresets.tiny,
    // Linear, because with so few steps of training the time is better spent where the shape is decided, in strong
    // noise; the cosine schedule spends more of it on the last traces of noise.
    schedule: { name: "linear", T: 250 },
    batchSize: 32,
    steps: 900,
    learningRate: 2e-3,
    warmUpSteps: 50,
    finalFraction: 0.02,
    emaDecay: 0.995,
    samples: 36,
  },
  /** `quick` for seven times as long, so that nearly all samples are digits: what the shipped model is trained with. */
  tiny: {
    data: "glyphs:digits",
    model: unetPresets.tiny,
    schedule: { name: "linear", T: 250 },
    batchSize: 32,
    steps: 6000,
    learningRate: 2e-3,
    warmUpSteps: 50,
    finalFraction: 0.02,
    emaDecay: 0.999,
    samples: 36,
  },
  /** Some hours on two cores; not tuned. */
  full: {
    data: "glyphs",
    model: unetPresets.mnist,
    schedule: { name: "linear", T: 1000 },
    batchSize: 64,
    steps: 10_000,
    learningRate: 1e-3,
    warmUpSteps: 200,
    finalFraction: 0.05,
    emaDecay: 0.999,
    samples: 64,
  },
  /** DDPM's run on CIFAR-10 (Ho et al., 2020, appendix B, and its code): the learning rate is constant after its warm-up. */
  cifar10: {
    data: "cifar10:data/cifar-10-batches-bin",
    model: unetPresets.cifar10,
    schedule: { name: "linear", T: 1000 },
    batchSize: 128,
    steps: 800_000,
    learningRate: 2e-4,
    warmUpSteps: 5000,
    finalFraction: 1,
    emaDecay: 0.9999,
    samples: 64,
  },
} as const satisfies Record<string, TrainPreset>;

/** The schedule of a preset. */
export function presetSchedule({ schedule: { name, T } }: Pick<TrainPreset, "schedule">): Schedule {
  switch (name) {
    case "linear":
      return linearSchedule({ T });
    case "cosine":
      return cosineSchedule({ T });
  }
}

/**
 * The learning rate of a preset: a warm-up, then half a cosine down to `finalFraction` at the last step.
 * @param steps how many steps the run has, if not those of the preset
 */
export function presetLearningRate(
  preset: Pick<TrainPreset, "steps" | "learningRate" | "warmUpSteps" | "finalFraction">,
  steps = preset.steps,
): LearningRate {
  const { learningRate, warmUpSteps, finalFraction } = preset;
  return warmUp(cosineDecay(constantRate(learningRate), steps, finalFraction), warmUpSteps);
}
