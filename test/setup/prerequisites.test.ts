import { join } from "node:path";
import { expect, test } from "vitest";
import { isNewEnough } from "../../setup/node.mjs";
import { checkPrerequisites, lacking, systemOf } from "../../setup/steps/prerequisites.mjs";
import { createTrial } from "./support.js";

const everything = { python: true, compiler: true };

/** A python that answers what it is asked about itself. */
function fakePython(answer: Readonly<Record<string, unknown>>): string {
  const own = { version: "3.12.1", implementation: "CPython", bits: 64, threaded: false, venv: true };
  return `#!/bin/sh\necho '${JSON.stringify({ ...own, ...answer })}'\n`;
}

test("Node 20.19 is the oldest that will do", () => {
  const versions = ["12.22.9", "18.20.4", "20.18.3", "20.19.0", "20.20.2", "22.0.0", "24.21.0"];
  expect(versions.map(isNewEnough)).toEqual([false, false, false, true, true, true, true]);
});

test("nothing there, on a Mac: the whole refusal", () => {
  const trial = createTrial({
    env: { PATH: "/nowhere" },
    platform: "darwin",
    arch: "arm64",
    nodeVersion: "22.1.0",
  });
  expect(checkPrerequisites(trial.context, () => everything)).toBe(false);
  expect(trial.written()).toBe(
    "✗ prerequisites T s  Node 22.1.0\n" +
      "  Needed: Python 3.10 to 3.13 with its venv module: none was found\n" +
      "  To mend it: brew install python@3.13\n" +
      "  Needed: a C++17 compiler: none of c++, g++, clang++ runs\n" +
      "  To mend it: xcode-select --install\n",
  );
});

test.each([
  ["debian", 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', "sudo apt-get install g++"],
  ["debian", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt-get install g++"],
  ["fedora", "NAME=Fedora\nID=fedora\nVERSION_ID=43\n", "sudo dnf install gcc-c++"],
  ["fedora", 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n', "sudo dnf install gcc-c++"],
  ["other", "ID=arch\n", "install g++ or clang++, or name one: CXX=/path/to/c++ npm start"],
] as const)("on %s (%j) the command is its own", (system, osRelease, command) => {
  const { context } = createTrial({ env: { PATH: "/nowhere" }, platform: "linux", arch: "x64", osRelease });
  expect(systemOf(context)).toBe(system);
  const [lack] = lacking(context, { python: false, compiler: true });
  expect(lack?.remedy[systemOf(context)]).toBe(command);
});

test("what was named and does not run is named again", () => {
  const env = { PATH: "/nowhere", WORKBOOK_PYTHON: "/opt/python", CXX: "icc" };
  const { context } = createTrial({ env, platform: "linux", arch: "x64" });
  expect(lacking(context, everything).map(({ what }) => what)).toEqual([
    "Python 3.10 to 3.13 with its venv module: WORKBOOK_PYTHON = /opt/python does not run",
    "a C++17 compiler: CXX = icc does not run",
  ]);
});

test("a finished workbook needs neither", () => {
  const { context } = createTrial({ env: { PATH: "/nowhere" }, platform: "linux", arch: "arm64" });
  expect(lacking(context, { python: false, compiler: false })).toEqual([]);
});

test.each([
  [{ version: "3.9.2" }, "is Python 3.9.2, and it is older than 3.10"],
  [{ version: "2.7.18" }, "is Python 2.7.18, and it is older than 3.10"],
  [
    { version: "3.14.0" },
    "is Python 3.14.0, and the pinned TensorFlow has no package for Python 3.14 and later",
  ],
  [{ implementation: "PyPy" }, "is Python 3.12.1, and TensorFlow needs the ordinary 64-bit CPython"],
  [{ bits: 32 }, "is Python 3.12.1, and TensorFlow needs the ordinary 64-bit CPython"],
  [
    { version: "3.13.0", threaded: true },
    "is Python 3.13.0, and TensorFlow needs the ordinary 64-bit CPython",
  ],
  [{ venv: false }, "is Python 3.12.1, and its venv module is not installed"],
])("a Python with %j will not do", (answer, reason) => {
  const trial = createTrial();
  trial.put("bin/python3", fakePython(answer));
  const env = { PATH: join(trial.root, "bin") };
  const [lack] = lacking(
    { ...trial.context, env, platform: "linux", arch: "x64" },
    { ...everything, compiler: false },
  );
  expect(lack?.what).toBe(`Python 3.10 to 3.13 with its venv module: python3 ${reason}`);
});

test.each([
  ["linux", "x64", "gpu", "WORKBOOK_TENSORFLOW to be cpu or cuda here: it is gpu"],
  [
    "linux",
    "arm64",
    "cuda",
    "WORKBOOK_TENSORFLOW to be cpu here: it is cuda (TensorFlow comes with CUDA for Linux on x86-64 only)",
  ],
  [
    "darwin",
    "arm64",
    "cuda",
    "WORKBOOK_TENSORFLOW to be cpu here: it is cuda (TensorFlow comes with CUDA for Linux on x86-64 only)",
  ],
] as const)("on %s %s WORKBOOK_TENSORFLOW=%s is refused", (platform, arch, wanted, what) => {
  const { context } = createTrial({ platform, arch, env: { WORKBOOK_TENSORFLOW: wanted } });
  expect(lacking(context, { python: false, compiler: false }).map((lack) => lack.what)).toEqual([what]);
});

test("a placeholder that does not run is passed over, and the first that will do is taken", () => {
  const trial = createTrial();
  trial.put("bin/python3.13", "#!/bin/sh\nexit 127\n");
  trial.put("bin/python3", fakePython({}));
  const env = { PATH: join(trial.root, "bin") };
  const context = { ...trial.context, env, platform: "linux" as const, arch: "x64" };
  expect(lacking(context, { python: true, compiler: false })).toEqual([]);
});

test.each([
  ["win32", "x64", "install the Windows Subsystem for Linux (wsl --install) and run npm start inside it"],
  [
    "darwin",
    "x64",
    "use Linux on x86-64 or aarch64, or macOS on Apple silicon: TensorFlow 2.21 has no package for others",
  ],
] as const)("%s on %s is refused", (platform, arch, remedy) => {
  const { context } = createTrial({ platform, arch });
  const lacks = lacking(context, { python: false, compiler: false });
  expect(lacks.map(({ what }) => what)).toEqual([`a supported machine: this is ${platform} on ${arch}`]);
  expect(lacks[0]?.remedy.other).toBe(remedy);
});
