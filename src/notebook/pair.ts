/** Which files belong together: `NAME.md` and `NAME.ipynb` in one folder are the same notebook. */
import { readdir, readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { InputError } from "../error.js";

/** The two halves of one notebook with their texts; undefined where a half is missing. */
export interface Pair {
  /** Path without the ending, relative to where the user stands: how messages name it. */
  readonly name: string;
  /** Absolute path without the ending. */
  readonly stem: string;
  readonly md: string | undefined;
  readonly ipynb: string | undefined;
}

/** The file's text, or undefined if there is none. @throws InputError if it is there and unreadable */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new InputError(
      `${file} (${String(error.code)})`,
      "a readable file",
      "Check its name and permissions.",
      {
        cause: error,
      },
    );
  }
}

/**
 * The notebooks that the arguments name (by either file, or without ending), each once; without
 * arguments all those in the folder `notebooks/`.
 * @param cwd the folder that relative paths start from
 * @throws InputError if a named notebook has neither file
 */
export async function findPairs(paths: readonly string[], cwd: string): Promise<readonly Pair[]> {
  const named = paths.length > 0 ? paths : await listNotebooks(cwd);
  const stems = new Set(named.map((path) => resolve(cwd, path.replace(/\.(md|ipynb)$/, ""))));
  return Promise.all(
    [...stems].map(async (stem): Promise<Pair> => {
      const name = relative(cwd, stem);
      const [md, ipynb] = await Promise.all([readIfThere(`${stem}.md`), readIfThere(`${stem}.ipynb`)]);
      if (md !== undefined || ipynb !== undefined) return { name, stem, md, ipynb };
      throw new InputError(
        `${name}: neither ${name}.md nor ${name}.ipynb exists`,
        "a notebook",
        "Check the path.",
      );
    }),
  );
}

async function listNotebooks(cwd: string): Promise<readonly string[]> {
  try {
    const files = await readdir(resolve(cwd, "notebooks"));
    return files
      .filter((file) => /^(?!README\.|\.).*\.(md|ipynb)$/.test(file))
      .sort()
      .map((file) => `notebooks/${file}`);
  } catch (error) {
    throw new InputError(
      `${resolve(cwd, "notebooks")} cannot be listed`,
      "a folder notebooks/ here",
      "Run this in the project's folder, or name the notebooks.",
      { cause: error },
    );
  }
}
