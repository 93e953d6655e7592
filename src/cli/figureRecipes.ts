/** How each picture of figures/ is made. Heavy parts load only when their picture is asked for. */
import type { Built } from "./builtPicture.js";
import { alphaBarCurves } from "../figure/alphaBarCurves.js";
import { chartPng } from "../figure/chartPng.js";
import type { Figure } from "../figure/figure.js";
import { plainLabel } from "../figure/label.js";
import { noiseContributions } from "../figure/noiseContributions.js";
import { snrCurves } from "../figure/snrCurves.js";
import { scheduleFromBetas } from "../diffusion/schedule.js";
import { cosineSchedule, linearSchedule } from "../diffusion/schedules.js";

export interface RecipeRequest {
  readonly seed: number;
  readonly checkpoint: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Recipe {
  /** Also the name of the file, without `.png`. */
  readonly id: string;
  readonly needsCheckpoint: boolean;
  readonly build: (request: RecipeRequest) => Promise<Built>;
}

const linear = linearSchedule({ T: 1000 });
const cosine = cosineSchedule({ T: 1000 });

export const recipes: readonly Recipe[] = [
  {
    id: "derivation",
    needsCheckpoint: false,
    build: async ({ seed, env }) => (await import("./derivationPicture.js")).derivationPicture(seed, env),
  },
  chart("alpha-bar-curves", () => alphaBarCurves([linear, cosine])),
  chart("snr-curves", () => snrCurves([linear, cosine])),
  chart("noise-contributions", () => noiseContributions(shortSchedule())),
  {
    id: "samples",
    needsCheckpoint: true,
    build: async ({ seed, checkpoint, env }) => {
      const { sampleGridPicture } = await import("./samplePictures.js");
      return picture(await sampleGridPicture(String(checkpoint), seed, env));
    },
  },
  {
    id: "denoising",
    needsCheckpoint: true,
    build: async ({ seed, checkpoint, env }) => {
      const { filmStripPicture } = await import("./samplePictures.js");
      return picture(await filmStripPicture(String(checkpoint), seed, env));
    },
  },
];

function chart(id: string, make: () => Figure): Recipe {
  return { id, needsCheckpoint: false, build: () => Promise.resolve(picture(make())) };
}

function picture(figure: Figure): Built {
  const png = figure.kind === "chart" ? chartPng(figure) : figure.png;
  return { png, title: plainLabel(figure.title), alt: figure.alt };
}

/** Ten large steps, so that each noise can be seen. */
function shortSchedule(): ReturnType<typeof scheduleFromBetas> {
  return scheduleFromBetas(
    "ten steps",
    Array.from({ length: 10 }, (_, index) => 0.05 * (index + 1)),
  );
}
