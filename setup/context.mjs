/**
 * What a step may know and touch. Everything below `setup/` runs before anything is installed, so it
 * uses Node's own modules only; tests pass a context with another root and a recorder for `write`.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Context
 * @property {string} root the project's folder, absolute
 * @property {Readonly<Record<string, string | undefined>>} env
 * @property {NodeJS.Platform} platform
 * @property {string} arch
 * @property {string} osRelease what /etc/os-release says of the Linux distribution; else empty
 * @property {string} nodeVersion without the leading v
 * @property {(text: string) => void} write shows text; lines carry their own ends
 * @property {boolean} isTerminal whether a moving line can be shown
 * @property {(pid: number | undefined) => void} onChild hears of each child process and of its end
 * @property {() => boolean} isStopped whether the user wants it to end
 */

/**
 * @param {Partial<Context>} [overrides]
 * @returns {Context}
 */
export function createContext(overrides = {}) {
  return {
    root: dirname(dirname(fileURLToPath(import.meta.url))),
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    osRelease: existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "",
    nodeVersion: process.versions.node,
    write: (text) => void process.stdout.write(text),
    isTerminal: process.stdout.isTTY === true,
    onChild: () => undefined,
    isStopped: () => false,
    ...overrides,
  };
}

/**
 * The log that a step's commands write to.
 * @param {Context} context
 * @param {string} name
 */
export function logFile(context, name) {
  return join(context.root, ".setup", "logs", `${name}.log`);
}
