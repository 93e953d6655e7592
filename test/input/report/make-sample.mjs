/** Writes sample.ipynb as an executed notebook would be. Run here, after a build: node make-sample.mjs */
import { writeFileSync } from "node:fs";
import { alphaBarCurves } from "../../../dist/figure/alphaBarCurves.js";
import { imageStrip } from "../../../dist/figure/imageStrip.js";
import { lossCurve } from "../../../dist/figure/lossCurve.js";
import { glyphs } from "../../../dist/data/glyphs.js";
import { cosineSchedule, linearSchedule } from "../../../dist/diffusion/schedules.js";
import { figureBundle } from "../../../dist/notebook/show.js";
import { derivationBundle } from "../../../dist/notebook/derivationBundle.js";
import { createRandom } from "../../../dist/random/random.js";

const random = createRandom(3);
let id = 0;
const next = () => `c${(id += 1)}`;
const markdown = (source, metadata = {}) => ({ cell_type: "markdown", id: next(), metadata, source });
const display = ({ data, metadata = {} }) => ({ output_type: "display_data", data, metadata });
const stream = (text, name = "stdout") => ({ output_type: "stream", name, text });
let count = 0;
const code = (source, outputs = [], metadata = {}) => ({
  cell_type: "code",
  execution_count: (count += 1),
  id: next(),
  metadata,
  outputs,
  source,
});

const schedule = linearSchedule({ T: 1000 });
const steps = Array.from({ length: 150 }, (_, i) => i * 10 + 10);
const loss = steps.map((step) => 0.03 + 0.9 * Math.exp(-step / 180) + 0.01 * Math.abs(random.normal()));

/** Three glyphs at several times, by the closed form. */
const { x } = glyphs().batch({ size: 3, step: 4, seed: 11 });
const frames = [0, 50, 125, 250, 500, 750, 1000].map((t) => ({
  pixels: x.map(
    (value) => value * (schedule.sqrtAlphaBar[t] ?? 0) + random.normal() * (schedule.sqrtOneMinusAlphaBar[t] ?? 0),
  ),
  t,
}));

const line = (latex, verdict, rest = {}) => ({
  latex,
  relation: "=",
  verdict,
  inLaw: false,
  maxRelativeError: 3.1e-62,
  worlds: 16,
  ...rest,
});
const derivation = {
  title: "From two steps to any number of steps",
  lines: [
    line("x_t = \\sqrt{\\alpha_t}\\,x_{t-1} + \\sqrt{1-\\alpha_t}\\,z_t", "holds", {
      because: "this is one step of the forward process, with $\\alpha_t = 1-\\beta_t$",
    }),
    line(
      "x_t = \\sqrt{\\alpha_t\\alpha_{t-1}}\\,x_{t-2} + \\sqrt{\\alpha_t-\\alpha_t\\alpha_{t-1}}\\,z_{t-1} + \\sqrt{1-\\alpha_t}\\,z_t",
      "holds",
      { because: "the step before, put in for $x_{t-1}$" },
    ),
    line(
      "x_t = \\sqrt{\\alpha_t\\alpha_{t-1}}\\,x_{t-2} + \\sqrt{1-\\alpha_t\\alpha_{t-1}}\\,\\bar z",
      "holds",
      { inLaw: true, because: "independent normal noises add up: their variances do" },
    ),
    line("\\bar\\alpha_t \\coloneqq \\prod_{s=1}^{t}\\alpha_s", "defines", { maxRelativeError: null }),
    line("x_t = \\bar\\alpha_t\\,x_0 + (1-\\bar\\alpha_t)\\,\\bar z", "fails", {
      maxRelativeError: 0.83,
      because: "the square roots were forgotten",
      counterexample: "t = 4, alphaBar_4 = 0.31\nleft  = 0.9127\nright = 0.4310",
    }),
    line("x_t \\approx x_0", "undecided", { worlds: 0, maxRelativeError: null, reason: "≈ says nothing that can be checked" }),
  ],
  summary: { holds: 3, fails: 1, defines: 1, undecided: 1, unreadable: 0 },
  seed: 7,
  digits: 64,
};

const cells = [
  markdown(`# The forward process

Take a picture and add a little noise. Do it again, a thousand times. At the end nothing of the picture is left: what remains is noise, as if the picture had never been there. This notebook follows that way, step by step, and **checks every equation on it by machine**.

One step mixes the picture with fresh noise $z_t \\sim \\mathcal N(0, I)$:

$$x_t = \\sqrt{1-\\beta_t}\\,x_{t-1} + \\sqrt{\\beta_t}\\,z_t, \\qquad t = 1, \\dots, T.$$

The square roots are there so that the variance stays what it was: if $x_{t-1}$ has unit variance, so has $x_t$, since $(1-\\beta_t) + \\beta_t = 1$ [^1].

[^1]: Ho, Jain and Abbeel, *Denoising Diffusion Probabilistic Models* (2020), equation 2.`),
  code(
    `import { alphaBarCurves, cosineSchedule, linearSchedule, show } from "diffusion-workbook";

// the schedule of the paper, and a gentler one
const schedule = linearSchedule({ T: 1000 });
const gentle = cosineSchedule({ T: 1000 });
show(alphaBarCurves([schedule, gentle]));`,
    [display(figureBundle(alphaBarCurves([schedule, cosineSchedule({ T: 1000 })])))],
  ),
  markdown(`## How much of the picture is left

The factor $\\bar\\alpha_t$ says how much. After a few hundred steps it is small, and in the end the two schedules agree:

| $t$ | linear | cosine |
|----:|-------:|-------:|
| 1 | 0.9999 | 0.9999 |
| 250 | 0.5214 | 0.8470 |
| 1000 | $4.0\\cdot10^{-5}$ | $2.4\\cdot10^{-9}$ |

> The schedule decides *when* the information is lost; that it is lost is decided by $T$ alone.`),
  code(`show(imageStrip(frames, [3, 28, 28, 1]));`, [
    display(figureBundle(imageStrip(frames, [3, 28, 28, 1], { title: "Three glyphs on their way into noise" }))),
  ]),
  markdown("## All steps at once\n\nTwo steps make one, and by induction so do $t$ of them."),
  code(`derive(derivation);`, [display({ data: derivationBundle(derivation) })]),
  markdown(`### A longer formula

The posterior, which the next notebook derives, does not fit on a telephone; it scrolls by itself:

$$q(x_{t-1}\\mid x_t,x_0)=\\mathcal N\\!\\left(x_{t-1};\\;\\frac{\\sqrt{\\bar\\alpha_{t-1}}\\,\\beta_t}{1-\\bar\\alpha_t}\\,x_0+\\frac{\\sqrt{\\alpha_t}\\,(1-\\bar\\alpha_{t-1})}{1-\\bar\\alpha_t}\\,x_t,\\;\\frac{1-\\bar\\alpha_{t-1}}{1-\\bar\\alpha_t}\\,\\beta_t I\\right)$$

It is used in these ways:

1. to train: its mean is what the network learns,
2. to sample, from $t = T$ down to $t = 1$,
3. to bound the likelihood.

\`\`\`ts
const mean = qPosteriorMeanVariance(schedule, xStart, xt, t).mean; // as in the formula
\`\`\``),
  markdown("## Training"),
  code(
    `for await (const { step, loss } of trainLoop({ model, schedule, dataset, steps: 1500, seed: 1 })) {
  history.push(step, loss);
}`,
    [
      stream("backend: tensorflow 2.21.0 on CPU\n\u001b[32mstep 1500/1500\u001b[0m  loss 0.0312  took 3:41\n"),
      display(figureBundle(lossCurve({ step: steps, loss }))),
    ],
  ),
  code("schedule.alphaBar[1000]", [
    { output_type: "execute_result", execution_count: 4, data: { "text/plain": "0.00004035829765375685" }, metadata: {} },
  ]),
  markdown("What goes wrong is shown too:"),
  code("linearSchedule({ T: 0 });", [
    {
      output_type: "error",
      ename: "InputError",
      evalue: "T = 0: expected a whole number from 1 to 100000. Choose a larger T.",
      traceback: ["\u001b[31mInputError\u001b[0m: T = 0: expected a whole number from 1", "    at cell 9, line 1"],
    },
  ]),
];

const notebook = {
  cells,
  metadata: {
    authors: [{ name: "The workbook" }],
    diffusion_workbook: {
      run: { date: "2026-11-20", kernel: "diffusion-workbook", backend: "tensorflow 2.21.0 on CPU", profile: "quick", data: "glyphs", seed: 1 },
    },
    kernelspec: { display_name: "TypeScript (Diffusion Workbook)", language: "typescript", name: "diffusion-workbook" },
    language_info: { name: "typescript" },
  },
  nbformat: 4,
  nbformat_minor: 5,
};
writeFileSync(new URL("sample.ipynb", import.meta.url), `${JSON.stringify(notebook, undefined, 1)}\n`);
