/** What has to be there before anything can be installed, and how to get what is not. */
import { compiler, compilerNames } from "../compiler.mjs";
import { resultLine } from "../lines.mjs";
import { fitInterpreter, interpreters } from "../python.mjs";

/** @typedef {import("../context.mjs").Context} Context */
/** @typedef {"debian" | "fedora" | "macos" | "other"} System */
/** @typedef {{what: string, remedy: Readonly<Record<System, string>>}} Lack */

/**
 * What is missing for the work ahead.
 * @param {Context} context
 * @param {{python: boolean, compiler: boolean}} needed
 * @returns {Lack[]}
 */
export function lacking(context, needed) {
  return [
    unsupportedMachine(context),
    unknownBuild(context),
    needed.python ? noPython(context) : undefined,
    needed.compiler ? noCompiler(context) : undefined,
  ].flatMap((lack) => (lack === undefined ? [] : [lack]));
}

/**
 * Prints the step's line, and the refusal if something is missing.
 * @param {Context} context
 * @param {() => {python: boolean, compiler: boolean}} needed
 * @returns {boolean}
 */
export function checkPrerequisites(context, needed) {
  const begun = performance.now();
  const lacks = lacking(context, needed());
  context.write(
    resultLine(lacks.length === 0, "prerequisites", performance.now() - begun, `Node ${context.nodeVersion}`),
  );
  for (const { what, remedy } of lacks)
    context.write(`  Needed: ${what}\n  To mend it: ${remedy[systemOf(context)]}\n`);
  return lacks.length === 0;
}

/**
 * @param {Context} context
 * @returns {System}
 */
export function systemOf({ platform, osRelease }) {
  if (platform === "darwin") return "macos";
  const names = [...osRelease.matchAll(/^ID(?:_LIKE)?="?([^"\n]*)/gm)].flatMap((match) =>
    (match[1] ?? "").split(" "),
  );
  if (names.some((name) => ["debian", "ubuntu"].includes(name))) return "debian";
  return names.some((name) => ["fedora", "rhel", "centos"].includes(name)) ? "fedora" : "other";
}

/**
 * @param {Context} context
 * @returns {Lack | undefined}
 */
function unsupportedMachine({ platform, arch }) {
  const known = ["linux x64", "linux arm64", "darwin arm64"];
  if (known.includes(`${platform} ${arch}`)) return undefined;
  const advice =
    platform === "win32"
      ? "install the Windows Subsystem for Linux (wsl --install) and run npm start inside it"
      : "use Linux on x86-64 or aarch64, or macOS on Apple silicon: TensorFlow 2.21 has no package for others";
  return { what: `a supported machine: this is ${platform} on ${arch}`, remedy: same(advice) };
}

/**
 * @param {Context} context
 * @returns {Lack | undefined}
 */
function unknownBuild({ env, platform, arch }) {
  const wanted = env["WORKBOOK_TENSORFLOW"] ?? "";
  const expected = platform === "linux" && arch === "x64" ? ["cpu", "cuda"] : ["cpu"];
  if (wanted === "" || expected.includes(wanted)) return undefined;
  const reason = wanted === "cuda" ? " (TensorFlow comes with CUDA for Linux on x86-64 only)" : "";
  return {
    what: `WORKBOOK_TENSORFLOW to be ${expected.join(" or ")} here: it is ${wanted}${reason}`,
    remedy: same("unset WORKBOOK_TENSORFLOW to have the right build chosen"),
  };
}

/**
 * @param {Context} context
 * @returns {Lack | undefined}
 */
function noPython(context) {
  if (fitInterpreter(context) !== undefined) return undefined;
  const found = interpreters(context);
  const wanted = context.env["WORKBOOK_PYTHON"];
  const seen =
    found.length > 0
      ? found.map(({ command, version, unfit }) => `${command} is Python ${version}, and ${unfit}`).join("; ")
      : wanted === undefined || wanted === ""
        ? "none was found"
        : `WORKBOOK_PYTHON = ${wanted} does not run`;
  return {
    what: `Python 3.10 to 3.13 with its venv module: ${seen}`,
    remedy: {
      debian: "sudo apt-get install python3 python3-venv",
      fedora: "sudo dnf install python3.13",
      macos: "brew install python@3.13",
      other: "install Python 3.13, or name one: WORKBOOK_PYTHON=/path/to/python3 npm start",
    },
  };
}

/**
 * @param {Context} context
 * @returns {Lack | undefined}
 */
function noCompiler(context) {
  if (compiler(context) !== undefined) return undefined;
  const wanted = context.env["CXX"];
  const seen =
    wanted === undefined || wanted === ""
      ? `none of ${compilerNames.join(", ")} runs`
      : `CXX = ${wanted} does not run`;
  return {
    what: `a C++17 compiler: ${seen}`,
    remedy: {
      debian: "sudo apt-get install g++",
      fedora: "sudo dnf install gcc-c++",
      macos: "xcode-select --install",
      other: "install g++ or clang++, or name one: CXX=/path/to/c++ npm start",
    },
  };
}

/**
 * @param {string} advice
 * @returns {Readonly<Record<System, string>>}
 */
function same(advice) {
  return { debian: advice, fedora: advice, macos: advice, other: advice };
}
