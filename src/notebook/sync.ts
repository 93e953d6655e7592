/**
 * Keeps the two files of a notebook equal. Which one was edited is not asked of the clock (a
 * checkout sets both times anew) but of a record: the .ipynb carries the hash of the text that both
 * files had when they were last equal. The file that no longer has it was edited; if neither has
 * it, both were, and a person must choose.
 */
import { createHash } from "node:crypto";
import { InputError } from "../error.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import { readIpynb, writeIpynb } from "./format/ipynb.js";
import { writeMyst } from "./format/myst.js";
import { readMyst } from "./format/mystRead.js";
import { isJsonObject, toJsonObject, type Notebook } from "./format/notebook.js";
import type { Pair } from "./pair.js";
import { tidy } from "./tidy.js";

export type Half = "md" | "ipynb";

/** What has to be done to make a pair equal. */
export interface SyncPlan {
  /** The half whose text counts, or "both" where they agree. */
  readonly source: Half | "both";
  /** The new text of a half, or undefined where it stays. */
  readonly md: string | undefined;
  readonly ipynb: string | undefined;
  /** One phrase for people: "equal", "02.ipynb made from 02.md". */
  readonly summary: string;
}

/**
 * @param from which half counts, whatever was edited
 * @throws InputError on a conflict, or if a half cannot be read or cannot be held by the other
 */
export function planSync(pair: Pair, from?: Half): SyncPlan {
  // a half that is to be overwritten need not even be readable
  const ipynbText = from === "md" ? undefined : pair.ipynb;
  const mdText = from === "ipynb" ? undefined : pair.md;
  const stored = ipynbText === undefined ? undefined : readIpynb(ipynbText, `${pair.name}.ipynb`);
  const tidied = stored === undefined ? undefined : tidy(stored, `${pair.name}.ipynb`);
  const md = mdText === undefined ? undefined : readMyst(mdText, `${pair.name}.md`, tidied?.notebook);
  const { source, notebook } = choose(pair, {
    md,
    ipynb: tidied?.notebook,
    recorded: recordedHash(stored),
    from,
  });
  const newMd = writeMyst(notebook, `${pair.name}.md`);
  const newIpynb = writeIpynb(withHash(notebook, hash(newMd)));
  const removed = source === "md" ? [] : (tidied?.removed ?? []);
  const plan = {
    source,
    md: newMd === pair.md ? undefined : newMd,
    ipynb: newIpynb === pair.ipynb ? undefined : newIpynb,
  };
  return { ...plan, summary: summarize(pair, plan, removed) };
}

/** Carries a plan out. The .md goes first: if the .ipynb then fails, the next sync finds them equal or the .md edited. */
export async function carryOut(plan: SyncPlan, pair: Pair): Promise<void> {
  if (plan.md !== undefined) await writeFileWhole(`${pair.stem}.md`, plan.md);
  if (plan.ipynb !== undefined) await writeFileWhole(`${pair.stem}.ipynb`, plan.ipynb);
}

interface Halves {
  readonly md: Notebook | undefined;
  readonly ipynb: Notebook | undefined;
  readonly recorded: string | undefined;
  readonly from: Half | undefined;
}

function choose(pair: Pair, halves: Halves): { source: Half | "both"; notebook: Notebook } {
  const { md, ipynb, recorded, from } = halves;
  if (from !== undefined && halves[from] === undefined) {
    throw new InputError(
      `${pair.name}.${from} does not exist`,
      "the file named by --from",
      "Leave --from out.",
    );
  }
  if (ipynb === undefined && md !== undefined) return { source: "md", notebook: md };
  if (md === undefined && ipynb !== undefined) return { source: "ipynb", notebook: ipynb };
  if (md === undefined || ipynb === undefined) throw new Error(`${pair.name}: a pair without files`);
  const mdHash = hash(writeMyst(md, `${pair.name}.md`));
  const ipynbHash = hash(writeMyst(ipynb, `${pair.name}.ipynb`));
  if (mdHash === ipynbHash) return { source: "both", notebook: md };
  if (ipynbHash === recorded) return { source: "md", notebook: md };
  if (mdHash === recorded) return { source: "ipynb", notebook: ipynb };
  const why =
    recorded === undefined ? "differ and were never synced" : "were both edited since the last sync";
  throw new InputError(
    `${pair.name}.md and ${pair.name}.ipynb ${why}`,
    "at most one of them to have changed",
    `Keep one and overwrite the other: workbook sync --from md ${pair.name} (or --from ipynb).`,
  );
}

function hash(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

function recordedHash(notebook: Notebook | undefined): string | undefined {
  const ours = notebook?.metadata["diffusion_workbook"];
  const recorded = isJsonObject(ours) ? ours["source_hash"] : undefined;
  return typeof recorded === "string" ? recorded : undefined;
}

function withHash(notebook: Notebook, sourceHash: string): Notebook {
  const ours = notebook.metadata["diffusion_workbook"];
  const metadata = {
    ...notebook.metadata,
    diffusion_workbook: { ...(isJsonObject(ours) ? ours : {}), source_hash: sourceHash },
  };
  return { ...notebook, metadata: toJsonObject(metadata, "metadata") };
}

function summarize(pair: Pair, plan: Omit<SyncPlan, "summary">, removed: readonly string[]): string {
  if (plan.md === undefined && plan.ipynb === undefined) return `${pair.name}: equal`;
  const taken = removed.length === 0 ? "" : `, without ${removed.join(" and ")}`;
  if (plan.source === "both") {
    const files = [
      ...(plan.md === undefined ? [] : [".md"]),
      ...(plan.ipynb === undefined ? [] : [".ipynb"]),
    ];
    return `${pair.name}: same text, ${files.join(" and ")} put in order${taken}`;
  }
  const other = plan.source === "md" ? "ipynb" : "md";
  return `${pair.name}: .${other} made from .${plan.source}${taken}`;
}
