import { parseArgs } from "node:util";
import { InputError } from "../error.js";
import type { Command, Effects, ExitStatus } from "./command.js";

/** Commands load on demand: `workbook check` must not wait for TensorFlow. */
const commands: Readonly<Record<string, () => Promise<{ command: Command }>>> = {
  check: () => import("./check.js"),
  doctor: () => import("./doctor.js"),
  evaluate: () => import("./evaluate.js"),
  figures: () => import("./figures.js"),
  kernel: () => import("./kernel.js"),
  lint: () => import("./lint.js"),
  run: () => import("./run.js"),
  report: () => import("./report.js"),
  sample: () => import("./sample.js"),
  sync: () => import("./sync.js"),
  train: () => import("./train.js"),
};

/**
 * Runs one command line (without `node` and the script) and returns the exit status.
 * Never throws for what the user did wrong; anything else that is thrown is a bug and shown whole.
 */
export async function main(argv: readonly string[], effects: Effects): Promise<ExitStatus> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    effects.out(await overview());
    return name === undefined ? 2 : 0;
  }
  const load = commands[name];
  if (load === undefined) {
    effects.err(`workbook: unknown command ${name}: expected one of ${Object.keys(commands).join(", ")}\n`);
    return 2;
  }
  const { command } = await load();
  try {
    const { values, positionals } = parseArgs({
      args: [...rest],
      options: { ...command.options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    if (values["help"] === true) {
      effects.out(command.usage);
      return 0;
    }
    return await command.run({ values, positionals }, effects);
  } catch (error) {
    if (isUsageError(error)) {
      effects.err(`workbook ${name}: ${error.message}\nTry: workbook ${name} --help\n`);
      return 2;
    }
    if (error instanceof InputError) {
      effects.err(`workbook ${name}: ${error.message}\n`);
      return 2;
    }
    throw error;
  }
}

function isUsageError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

async function overview(): Promise<string> {
  const names = Object.keys(commands);
  const width = Math.max(0, ...names.map((name) => name.length));
  const lines = await Promise.all(
    names.map(async (name) => {
      const load = commands[name];
      return `  ${name.padEnd(width)}  ${load === undefined ? "" : (await load()).command.summary}`;
    }),
  );
  return `Usage: workbook COMMAND [ARGUMENTS]\n\n${lines.join("\n")}\n\nworkbook COMMAND --help tells more.\n`;
}
