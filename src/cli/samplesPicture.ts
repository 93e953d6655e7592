/** A picture of samples of a trained model: images in a grid, points of the plane in a chart. */
import { chartPng } from "../figure/chartPng.js";
import type { Picture } from "../figure/tiles.js";
import { imageGrid } from "../figure/imageGrid.js";
import { scatter2d } from "../figure/scatter2d.js";
import { sampleModel, type SampleModelOptions, type SampleModelState } from "../train/sampleModel.js";
import type { TrainedModel } from "../train/trainedModel.js";

/**
 * Samples and draws.
 * @param onState called with every state on the way
 */
export async function samplesPicture(
  trained: TrainedModel,
  options: SampleModelOptions,
  onState: (state: SampleModelState) => void = () => undefined,
): Promise<Picture> {
  const each = trained.model.shape.reduce((product, n) => product * n, 1);
  const samples = new Float32Array(options.count * each);
  for await (const state of sampleModel(trained, options)) {
    onState(state);
    if (state.t === 0) samples.set(state.xt, state.from * each);
  }
  const what = "samples of the trained model";
  if (trained.model.shape.length === 3)
    return imageGrid(samples, [options.count, ...trained.model.shape], { what });
  const chart = scatter2d([{ name: what, points: samples }]);
  return { png: chartPng(chart), width: chart.layout.width ?? 0, height: chart.layout.height ?? 0 };
}
