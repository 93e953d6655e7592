import { relative, resolve } from "node:path";
import { animatedGrid } from "../figure/animation.js";
import { evenColumns } from "../figure/imageGrid.js";
import { InputError } from "../error.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import { useBackend } from "../tensor/backend.js";
import { type SampleModelOptions, type SampleModelState } from "../train/sampleModel.js";
import { loadTrainedModel, type TrainedModel } from "../train/trainedModel.js";
import type { Command, CommandArguments } from "./command.js";
import { modelFile, modelUsage } from "./modelArgument.js";
import { oneOf, realNumber, wholeNumber } from "./numbers.js";
import { showBar } from "./progress.js";
import { samplesPicture } from "./samplesPicture.js";

const COUNT = 36;
/** Frames of an animation at most, and images in it. */
const FRAMES = 50;
const SHOWN = 36;

const usage = `Usage: workbook sample [MODEL] [--count N] [OPTIONS]

Draws samples of a trained model. ${modelUsage}

  --checkpoint FILE  the same as MODEL
  --count N          how many (default: ${COUNT})
  --sampler NAME     ddpm (Algorithm 2, default; also called ancestral) or ddim
  --steps S          steps of sampling, from 1 to T (default: T)
  --eta E            noise of ddim, from 0 (default) to 1
  --variance NAME    of ddpm's steps: fixedSmall (β̃) or fixedLarge (β) (default: as in training)
  --seed S           the same seed gives the same samples (default: 1)
  --out FILE         the picture, PNG (default: samples.png)
  --gif FILE         how the first ${SHOWN} appear out of noise, as an animated GIF as well
  --json             one JSON document at the end, and nothing else
`;

export const command: Command = {
  summary: "draw samples of a trained model",
  usage,
  options: {
    checkpoint: { type: "string" },
    count: { type: "string" },
    sampler: { type: "string" },
    steps: { type: "string" },
    eta: { type: "string" },
    variance: { type: "string" },
    seed: { type: "string" },
    out: { type: "string", default: "samples.png" },
    gif: { type: "string" },
    json: { type: "boolean" },
  },
  run: async (args, effects) => {
    const { values } = args;
    const options = readOptions(args);
    const isJson = values["json"] === true;
    await useBackend(effects.env);
    const file = await modelFile(args, effects.cwd);
    const trained = await loadTrainedModel(file);
    try {
      checkGif(values, trained);
      const bar = showBar("steps", { isTerminal: effects.isTerminal && !isJson });
      const frames = frameKeeper(options.steps ?? trained.schedule.T);
      const begin = performance.now();
      const { png } = await samplesPicture(trained, options, (state) => {
        bar.reach(state.done, state.total);
        if (values["gif"] !== undefined) frames.see(state);
      });
      bar.end();
      const seconds = (performance.now() - begin) / 1000;
      const written = [resolve(effects.cwd, String(values["out"]))];
      await writeFileWhole(written[0] ?? "", png);
      if (typeof values["gif"] === "string") {
        written.push(resolve(effects.cwd, values["gif"]));
        await writeFileWhole(written[1] ?? "", frames.draw());
      }
      const { steps = trained.schedule.T, sampler } = options;
      const facts = { checkpoint: file, ...options, steps, seconds, out: written[0], gif: written[1] };
      const lines = written.map((path) => `${relative(effects.cwd, path)}\n`).join("");
      const said = `${options.count} samples, ${sampler} in ${steps} steps, ${seconds.toFixed(1)} s\n`;
      effects.out(isJson ? `${JSON.stringify(facts)}\n` : `${lines}${said}`);
      return 0;
    } finally {
      trained.dispose();
    }
  },
};

function readOptions(args: CommandArguments): SampleModelOptions & { readonly sampler: "ddpm" | "ddim" } {
  const sampler = samplerOf(args.values["sampler"]);
  const [steps, eta] = [wholeNumber(args, "steps", 1), realNumber(args, "eta", 0, 1)];
  if (eta !== undefined && sampler === "ddpm")
    throw new InputError(
      `--eta ${eta} with the sampler ddpm`,
      "ddim",
      "Add --sampler ddim, or leave --eta out.",
    );
  const variance = oneOf(args, "variance", ["fixedSmall", "fixedLarge"] as const);
  return {
    count: wholeNumber(args, "count", 1) ?? COUNT,
    sampler,
    seed: wholeNumber(args, "seed", Number.MIN_SAFE_INTEGER) ?? 1,
    ...(steps === undefined ? {} : { steps }),
    ...(eta === undefined ? {} : { eta }),
    ...(variance === undefined ? {} : { variance }),
  };
}

function samplerOf(text: CommandArguments["values"][string]): "ddpm" | "ddim" {
  if (text === undefined || text === "ddpm" || text === "ancestral") return "ddpm";
  if (text === "ddim") return "ddim";
  throw new InputError(`--sampler ${String(text)}`, "ddpm or ddim", "Leave it out for ddpm.");
}

function checkGif({ gif }: CommandArguments["values"], { model }: TrainedModel): void {
  if (gif === undefined || model.shape.length === 3) return;
  throw new InputError(`--gif ${String(gif)}`, "a model of images", "Leave it out for points of the plane.");
}

/** Keeps some states of the first batch, evenly spaced, among them pure noise and the finished samples. */
function frameKeeper(steps: number): { see: (state: SampleModelState) => void; draw: () => Uint8Array } {
  const wanted = Math.min(FRAMES, steps + 1);
  const kept: Float32Array[] = [];
  let shape: readonly number[] = [];
  let seen = 0;
  return {
    see: ({ from, xt, shape: [batch = 0, ...each] }) => {
      if (from > 0) return;
      const count = Math.min(SHOWN, batch);
      shape = [count, ...each];
      const isWanted = seen === Math.round((kept.length * steps) / (wanted - 1));
      if (isWanted) kept.push(xt.slice(0, (xt.length / batch) * count));
      seen += 1;
    },
    draw: () => animatedGrid(kept, shape, { columns: evenColumns(shape[0] ?? 1) }),
  };
}
