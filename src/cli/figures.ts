import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { InputError } from "../error.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import type { Command, CommandArguments, Effects } from "./command.js";
import type { Built } from "./builtPicture.js";
import { recipes, type Recipe } from "./figureRecipes.js";

const usage = `Usage: workbook figures [--out DIR] [--checkpoint FILE] [--seed S] [--only ID]…

Rebuilds the pictures of the documentation and DIR/figures.json, which says how each was made.

  --out DIR          where they go (default: figures)
  --checkpoint FILE  a trained model; without one the pictures of samples stay as they are
  --seed S           seed of everything random (default: 1)
  --only ID          build this one only; may be repeated. ${recipes.map(({ id }) => id).join(", ")}

The same seed, checkpoint and backend give the same files. The derivation needs Chromium or Chrome.
`;

/** One entry of figures.json. */
export interface FigureEntry {
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly alt: string;
  readonly seed: number;
  /** The command that makes this file again. */
  readonly command: string;
}

export const command: Command = {
  summary: "rebuild figures/",
  usage,
  options: {
    out: { type: "string", default: "figures" },
    checkpoint: { type: "string" },
    seed: { type: "string", default: "1" },
    only: { type: "string", multiple: true },
  },
  run: async ({ values }, effects) => {
    const request = readRequest(values, effects);
    const old = readEntries(request.folder);
    // All pictures first, then all files: what cannot be built leaves the folder as it was.
    const built: { entry: FigureEntry; png: Uint8Array }[] = [];
    for (const recipe of request.chosen) {
      const picture = await recipe.build(request);
      built.push({ entry: entryOf(recipe, picture, request), png: picture.png });
    }
    await makeFolder(request.folder);
    for (const { entry, png } of built) {
      await writeFileWhole(join(request.folder, entry.file), png);
      effects.out(`${join(request.out, entry.file)}  ${png.length} bytes\n`);
    }
    const entries = mergeEntries(
      old,
      built.map(({ entry }) => entry),
    );
    await writeFileWhole(join(request.folder, "figures.json"), `${JSON.stringify(entries, undefined, 2)}\n`);
    return 0;
  },
};

interface FiguresRequest {
  readonly out: string;
  readonly folder: string;
  readonly seed: number;
  readonly checkpoint: string | undefined;
  readonly checkpointGiven: string | undefined;
  readonly chosen: readonly Recipe[];
  readonly env: Effects["env"];
}

function readRequest(values: CommandArguments["values"], { cwd, env }: Effects): FiguresRequest {
  const [out, seed] = [String(values["out"]), Number(values["seed"])];
  if (!Number.isSafeInteger(seed)) {
    throw new InputError(`--seed ${String(values["seed"])}`, "a whole number", "Leave it out for seed 1.");
  }
  const checkpointGiven = typeof values["checkpoint"] === "string" ? values["checkpoint"] : undefined;
  const checkpoint = checkpointGiven === undefined ? undefined : resolve(cwd, checkpointGiven);
  const only = Array.isArray(values["only"]) ? values["only"].map(String) : undefined;
  return {
    ...{ out, seed, checkpoint, checkpointGiven, env },
    folder: resolve(cwd, out),
    chosen: choose(only, checkpoint !== undefined),
  };
}

function choose(only: readonly string[] | undefined, hasCheckpoint: boolean): readonly Recipe[] {
  const stranger = only?.find((id) => !recipes.some((recipe) => recipe.id === id));
  if (stranger !== undefined) {
    const names = recipes.map(({ id }) => id).join(", ");
    throw new InputError(`--only ${stranger}`, `one of ${names}`, "Choose one of them.");
  }
  const needy = recipes.find(({ id, needsCheckpoint }) => needsCheckpoint && only?.includes(id) === true);
  if (needy !== undefined && !hasCheckpoint) {
    throw new InputError(
      `--only ${needy.id}`,
      "a checkpoint with it",
      "Name a trained model: --checkpoint FILE; workbook train makes one.",
    );
  }
  return recipes.filter(
    ({ id, needsCheckpoint }) => only?.includes(id) ?? (!needsCheckpoint || hasCheckpoint),
  );
}

function entryOf(
  { id, needsCheckpoint }: Recipe,
  { title, alt }: Built,
  request: FiguresRequest,
): FigureEntry {
  const checkpoint = needsCheckpoint ? ` --checkpoint ${String(request.checkpointGiven)}` : "";
  const { seed } = request;
  const made = `npx workbook figures --only ${id}${checkpoint} --seed ${seed}`;
  return { id, file: `${id}.png`, title, alt, seed, command: made };
}

function readEntries(folder: string): readonly FigureEntry[] {
  const file = join(folder, "figures.json");
  if (!existsSync(file)) return [];
  try {
    const found: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (Array.isArray(found)) return found as readonly FigureEntry[];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InputError(file, "the list that this command writes", "Delete it and build all figures anew.");
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(
      `--out ${folder} (${reason})`,
      "a folder that can be made",
      "Choose another place.",
      {
        cause,
      },
    );
  }
}

/** New entries replace old ones of the same id; the order is that of the recipes. */
function mergeEntries(old: readonly FigureEntry[], fresh: readonly FigureEntry[]): readonly FigureEntry[] {
  return recipes.flatMap(({ id }) => {
    const entry = [...fresh, ...old].find((candidate) => candidate.id === id);
    return entry === undefined ? [] : [entry];
  });
}
