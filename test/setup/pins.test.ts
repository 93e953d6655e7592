import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const project = join(import.meta.dirname, "..", "..");
const lines = (name: string) =>
  readFileSync(join(project, name), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));

test("every Python package is pinned to one version per Python", () => {
  const pins = lines("requirements.txt");
  for (const line of pins) expect(line).toMatch(/^[a-z0-9-]+==[\w.]+( ; [^;]+)?$/);
  const unconditional = pins.filter((line) => !line.includes(";")).map((line) => line.split("==")[0]);
  expect(new Set(unconditional).size).toBe(unconditional.length);
});

test("the CUDA environment is the same one, apart from TensorFlow's build and NVIDIA's libraries", () => {
  const pinned = new Set(lines("requirements.txt").map((line) => line.split("==")[0]));
  const [constraint, ...wanted] = lines("requirements-cuda.txt");
  expect(constraint).toBe("-c requirements.txt");
  const own = wanted.filter((line) => !pinned.has(line));
  expect(own[0]).toBe("tensorflow[and-cuda]==2.21.0");
  for (const line of own.slice(1)) expect(line).toMatch(/^nvidia-[a-z0-9-]+-cu12==[\d.]+$/);
});

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { readonly resolved?: string; readonly optionalDependencies?: Record<string, string> }>
  >;
}

test("the lockfile is whole for every platform, and names no host", () => {
  const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8")) as Lockfile;
  const names = new Set(Object.keys(packages).map((path) => path.split("node_modules/").at(-1)));
  const optional = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  // npm ci refuses a lockfile that lacks one of these, also where it would not be installed.
  expect(optional.filter((name) => !names.has(name))).toEqual([]);
  expect(Object.values(packages).flatMap(({ resolved }) => (resolved ? [resolved] : []))).toEqual([]);
});
