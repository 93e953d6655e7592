/**
 * The process that runs the user's program, as the kernel sees it. It may end at any moment, by a crash in
 * native code or for lack of memory: then the running cell fails with an error that says so, and a new process
 * takes its place.
 */
import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import type { Duplex, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type {
  ErrorContent,
  FromProgram,
  InputAnswer,
  Json,
  Outcome,
  RunCell,
  StreamName,
  ToProgram,
} from "../contract.js";
import { describeDeath } from "./death.js";
import { readLines, toLine } from "./jsonLines.js";

export interface ProgramProcess {
  /** Runs one cell to its outcome; one at a time. */
  readonly run: (cell: RunCell) => Promise<Outcome>;
  /** Loads packages ahead of the run that will import them. */
  readonly preload: (id: number, packages: readonly string[]) => void;
  /** Resolves when the program has confirmed that it was stopped, or has ended. */
  readonly interrupt: () => Promise<void>;
  readonly answerInput: (answer: InputAnswer) => void;
  /** Stops or resumes reading what the program writes: its next write then waits, as in any pipe. */
  readonly hold: (held: boolean) => void;
  /** Lets the program end by itself, or ends it if it does not; resolves when it is gone. */
  readonly end: () => Promise<void>;
}

export interface ProgramEvents {
  /** Something that a cell shows, or a question that it asks. */
  readonly said: (message: Extract<FromProgram, { id: number }>) => void;
  /** Written to the file descriptors 1 and 2: by native code, or by a process that the program started. */
  readonly wrote: (name: StreamName, text: string) => void;
  /** The process has ended unasked; a new one is on its way. */
  readonly died: (error: ErrorContent) => void;
}

const entry = fileURLToPath(new URL("../program/main.js", import.meta.url));
/** How much of what it wrote to stderr is kept, to explain its end. */
const tailLength = 4000;
/** A program that is told to end has this long, also when it writes and nobody reads. */
const endMs = 500;
/** A cell that was stopped has this long to end. */
const windDownMs = 1000;

interface Run {
  readonly id: number;
  /** Interrupts that the program has confirmed. */
  stops: number;
  readonly settle: (outcome: Outcome) => void;
}

export function startProgram(events: ProgramEvents): ProgramProcess {
  let run: Run | undefined;
  let stopping: (() => void)[] = [];
  let held = false;
  let ending = false;

  const receive = (message: FromProgram): void => {
    switch (message.kind) {
      case "ready":
        return;
      case "done":
        // What native code wrote to the other pipes before this line is there by now; let it be read first.
        setImmediate(() => {
          if (run?.id === message.id) run.settle(message.outcome);
        });
        return;
      case "interrupted":
        for (const resolve of stopping) resolve();
        stopping = [];
        holdPipes();
        if (run !== undefined && ++run.stops > 1) giveUpOn(run);
        return;
      default:
        // A program that prints faster than anyone reads hangs in its write. To stop it, the write must end.
        if (message.kind === "stream" && held && stopping.length > 0) return;
        events.said(message);
    }
  };
  /** One that confirms interrupts and still does not end its cell has lost what it needs for that. */
  const giveUpOn = (stopped: Run): void => {
    setTimeout(() => {
      if (run === stopped) current.giveUp("the cell did not end although the program was stopped twice");
    }, windDownMs);
  };
  const died = (error: ErrorContent): void => {
    if (ending) return;
    events.died(error);
    run?.settle({ status: "error", error });
    for (const resolve of stopping) resolve();
    stopping = [];
    current = spawnProgram(receive, events.wrote, died);
  };
  let current = spawnProgram(receive, events.wrote, died);
  const holdPipes = (): void => current.hold(held && stopping.length === 0);

  return {
    run: (cell) =>
      new Promise((resolve) => {
        run = {
          id: cell.id,
          stops: 0,
          settle: (outcome) => {
            run = undefined;
            resolve(outcome);
          },
        };
        current.send({ kind: "run", ...cell });
      }),
    preload: (id, packages) => current.send({ kind: "preload", id, packages }),
    interrupt: () =>
      new Promise((resolve) => {
        stopping.push(resolve);
        holdPipes();
        current.send({ kind: "interrupt" });
      }),
    answerInput: (answer) => current.send({ kind: "input", answer }),
    hold: (value) => {
      if (held === value) return;
      held = value;
      holdPipes();
    },
    end: () => {
      ending = true;
      return current.end();
    },
  };
}

interface Spawned {
  readonly send: (message: ToProgram) => void;
  /** Ends a program of which no more good can come. */
  readonly giveUp: (reason: string) => void;
  readonly hold: (held: boolean) => void;
  readonly end: () => Promise<void>;
}

function spawnProgram(
  receive: (message: FromProgram) => void,
  wrote: ProgramEvents["wrote"],
  died: (error: ErrorContent) => void,
): Spawned {
  // 3: what the main thread of the program says; 4: both ways to its watch thread.
  const child = spawn(process.execPath, [...process.execArgv, entry], {
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const [, stdout, stderr, fromMain, watch] = child.stdio as unknown as [null, ...Readable[], Duplex];
  let ready = false;
  let doom: string | undefined;
  const use = (message: Json): void => {
    const known = message as unknown as FromProgram;
    ready ||= known.kind === "ready";
    receive(known);
  };
  const giveUp = (reason: string): void => {
    doom ??= reason;
    child.kill("SIGKILL");
  };
  const spoiled = (): void => giveUp("the program wrote to a file descriptor that the kernel uses (3 or 4)");
  readLines(fromMain as Readable, use, spoiled);
  readLines(watch as Duplex, use, spoiled);
  // Writing to a process that is ending: its end is reported by "close".
  (watch as Duplex).on("error", () => undefined);
  let tail = "";
  readText(stdout, (text) => wrote("stdout", text));
  readText(stderr as Readable, (text) => {
    tail = (tail + text).slice(-tailLength);
    wrote("stderr", text);
  });
  child.on("close", (code, signal) => {
    if (!ready) cannotStart(tail);
    died(describeDeath(code, signal, tail, doom));
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  void gone.then(() => process.off("exit", kill));
  const pipes = [stdout, stderr, fromMain] as Readable[];
  const send = (message: ToProgram): void => void (watch as Duplex).write(toLine(message));
  return {
    send,
    giveUp,
    end: async () => {
      send({ kind: "exit" });
      const timer = setTimeout(kill, endMs);
      await gone;
      clearTimeout(timer);
    },
    hold: (held) => {
      for (const pipe of pipes) if (held !== pipe.isPaused()) pipe[held ? "pause" : "resume"]();
    },
  };
}

function readText(from: Readable, use: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  from.on("data", (chunk: Buffer) => {
    const text = decoder.write(chunk);
    if (text !== "") use(text);
  });
}

/** Starting it again and again would not help: Jupyter sees the kernel end, and its log says why. */
function cannotStart(tail: string): never {
  process.stderr.write(`The program process of the kernel cannot start:\n${tail}\n`);
  process.exit(1);
}
