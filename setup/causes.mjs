/** Causes we can recognise in the log of npm, pip or the compiler, with what mends each. */
import { existsSync, readFileSync } from "node:fs";

/**
 * @typedef {object} Cause
 * @property {RegExp} pattern
 * @property {string} why `$1` stands for the first group
 * @property {string} mend
 */

/** @type {readonly Cause[]} */
const everywhere = [
  {
    pattern: /ENOSPC|No space left on device/,
    why: "the disk is full",
    mend: "free some space (TensorFlow needs 2 GB, with CUDA 8 GB), then npm run setup",
  },
  {
    pattern: /EACCES|EPERM|Permission denied/,
    why: "a file or folder may not be written by this user",
    mend: 'sudo chown -R "$(id -un)" . (in the project\'s folder), then npm run setup',
  },
  {
    pattern: /Killed|Cannot allocate memory|out of memory/i,
    why: "the machine ran out of memory",
    mend: "close other programs or give the container 4 GB, then npm run setup",
  },
];

/** What goes wrong where C++ is compiled. */
const compiling = [
  {
    pattern: /fatal error: '?([\w./]+)'?(?: file not found|: No such file)/,
    why: "the compiler did not find the header $1",
    mend: "rm -rf .venv node_modules && npm run setup",
  },
  {
    pattern: /unrecognized (?:command[- ]line )?option '?.?(-std=c\+\+17)|invalid value 'c\+\+17'/,
    why: "the compiler is too old for C++17",
    mend: "CXX=PATH-OF-A-NEWER-COMPILER npm run setup (g++ 9 or clang 10 will do)",
  },
  {
    pattern: /GLIBCXX_[\d.]+' not found/,
    why: "the compiler's C++ library is newer than the one that Node loads",
    mend: "CXX=/usr/bin/c++ npm run setup",
  },
];

/** @type {Readonly<Record<string, readonly Cause[]>>} */
const perStep = {
  npm: [
    {
      pattern: /(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ERR_SOCKET_TIMEOUT|ENETUNREACH)/,
      why: "npm could not reach its registry ($1)",
      mend: "check the connection, or the registry and proxy that `npm config list` shows, then npm run setup",
    },
    {
      pattern: /(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT\w*)/,
      why: "npm does not trust the certificate of its registry or proxy ($1)",
      mend: "npm config set cafile PATH-OF-YOUR-PROXY'S-CERTIFICATE, then npm run setup",
    },
    {
      pattern: /E404|ETARGET|notarget/,
      why: "the registry that npm is set to does not carry a version that the lockfile names",
      mend: "set a complete registry (`npm config get registry` shows the present one), then npm run setup",
    },
    {
      pattern: /EINTEGRITY/,
      why: "a downloaded package does not match the lockfile's checksum",
      mend: "npm cache clean --force, then npm run setup",
    },
    {
      pattern: /can only install packages when your package\.json and package-lock\.json .*in sync/,
      why: "package.json and package-lock.json do not belong together",
      mend: "git checkout package.json package-lock.json, or npm install if you changed one of them, then npm run setup",
    },
  ],
  python: [
    {
      pattern: /ensurepip is not available|No module named '?ensurepip/,
      why: "this Python comes without its venv module",
      mend: "sudo apt-get install python3-venv, then npm run setup",
    },
    {
      pattern:
        /(Temporary failure in name resolution|Name or service not known|nodename nor servname|Network is unreachable|Connection refused|NewConnectionError|ReadTimeoutError|ConnectTimeoutError|ProxyError)/,
      why: "pip could not reach its index ($1)",
      mend: "check the connection, or the index and proxy that `python3 -m pip config list` shows, then npm run setup",
    },
    {
      pattern: /CERTIFICATE_VERIFY_FAILED/,
      why: "pip does not trust the certificate of its index or proxy",
      mend: "python3 -m pip config set global.cert PATH-OF-YOUR-PROXY'S-CERTIFICATE, then npm run setup",
    },
    {
      pattern: /requirement (\S+) \(from versions: none\)/,
      why: "the index that pip is set to could not be reached, or offers nothing for $1",
      mend: "check the connection, or the index and proxy that `python3 -m pip config list` shows, then npm run setup",
    },
    {
      pattern: /No matching distribution found for (\S+)/,
      why: "the index that pip is set to has no $1 for this Python and this machine",
      mend: "WORKBOOK_PYTHON=python3.12 npm run setup (Python 3.10 to 3.13 will do), or set pip to a complete index",
    },
  ],
  binding: compiling,
  kernels: compiling,
  build: [
    {
      pattern: /error TS\d+/,
      why: "the TypeScript sources do not compile",
      mend: "correct the places above, then npm run setup",
    },
  ],
};

/**
 * The first cause that the log shows.
 * @param {string} step
 * @param {string} log
 * @returns {{why: string, mend: string} | undefined}
 */
export function recogniseCause(step, log) {
  if (!existsSync(log)) return undefined;
  const text = readFileSync(log, "utf8");
  for (const { pattern, why, mend } of [...(perStep[step] ?? []), ...everywhere]) {
    const match = pattern.exec(text);
    if (match !== null) {
      const filled = why.replace("$1", match[1] ?? match[0]);
      return { why: filled, mend };
    }
  }
  return undefined;
}
