/**
 * `npm run bench`: a training step and a sampling step of this library and of PyTorch, in turns in the same minutes, on
 * as many threads, with the same network. Writes bench/engine.md, the table that README cites.
 *
 *   node bench/engine.mjs [--rounds N] [--growth] [--python PATH]
 *
 * --growth  also the time per image as batch and channels grow
 * --python  a Python that has torch; without it one is made in out/bench-torch from bench/requirements-torch.txt
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const here = import.meta.dirname;
const threads = 2;
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "8" },
    growth: { type: "boolean", default: false },
    python: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** @typedef {{config: Record<string, unknown>, batch: number, T?: number}} Setting */
/** @typedef {{ms: number[], peakMB: number}} Timed */

const base = { imageSize: 28, imageChannels: 1, blocks: 1, middleAttention: true, groups: 8 };
const presets = {
  tiny: { ...base, patchSize: 2, channels: 32, multipliers: [1, 2], attentionAt: [7] },
  mnist: { ...base, patchSize: 1, channels: 32, multipliers: [1, 1, 2], attentionAt: [14] },
};

/** A Python with torch, made once. */
function pythonWithTorch() {
  if (values.python !== undefined) return values.python;
  const folder = join(here, "..", "out", "bench-torch");
  const python = join(folder, "bin", "python");
  if (existsSync(python)) return python;
  console.log("Making out/bench-torch with PyTorch (some minutes, once) …");
  const requirements = join(here, "requirements-torch.txt");
  for (const [command, args] of /** @type {const} */ ([
    ["python3", ["-m", "venv", folder]],
    [python, ["-m", "pip", "install", "-q", "-r", requirements]],
  ])) {
    const { status } = spawnSync(command, args, { stdio: "inherit" });
    if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
  }
  return python;
}

/** A program that answers a line of JSON with a line of JSON. */
class Side {
  /** @param {string} command @param {string[]} args */
  constructor(command, args) {
    this.child = spawn(command, args, {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, OMP_NUM_THREADS: String(threads), TF_NUM_INTRAOP_THREADS: String(threads) },
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  /** @param {object} request @returns {Promise<any>} */
  async ask(request) {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the program ended at ${JSON.stringify(request)}`);
    return JSON.parse(value);
  }

  end() {
    this.child.stdin.end();
  }
}

const median = (/** @type {number[]} */ sorted) => sorted[Math.floor(sorted.length / 2)] ?? NaN;

/** @param {number[]} ms median and the quarters beside it */
function summary(ms) {
  const sorted = [...ms].sort((a, b) => a - b);
  const quarter = (/** @type {number} */ q) => sorted[Math.floor(q * (sorted.length - 1))] ?? NaN;
  return { median: median(sorted), low: quarter(0.25), high: quarter(0.75) };
}

/**
 * One setting on both sides, in fresh programs, so that the peak of memory is its own.
 * @param {string} python @param {Setting} setting @param {number} rounds
 */
async function compare(python, { config, batch, T = 1000 }, rounds) {
  const sides = {
    ours: new Side(process.execPath, [join(here, "engine_worker.mjs")]),
    torch: new Side(python, [join(here, "engine_peer.py")]),
  };
  try {
    /** @type {Record<string, any>} */
    const answers = {};
    for (const [name, side] of Object.entries(sides))
      answers[name] = await side.ask({ config, batch, threads, T });
    if (answers["ours"].parameters !== answers["torch"].parameters)
      throw new Error(`${answers["ours"].parameters} parameters here, ${answers["torch"].parameters} there`);
    /** @type {Record<string, Record<string, number[]>>} */
    const times = { train: { ours: [], torch: [] }, sample: { ours: [], torch: [] } };
    /** @type {Record<string, number>} */
    const peak = {};
    for (let round = -1; round < rounds; round += 1)
      for (const what of ["train", "sample"])
        for (const [name, side] of Object.entries(sides)) {
          const { ms, peakMB } = await side.ask({ time: what, steps: round < 0 ? 3 : 5 });
          // The first round warms up: traces, caches, clocks.
          if (round >= 0) times[what]?.[name]?.push(...ms);
          peak[name] = peakMB;
        }
    return {
      libraries: [answers["ours"].library, answers["torch"].library],
      parameters: answers["ours"].parameters,
      times,
      peak,
    };
  } finally {
    for (const side of Object.values(sides)) side.end();
  }
}

/** @param {string} name @param {number} batch @param {Awaited<ReturnType<typeof compare>>} found */
function rows(name, batch, { times, peak }) {
  return ["train", "sample"].map((what) => {
    const [ours, torch] = [summary(times[what]?.["ours"] ?? []), summary(times[what]?.["torch"] ?? [])];
    const cell = (/** @type {ReturnType<typeof summary>} */ t) =>
      `${t.median.toFixed(0)} (${t.low.toFixed(0)}–${t.high.toFixed(0)})`;
    const images = ((1000 * batch) / ours.median).toFixed(0);
    const memory = `${peak["ours"]?.toFixed(0)} / ${peak["torch"]?.toFixed(0)}`;
    return `| ${name} | ${batch} | ${what} | ${cell(ours)} | ${cell(torch)} | ${(ours.median / torch.median).toFixed(2)} | ${images} | ${memory} |`;
  });
}

/** Milliseconds per image as batch, channels and T grow. @param {string} python */
async function measureGrowth(python) {
  const { mnist } = presets;
  /** @type {(Setting & {name: string})[]} */
  const settings = [
    ...[8, 16, 32, 64, 128].map((batch) => ({ name: `batch ${batch}`, config: mnist, batch })),
    ...[64, 96, 128].map((channels) => ({
      name: `${channels} channels`,
      config: { ...mnist, channels },
      batch: 32,
    })),
    ...[100, 4000].map((T) => ({ name: `T = ${T}`, config: mnist, batch: 32, T })),
  ];
  const lines = [
    "\n| `mnist`, ms per image | training step here | PyTorch | sampling step here | PyTorch | peak MB here / PyTorch |",
    "| --- | ---: | ---: | ---: | ---: | ---: |",
  ];
  for (const setting of settings) {
    const { times, peak } = await compare(python, setting, 1);
    const cell = (/** @type {string} */ what, /** @type {string} */ side) =>
      (summary(times[what]?.[side] ?? []).median / setting.batch).toFixed(2);
    const cells = ["train", "sample"].flatMap((what) => ["ours", "torch"].map((side) => cell(what, side)));
    const memory = `${peak["ours"]?.toFixed(0)} / ${peak["torch"]?.toFixed(0)}`;
    lines.push(`| ${setting.name} | ${cells.join(" | ")} | ${memory} |`);
    console.log(lines.at(-1));
  }
  return `${lines.join("\n")}\n`;
}

async function main() {
  if (values.help) {
    const [, text = ""] = /\/\*\*\n([\s\S]*?) \*\//.exec(readFileSync(import.meta.filename, "utf8")) ?? [];
    console.log(text.replaceAll(/^ \* ?/gm, ""));
    return;
  }
  const python = pythonWithTorch();
  const rounds = Number(values.rounds);
  const table = [
    "| network | batch | step | here, ms | PyTorch, ms | ratio | images/s here | peak MB here / PyTorch |",
    "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
  ];
  let libraries = /** @type {string[]} */ ([]);
  for (const [name, config] of Object.entries(presets)) {
    const found = await compare(python, { config, batch: 32 }, rounds);
    libraries = found.libraries;
    const added = rows(`${name}, ${found.parameters} parameters`, 32, found);
    table.push(...added);
    console.log(added.join("\n"));
  }
  const growth = values.growth ? await measureGrowth(python) : "";
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${threads} threads for each`;
  const text = `# A step here and in PyTorch

Made by \`npm run bench\`, on ${machine}. ${libraries.join("; ")}.
Median and quartiles in milliseconds; both sides in turns, five steps at a time; the same U-Net, Adam, clipping and moving
average. A sampling step is one network call and one draw for the whole batch. The peak is that of a whole process.

${table.join("\n")}
${growth}`;
  writeFileSync(join(here, "engine.md"), text);
}

await main();
