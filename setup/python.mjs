/** Which Python is there, and what is in .venv. */
import { join } from "node:path";
import { ask } from "./run.mjs";

/** @typedef {import("./context.mjs").Context} Context */
/**
 * @typedef {object} Interpreter
 * @property {string} command
 * @property {string} version `3.12.1`
 * @property {string} [unfit] why it will not do, in words
 */
/**
 * @typedef {object} Environment what .venv holds
 * @property {string} version of Python
 * @property {Readonly<Record<string, string>>} packages version of each package we ask for that is there
 * @property {string | null} tensorflow the folder of the package tensorflow
 */

const probe = `
import importlib.util, json, platform, struct, sysconfig
print(json.dumps({
    "version": platform.python_version(),
    "implementation": platform.python_implementation(),
    "bits": 8 * struct.calcsize("P"),
    "threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}))`;

const inventory = `
import json, os, platform
from importlib import metadata, util
found = {}
for name in ("jupyterlab", "nbclient", "nbgrader", "tensorflow", "tensorflow-cpu"):
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
spec = util.find_spec("tensorflow")
folder = os.path.dirname(spec.origin) if spec and spec.origin else None
print(json.dumps({"version": platform.python_version(), "packages": found, "tensorflow": folder}))`;

/** What was found, per search path: asking half a dozen programs takes a second. @type {Map<string, Interpreter[]>} */
const known = new Map();

/**
 * The Pythons we would take, best first, up to the first that will do; each before it with what is
 * wrong with it. A command that is on the path but does not run (a version manager's placeholder) is
 * not listed.
 * @param {Context} context
 * @returns {Interpreter[]}
 */
export function interpreters({ env }) {
  const wanted = env["WORKBOOK_PYTHON"];
  const commands = ["python3.13", "python3.12", "python3.11", "python3.10", "python3"];
  const key = JSON.stringify([wanted, env["PATH"]]);
  const found = known.get(key) ?? search(wanted === undefined || wanted === "" ? commands : [wanted], env);
  known.set(key, found);
  return found;
}

/**
 * The Python that .venv would be made with.
 * @param {Context} context
 * @returns {Interpreter | undefined}
 */
export function fitInterpreter(context) {
  return interpreters(context).find(({ unfit }) => unfit === undefined);
}

/**
 * @param {readonly string[]} commands
 * @param {Context["env"]} env
 */
function search(commands, env) {
  /** @type {Interpreter[]} */
  const found = [];
  for (const command of commands) {
    const answer = ask(command, ["-c", probe], withoutPythonSettings(env));
    if (answer === undefined) continue;
    const interpreter = judge(command, JSON.parse(answer));
    found.push(interpreter);
    if (interpreter.unfit === undefined) break;
  }
  return found;
}

/**
 * @param {string} command
 * @param {{version: string, implementation: string, bits: number, threaded: boolean, venv: boolean}} found
 * @returns {Interpreter}
 */
function judge(command, { version, implementation, bits, threaded, venv }) {
  const minor = Number(version.split(".")[1]);
  const unfit =
    !version.startsWith("3.") || minor < 10
      ? "it is older than 3.10"
      : minor > 13
        ? "the pinned TensorFlow has no package for Python 3.14 and later"
        : implementation !== "CPython" || bits !== 64 || threaded
          ? "TensorFlow needs the ordinary 64-bit CPython"
          : venv
            ? undefined
            : "its venv module is not installed";
  return { command, version, ...(unfit === undefined ? {} : { unfit }) };
}

/**
 * The Python of .venv, as seen from the project.
 * @param {string} root
 */
export function venvPython(root) {
  return join(root, ".venv", "bin", "python");
}

/**
 * What .venv holds; undefined if there is none or its Python does not run.
 * @param {Context} context
 * @returns {Environment | undefined}
 */
export function inspectVenv({ root, env }) {
  const answer = ask(venvPython(root), ["-c", inventory], withoutPythonSettings(env));
  return answer === undefined ? undefined : JSON.parse(answer);
}

/**
 * Variables that would lead Python, or pip, to other packages than those of the environment.
 * @param {Context["env"]} env
 */
export function withoutPythonSettings(env) {
  const foreign = ["PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"];
  const kept = Object.entries(env).filter(([name]) => !foreign.includes(name));
  return { ...Object.fromEntries(kept), PYTHONNOUSERSITE: "1", PIP_USER: "0" };
}
