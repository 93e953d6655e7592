/** The first screen of the README is what a new user tries: its example has to print what stands there. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { packageRoot as root } from "../../src/notebook/root.js";

const readme = readFileSync(join(root, "README.md"), "utf8");

function firstBlock(language: string): string {
  const { block } = new RegExp(`\`\`\`${language}\\n(?<block>.*?)\`\`\``, "s").exec(readme)?.groups ?? {};
  if (block === undefined) throw new Error(`README.md has no block of ${language}`);
  return block;
}

describe("README", () => {
  it("prints what it says it prints, in about ten lines", () => {
    const example = firstBlock("ts");
    expect(example.trimEnd().split("\n").length).toBeLessThanOrEqual(10);
    const { outputText } = ts.transpileModule(example, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    // From the root, where `diffusion-workbook` is the package itself, as for a notebook.
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", outputText], {
      cwd: root,
      encoding: "utf8",
    });
    expect(printed).toBe(firstBlock("text"));
  });

  it("shows pictures that are there", () => {
    const pictures = [...readme.matchAll(/!\[(?<alt>[^\]]*)\]\((?<file>[^)]+)\)/g)].map(
      ({ groups }) => groups ?? {},
    );
    expect(pictures.map(({ file }) => file)).toEqual(["figures/derivation.png", "figures/samples.png"]);
    for (const { file, alt } of pictures) {
      expect(existsSync(join(root, String(file))), String(file)).toBe(true);
      expect(String(alt).length).toBeGreaterThan(20);
    }
  });

  it("names every runtime dependency, and no other", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const table = readme.slice(readme.indexOf("## Dependencies"));
    const named = [...table.matchAll(/`(?<name>[@a-z][a-z0-9@/.*-]*)`/g)].map(
      ({ groups }) => groups?.["name"] ?? "",
    );
    const covers = (name: string): boolean =>
      named.some((one) =>
        one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one || name.endsWith(`/${one}`),
      );
    expect(Object.keys(manifest.dependencies).filter((name) => !covers(name))).toEqual([]);
  });
});
