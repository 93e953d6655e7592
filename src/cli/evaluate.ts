import { absoluteDatasetName, openDataset } from "../data/openDataset.js";
import { InputError } from "../error.js";
import { useBackend } from "../tensor/backend.js";
import type { RateDistortion } from "../diffusion/rateDistortion.js";
import { type Evaluation, evaluateModel } from "../train/evaluateModel.js";
import { loadTrainedModel } from "../train/trainedModel.js";
import type { Command, CommandArguments } from "./command.js";
import { modelFile, modelUsage } from "./modelArgument.js";
import { oneOf, wholeNumber } from "./numbers.js";
import { showBar } from "./progress.js";

const IMAGES = 64;

const usage = `Usage: workbook evaluate [MODEL] [--data NAME] [--images N] [--seed S] [--json]

The variational bound of a trained model on test images, in bits per dimension: its prior L_T, the terms L_1 … L_{T−1}, the
reconstruction L_0, and what is known of an image after each reverse step (rate and distortion).
${modelUsage}

  --checkpoint FILE  the same as MODEL
  --data NAME        glyphs, mnist:DIR, cifar10:DIR, folder:DIR, … (default: what the model was trained on)
  --images N         how many, from the test split; also --count (default: ${IMAGES})
  --split NAME       test (default) or train
  --variance NAME    of the reverse steps: fixedSmall (β̃) or fixedLarge (β) (default: as in training)
  --seed S           of the choice of images and of the noise (default: 1)
  --json             one JSON document: {bitsPerDim: {total, prior, denoising, reconstruction, perStep}, standardError,
                     xStartMse, mse, rateDistortion: [{reverseSteps, rate, rmse}], images, seed, data, split, checkpoint};
                     entry t − 1 of perStep is L_{t−1}, rmse is on the scale 0 … 255

The same seed gives the same numbers. One draw of the noise for each image and step, as in DDPM's code.
`;

export const command: Command = {
  summary: "bits per dimension of a trained model",
  usage,
  options: {
    checkpoint: { type: "string" },
    data: { type: "string" },
    images: { type: "string" },
    count: { type: "string" },
    split: { type: "string", default: "test" },
    variance: { type: "string" },
    seed: { type: "string" },
    json: { type: "boolean" },
  },
  run: async (args, effects) => {
    const { values } = args;
    const images = wholeNumber(args, "images", 1) ?? wholeNumber(args, "count", 1) ?? IMAGES;
    const seed = wholeNumber(args, "seed", Number.MIN_SAFE_INTEGER) ?? 1;
    const variance = oneOf(args, "variance", ["fixedSmall", "fixedLarge"] as const);
    const split = splitOf(values["split"]);
    const isJson = values["json"] === true;
    await useBackend(effects.env);
    const checkpoint = await modelFile(args, effects.cwd);
    const trained = await loadTrainedModel(checkpoint);
    try {
      const data = dataName(values, trained.info["data"], effects.cwd);
      const bar = showBar("steps", { isTerminal: effects.isTerminal && !isJson });
      const found = await evaluateModel(trained, await openDataset(data), {
        ...{ images, seed, split, ...(variance === undefined ? {} : { variance }) },
        onProgress: bar.reach,
      });
      bar.end();
      effects.out(
        isJson
          ? `${JSON.stringify({ ...found, seed, data, split, checkpoint })}\n`
          : table(found, `${checkpoint} on ${data}, ${split} split`),
      );
      return 0;
    } finally {
      trained.dispose();
    }
  },
};

function splitOf(text: unknown): "train" | "test" {
  if (text === "train" || text === "test") return text;
  throw new InputError(`--split ${String(text)}`, "test or train", "Leave it out for test.");
}

function dataName({ data }: CommandArguments["values"], own: unknown, cwd: string): string {
  if (typeof data === "string") return absoluteDatasetName(data, cwd);
  if (typeof own === "string") return own;
  throw new InputError("no --data", "the data to evaluate on", "The model does not say its own: name one.");
}

function table({ bitsPerDim, standardError, rateDistortion, images }: Evaluation, what: string): string {
  const { total, prior, denoising, reconstruction, perStep } = bitsPerDim;
  const row = (name: string, value: number): string => `  ${name.padEnd(26)}${value.toFixed(5)}\n`;
  return [
    `${what}, ${images} ${images === 1 ? "image" : "images"}, bits per dimension:\n`,
    `  ${"total".padEnd(26)}${total.toFixed(5)} ± ${standardError.toFixed(5)}\n`,
    row("prior L_T", prior),
    row(`denoising L_1 … L_${perStep.length - 1}`, denoising),
    row("reconstruction L_0", reconstruction),
    `\n  reverse steps    rate, bits/dim    RMSE of 255\n`,
    ...shownRows(rateDistortion).map(
      ({ reverseSteps, rate, rmse }) =>
        `  ${String(reverseSteps).padStart(13)}    ${rate.toFixed(5).padStart(14)}    ${rmse.toFixed(5).padStart(11)}\n`,
    ),
  ].join("");
}

/** Ten rows, the last step first, as in Table 4 of Ho et al. (2020). */
function shownRows(rows: readonly RateDistortion[]): readonly RateDistortion[] {
  const wanted = Array.from({ length: 10 }, (_, i) => Math.round((rows.length * (10 - i)) / 10));
  return [...new Set(wanted)].flatMap((steps) => rows.filter(({ reverseSteps }) => reverseSteps === steps));
}
