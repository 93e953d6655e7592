/**
 * One set-up at a time per project folder. The lock names its owner and the command the owner is
 * running, each by process id and start time, so that a dead owner's lock is recognised and the
 * command it left behind is stopped before anybody else writes to the same folders.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync } from "node:fs";
import { statSync, existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeAtomically } from "./files.mjs";
import { ask } from "./run.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/** @typedef {{pid: number, started: string}} Process */
/** @typedef {{host: string, owner: Process, child?: Process}} Lock */

/** An owner on another machine (a shared disk) is taken for dead after this long without a sign, in ms. */
const silence = 60_000;
const heartbeat = 5_000;

/**
 * Runs an action while holding the project's lock; waits for another owner as long as it lives.
 * @template T
 * @param {Context} context
 * @param {(context: Context) => Promise<T>} action gets a context whose children the lock names
 * @returns {Promise<T>}
 */
export async function withLock(context, action) {
  const file = join(context.root, ".setup", "lock.json");
  mkdirSync(join(context.root, ".setup"), { recursive: true });
  const owner = self();
  /** @type {Lock} */
  const mine = { host: hostname(), owner };
  await acquire(context, file, mine);
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), heartbeat);
  beat.unref();
  try {
    return await action({
      ...context,
      onChild: (pid) => {
        const child = pid === undefined ? undefined : identify(pid);
        writeAtomically(file, JSON.stringify(child === undefined ? mine : { ...mine, child }));
        context.onChild(pid);
      },
    });
  } finally {
    clearInterval(beat);
    rmSync(file, { force: true });
  }
}

/**
 * @param {Context} context
 * @param {string} file
 * @param {Lock} mine
 */
async function acquire(context, file, mine) {
  let told = false;
  while (!create(file, mine)) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    const other = parse(text);
    if (other === undefined || isDead(other, file)) {
      if (other?.child !== undefined && other.host === hostname()) await stop(other.child);
      takeAway(file, text);
      continue;
    }
    if (!told) {
      context.write(
        `… another set-up (process ${other.owner.pid} on ${other.host}) is at work here; waiting for it\n`,
      );
      told = true;
    }
    await sleep(300);
  }
}

/**
 * Creates the lock with its whole content in one step: a link, unlike an open, is never half there.
 * @param {string} file
 * @param {Lock} lock
 * @returns {boolean} false if somebody holds it
 */
function create(file, lock) {
  const temporary = `${file}.${process.pid}.new`;
  writeFileSync(temporary, JSON.stringify(lock));
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Removes a dead owner's lock. Two who find it dead at once must not remove the lock that the faster
 * of them has made since: it is moved aside first, and put back if it is not the one that was judged.
 * @param {string} file
 * @param {string} judged its content
 */
function takeAway(file, judged) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") !== judged && !existsSync(file)) linkSync(aside, file);
  rmSync(aside, { force: true });
}

/**
 * @param {Lock} lock
 * @param {string} file
 */
function isDead(lock, file) {
  if (lock.host === hostname()) return !isAlive(lock.owner);
  const age = existsSync(file) ? Date.now() - statSync(file).mtimeMs : 0;
  return age > silence;
}

/**
 * Ends the command that a dead set-up left running, with everything it started.
 * @param {Process} child
 */
async function stop(child) {
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGKILL"])) {
    if (isAlive(child)) killGroup(child.pid, signal);
    for (let wait = 0; wait < 50 && isAlive(child); wait += 1) await sleep(100);
  }
}

/**
 * @param {number} pid the group's leader
 * @param {NodeJS.Signals} signal
 */
export function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // It ended by itself in between.
    if (codeOf(error) !== "ESRCH") throw error;
  }
}

/** @returns {Process} */
function self() {
  return identify(process.pid) ?? { pid: process.pid, started: "unknown" };
}

/** @param {Process} process */
function isAlive({ pid, started }) {
  return identify(pid)?.started === started;
}

/**
 * A process and when it began, which tells it from a later one with the same id.
 * @param {number} pid
 * @returns {Process | undefined} undefined if there is no such process, or only its unreaped rest
 */
export function identify(pid) {
  if (existsSync("/proc/self/stat")) {
    const stat = readIfThere(`/proc/${pid}/stat`);
    // The second field, the name in brackets, may itself hold spaces and brackets.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    const started = fields?.[19];
    return started === undefined || fields?.[0] === "Z" ? undefined : { pid, started };
  }
  const started = ask("ps", ["-o", "lstart=", "-p", String(pid)], process.env)?.trim();
  return started === undefined || started === "" ? undefined : { pid, started };
}

/** @param {string} file */
function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(codeOf(error) ?? "")) return undefined;
    throw error;
  }
}

/**
 * @param {string} text
 * @returns {Lock | undefined}
 */
function parse(text) {
  try {
    const lock = JSON.parse(text);
    return typeof lock?.owner?.pid === "number" ? lock : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
