import type { ParseArgsConfig } from "node:util";

/** What a command may touch besides its arguments: tests pass a recorder, `main.ts` the real thing. */
export interface Effects {
  /** Writes to standard output; the text carries its own line ends. */
  readonly out: (text: string) => void;
  /** Writes to standard error; for refusals only, never for progress. */
  readonly err: (text: string) => void;
  /** The folder relative paths start from, absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal: decides on colours and moving progress bars. */
  readonly isTerminal: boolean;
}

/** The parsed command line, as `node:util` parseArgs returns it. */
export interface CommandArguments {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly positionals: readonly string[];
}

/** 0 all well; 1 something checked is wrong; 2 the call itself is wrong. */
export type ExitStatus = 0 | 1 | 2;

/** One command of `npx workbook`. Each lives in a file of its own beside this one. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole text of `workbook NAME --help`. */
  readonly usage: string;
  /** Passed to parseArgs (strict); `--help` is added by main. */
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  readonly run: (args: CommandArguments, effects: Effects) => Promise<ExitStatus>;
}
