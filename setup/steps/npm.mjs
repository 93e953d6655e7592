/** The npm packages, exactly as in the lockfile. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hashFiles, hashTexts } from "../files.mjs";
import { runLogged } from "../run.mjs";

/** @typedef {import("../context.mjs").Context} Context */

/** npm writes the first of these when it has finished; the others are what the next steps start from. */
const signs = [
  "node_modules/.package-lock.json",
  "node_modules/@tensorflow/tfjs-node-gpu/package.json",
  "node_modules/node-api-headers/package.json",
  "node_modules/typescript/lib/tsc.js",
];

/** @type {import("../engine.mjs").Step} */
export const npmPackages = {
  name: "npm packages",
  log: "npm",
  stamp: ({ root }) => join(root, "node_modules", ".workbook-stamp.json"),
  inputs: ({ root, nodeVersion, platform, arch }) => ({
    lockfile: hashFiles(root, ["package-lock.json"]),
    dependencies: declaredDependencies(root),
    // Native parts come prebuilt against Node-API, which a minor release never breaks.
    "Node's major version": nodeVersion.split(".", 1)[0] ?? nodeVersion,
    platform: `${platform}-${arch}`,
  }),
  missing: ({ root }) => {
    const absent = signs.find((file) => !existsSync(join(root, file)));
    return absent === undefined ? undefined : `${absent} is missing`;
  },
  // `npm ci` removes node_modules first, and our stamp in it. Scripts stay off whatever the user's
  // configuration says: one of them wants a storage bucket. Development packages hold the compiler.
  make: (context) => {
    const [command, ...first] = npmCommand(context.env);
    return runLogged(context, "npm", command, [...first, "ci", "--ignore-scripts", "--include=dev"]);
  },
};

/**
 * The npm that runs us, if it is npm, else the one on the path.
 * @param {Context["env"]} env
 * @returns {[string, ...string[]]}
 */
function npmCommand(env) {
  const script = env["npm_execpath"];
  return script?.endsWith("npm-cli.js") === true ? [process.execPath, script] : ["npm"];
}

/** @param {string} root */
function declaredDependencies(root) {
  const { dependencies, devDependencies, overrides } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return hashTexts([JSON.stringify([dependencies, devDependencies, overrides])]);
}
