import { describe, expect, test } from "vitest";
import { absoluteDatasetName, openDataset } from "../../src/data/openDataset.js";
import { refusalOf } from "../support/refusal.js";

describe("openDataset", () => {
  test.each(["glyphs", "glyphs:digits", "glyphs:ABC", "toy:moons"])("%s", async (name) => {
    expect((await openDataset(name)).name).toBe(name);
  });

  test.each([
    "cifar10",
    "",
    "glyphs:",
    "mnist",
    "mnist:",
    "toy",
    "toy:",
    "toy:sun",
    "toy:constructor",
    "Glyphs",
  ])(`"%s" is refused with the names there are`, async (name) => {
    expect(await refusalOf(openDataset(name))).toBe(
      `data set "${name}": expected one of glyphs, glyphs:digits, glyphs:letters, glyphs:CHARACTERS, mnist:DIR, cifar10:DIR, ` +
        "folder:DIR, toy:moons, toy:swissroll, toy:circles, toy:checkerboard, toy:gaussians. Choose one of these names.",
    );
  });

  test("a folder with a colon in its path reaches the reader whole", async () => {
    expect(await refusalOf(openDataset("mnist:/nowhere/a:b"))).toBe(
      "mnist:/nowhere/a:b cannot be read (ENOENT: no such file or directory, scandir '/nowhere/a:b'): " +
        "expected a folder with the four MNIST files. Give the folder's path after mnist:, as in mnist:data/mnist.",
    );
  });

  test("the folder of a name is seen from the working folder", () => {
    const names = ["mnist:a/b", "cifar10:../c", "folder:/d:e", "glyphs:ABC", "toy:moons", "glyphs"];
    expect(names.map((name) => absoluteDatasetName(name, "/home"))).toEqual([
      ...["mnist:/home/a/b", "cifar10:/c", "folder:/d:e", "glyphs:ABC", "toy:moons", "glyphs"],
    ]);
  });
});
