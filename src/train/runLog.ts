/** The log of a run, one line for each step: `log.csv`. Its numbers are printed in full, so they read back bit for bit. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../error.js";
import { writeFileWhole } from "../files/writeFileWhole.js";
import { openAppend } from "./appendFile.js";

/** One line. */
export interface LogRow {
  readonly step: number;
  readonly loss: number;
  readonly lossMean: number;
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Of training, since the very first step; pauses between sessions are not counted. */
  readonly seconds: number;
}

const COLUMNS = ["step", "loss", "lossMean", "gradientNorm", "learningRate", "seconds"] as const;

export interface RunLog {
  readonly path: string;
  /** The lines of the steps before this session. */
  readonly rows: readonly LogRow[];
  append(row: LogRow): void;
  sync(): void;
  close(): void;
}

/**
 * Opens the log of a run that goes on after `step`, 0 for a new one: what was logged of later steps is dropped, since those
 * steps are made again.
 * @throws InputError if the file cannot be written or is not a log
 */
export async function openRunLog(folder: string, step: number): Promise<RunLog> {
  const path = join(folder, "log.csv");
  const rows = existsSync(path) ? readRunLog(path).filter((row) => row.step <= step) : [];
  await writeFileWhole(path, [COLUMNS.join(","), ...rows.map(line), ""].join("\n"));
  const file = openAppend(path);
  return {
    path,
    rows,
    append: (row) => file.write(`${line(row)}\n`),
    sync: file.sync,
    close: file.close,
  };
}

/** The lines of a log; a last one that was cut off by a kill is left out. @throws InputError if it is not a log */
export function readRunLog(path: string): readonly LogRow[] {
  const [header, ...lines] = readFileSync(path, "utf8").split("\n").slice(0, -1);
  if (header !== COLUMNS.join(","))
    throw new InputError(
      `${path} begins with "${header ?? ""}"`,
      `the header ${COLUMNS.join(",")}`,
      "Move it away.",
    );
  return lines.map((text, i) => {
    const values = text.split(",").map(Number);
    if (values.length !== COLUMNS.length || values.some(Number.isNaN))
      throw new InputError(
        `${path}:${i + 2}: "${text}"`,
        `${COLUMNS.length} numbers`,
        "Remove the line, or move the file away.",
      );
    return Object.fromEntries(COLUMNS.map((name, k) => [name, values[k]])) as unknown as LogRow;
  });
}

function line(row: LogRow): string {
  return COLUMNS.map((name) => row[name]).join(",");
}
