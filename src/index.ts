/** Every public name of the library, by hand. Notebooks import from here and from nowhere else. */
export { InputError } from "./error.js";
export { createRandom, type Random } from "./random/random.js";

// tensor
export { useBackend, type Backend, type BackendName } from "./tensor/backend.js";
export { compiled, type Compiled, type Tensors } from "./tensor/graph/compiled.js";

// derivation
export { checkLatex, checkStatements } from "./derivation/check.js";
export type { CheckOptions, StatementSource } from "./derivation/options.js";
export type { GivenSchedule } from "./derivation/world/given.js";
export {
  mutateStatements,
  type MutationProgress,
  type MutationReport,
  type Survivor,
} from "./derivation/slip/mutation.js";
export { ddpm, extendNotation, type NotationChanges } from "./derivation/notation/ddpm.js";
export type { Binding, BoundPoint, Notation, Role } from "./derivation/notation/notation.js";
export type {
  CheckReport,
  Counterexample,
  Repair,
  SourcePlace,
  StatementResult,
  Summary,
  Verdict,
} from "./derivation/verdict/verdict.js";

// diffusion
export type { Coefficient, PerSample, SameKind, Samples } from "./tensor/affine.js";
export { type Schedule, scheduleFromBetas } from "./diffusion/schedule.js";
export {
  type BetaRange,
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  quadraticSchedule,
} from "./diffusion/schedules.js";
export type { CoefficientAt, Timestep } from "./diffusion/timestep.js";
export { type MeanVariance, qMeanVariance, qSample } from "./diffusion/forward.js";
export { posteriorMean, qPosteriorMeanVariance } from "./diffusion/posterior.js";
export {
  type Prediction,
  predictEpsFromMean,
  predictEpsFromV,
  predictEpsFromXStart,
  predictMeanFromEps,
  predictMeanFromXStart,
  predictV,
  predictXStartFromEps,
  predictXStartFromMean,
  predictXStartFromV,
} from "./diffusion/parameterization.js";
export {
  type Denoiser,
  pMeanVariance,
  pSample,
  type FixedReverseOptions,
  type ReverseMeanVariance,
  type ReverseOptions,
} from "./diffusion/reverse.js";
export type { FixedVariance, LearnedVariance, VarianceKind } from "./diffusion/variance.js";
export type { PerElement } from "./diffusion/perElement.js";
export { respace, type Respaced, spaceTimesteps } from "./diffusion/respace.js";
export {
  type LoopOptions,
  pSampleLoop,
  type SampleLoopOptions,
  type SampleState,
} from "./diffusion/sample.js";
export {
  ddimInvertLoop,
  ddimInvertStep,
  ddimSampleLoop,
  ddimStep,
  type DdimOptions,
} from "./diffusion/ddim.js";
export { normalTensor } from "./diffusion/normals.js";
export { normalKl } from "./diffusion/kl.js";
export {
  approxStandardNormalCdf,
  discretizedGaussianLogLikelihood,
  standardNormalCdf,
} from "./diffusion/likelihood.js";
export { type BoundOptions, epsLossWeight, priorBpd, vbTermsBpd } from "./diffusion/elbo.js";
export { type Bpd, type BpdOptions, type BpdStep, calcBpd, calcBpdLoop } from "./diffusion/bpdLoop.js";
export { type BpdTables, rateDistortion, type RateDistortion } from "./diffusion/rateDistortion.js";

// data
export { type Batch, type BatchRequest, checkedDataset, type Dataset, type Split } from "./data/dataset.js";
export { openCifar10 } from "./data/cifar.js";
export { openImageFolder } from "./data/imageFolder.js";
export { glyphs } from "./data/glyphs.js";
export { type Idx, parseIdx, readIdx } from "./data/idx.js";
export { gaussianMixture, type Mixture, type MixtureParameters, ringMixture } from "./data/mixture.js";
export { openMnist } from "./data/mnist.js";
export { openDataset } from "./data/openDataset.js";
export { mixtureDataset, ringOfGaussians, toy, toyNames } from "./data/toy.js";

// model
export { idealDenoiser, type MixtureLaw } from "./model/ideal.js";
export type { Initializer, Layer, MaskSpec, ParamSpec, Params } from "./model/layer.js";
export { drawMasks } from "./model/dropout.js";
export {
  countParameters,
  disposeParams,
  flattenParams,
  initParams,
  unflattenParams,
} from "./model/params.js";
export { denoiserOf, type NetworkDenoiser } from "./model/denoiser.js";
export type { ModelOf } from "./model/model.js";
export { createModel, type Model, type ModelDescription } from "./model/createModel.js";
export { createUNet } from "./model/unet.js";
export { type UNetConfig, unetPresets } from "./model/unetConfig.js";
export { fromDiffusers, type NamedArray, type NamedArrays, toDiffusers } from "./model/diffusers.js";
export { type DiffusersConfig, diffusersConfig, unetConfigFromDiffusers } from "./model/diffusersConfig.js";
export { createMlp, type MlpConfig } from "./model/mlp.js";
export { type TimeFeatures, type Timesteps, timestepFeatures } from "./model/embedding.js";
export { silu } from "./model/silu.js";

// train
export { type TrainStep, trainLoop } from "./train/loop.js";
export type { TrainOptions } from "./train/trainOptions.js";
export { disposeState, emaParams, initTrainState, type TrainState } from "./train/state.js";
export { simpleLoss } from "./train/loss.js";
export {
  createObjective,
  type Draw,
  type LossInputs,
  type LossModel,
  type Objective,
  type ObjectiveOptions,
} from "./train/objective.js";
export {
  type DrawnTimesteps,
  type LossesByTime,
  lossSecondMomentTimesteps,
  type TimestepSampler,
  uniformTimesteps,
} from "./train/timesteps.js";
export {
  adam,
  adamChange,
  type AdamOptions,
  adamScalars,
  type AdamScalars,
  adamW,
  clipByGlobalNorm,
  globalNorm,
  type Optimizer,
  type OptimizerState,
} from "./train/optimizer.js";
export { constantRate, cosineDecay, type LearningRate, warmUp } from "./train/learningRate.js";
export { emaDecayAt, moveEma, updateEma } from "./train/ema.js";
export { presetLearningRate, presets, presetSchedule, type TrainPreset } from "./train/presets.js";
export { type Checkpoint, type CheckpointInfo, loadCheckpoint, saveCheckpoint } from "./train/checkpoint.js";
export { latestCheckpoint, type LatestCheckpoint, listCheckpoints } from "./train/runFolder.js";
export { type RunOptions, type RunStep, trainRun } from "./train/run.js";
export { type RunConfig, runConfig, runPresets, type RunWishes } from "./train/runConfig.js";
export { sampleModel, type SampleModelOptions, type SampleModelState } from "./train/sampleModel.js";
export { evaluateModel, type EvaluateOptions, type Evaluation } from "./train/evaluateModel.js";
export { type EventFile, openEventFile } from "./train/eventFile.js";
export { loadTrainedModel, saveTrainedModel, shippedModel, type TrainedModel } from "./train/trainedModel.js";

export { loadDiffusers, saveDiffusers, type UNetWithParams } from "./train/diffusersFolder.js";

// figure
export type { ChartFigure, Figure, FigureOptions, ImageFigure, Numbers } from "./figure/figure.js";
export { lineChart, type LineChartSpec, type Series } from "./figure/lineChart.js";
export { chartPng } from "./figure/chartPng.js";
export { palette, seriesColor, sequentialColor } from "./figure/theme.js";
export { betaCurves } from "./figure/betaCurves.js";
export { alphaBarCurves, type AlphaBarQuantity } from "./figure/alphaBarCurves.js";
export { snrCurves } from "./figure/snrCurves.js";
export { noiseContributions } from "./figure/noiseContributions.js";
export { posteriorVarianceCurves } from "./figure/posteriorVarianceCurves.js";
export { densityComparison, type DensityCurve } from "./figure/densityComparison.js";
export { lossCurve, type LossHistory } from "./figure/lossCurve.js";
export { histogram, type HistogramOptions } from "./figure/histogram.js";
export { type PointCloud, scatter2d } from "./figure/scatter2d.js";
export { imageGrid, type ImageGridOptions } from "./figure/imageGrid.js";
export { type Frame, imageStrip, type ImageStripOptions } from "./figure/imageStrip.js";
export { animatedGrid, type AnimationOptions } from "./figure/animation.js";

// notebook
export { clearOutput, display, updateDisplay, type MimeBundle } from "./notebook/display.js";
export { show } from "./notebook/show.js";
export { check, derive, DerivationError, tex, type Line } from "./notebook/derive.js";
export { liveFigure, type LiveFigure } from "./notebook/liveFigure.js";
export { progress, type Progress, type ProgressValues } from "./notebook/progress.js";
export { track, type TrackOptions } from "./notebook/track.js";
export { runParameters, type RunParameters } from "./notebook/parameters.js";
