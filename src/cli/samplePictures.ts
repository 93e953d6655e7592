/** Pictures of what a trained model samples. */
import type { SampleState } from "../diffusion/sample.js";
import { imageGrid } from "../figure/imageGrid.js";
import { imageStrip } from "../figure/imageStrip.js";
import type { ImageFigure } from "../figure/figure.js";
import { useBackend } from "../tensor/backend.js";
import { sampleModel } from "../train/sampleModel.js";
import { loadTrainedModel } from "../train/trainedModel.js";

type Env = Readonly<Record<string, string | undefined>>;

/** A grid of 40 samples. */
export async function sampleGridPicture(file: string, seed: number, env: Env): Promise<ImageFigure> {
  let last: SampleState | undefined;
  for await (const state of samplesOf(file, 40, seed, env)) last = state;
  if (last === undefined) throw new Error("sampling yielded no state");
  return imageGrid(last.xt, last.shape, {
    id: "samples",
    title: "Samples of the trained model",
    columns: 10,
    what: "samples of the trained model",
  });
}

/** Four samples on their way from noise, at nine times. */
export async function filmStripPicture(file: string, seed: number, env: Env): Promise<ImageFigure> {
  const states: SampleState[] = [];
  for await (const state of samplesOf(file, 4, seed, env)) states.push(state);
  const T = states.length - 1;
  // Little happens at first and much at the end: the times get denser towards t = 0.
  const times = Array.from({ length: 9 }, (_, index) => Math.round(T * (1 - index / 8) ** 1.5));
  const frames = states.filter(({ t }) => times.includes(t)).map(({ t, xt }) => ({ t, pixels: xt }));
  return imageStrip(frames, states[0]?.shape ?? [], {
    id: "denoising",
    title: "From noise to samples",
    what: "sampling, from noise on the left to the finished sample on the right",
  });
}

async function* samplesOf(
  file: string,
  count: number,
  seed: number,
  env: Env,
): AsyncGenerator<SampleState, void, void> {
  await useBackend(env);
  const trained = await loadTrainedModel(file);
  try {
    yield* sampleModel(trained, { count, seed });
  } finally {
    trained.dispose();
  }
}
