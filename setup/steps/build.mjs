/** The TypeScript sources compiled to dist/. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { filesBelow, hashFiles } from "../files.mjs";
import { runLogged } from "../run.mjs";

/** @type {import("../engine.mjs").Step} */
export const typescriptBuild = {
  name: "TypeScript build",
  log: "build",
  stamp: ({ root }) => join(root, "dist", ".workbook-stamp.json"),
  inputs: ({ root }) => ({
    sources: hashFiles(join(root, "src"), filesBelow(join(root, "src"))),
    settings: hashFiles(root, ["tsconfig.json", "tsconfig.build.json"]),
    // The packages' types, and the compiler itself.
    lockfile: hashFiles(root, ["package-lock.json"]),
  }),
  missing: ({ root }) => {
    const absent = outputs(root).find(
      (name) => name.endsWith(".js") && !existsSync(join(root, "dist", name)),
    );
    return absent === undefined ? undefined : `dist/${absent} is missing`;
  },
  make: async (context) => {
    const { root } = context;
    // Outputs of sources that are gone would still be imported by whoever remembers them.
    const expected = new Set(outputs(root));
    for (const name of filesBelow(join(root, "dist"))) {
      if (!expected.has(name)) rmSync(join(root, "dist", name));
    }
    const compiler = join("node_modules", "typescript", "lib", "tsc.js");
    await runLogged(context, "build", process.execPath, [compiler, "-p", "tsconfig.build.json"]);
  },
};

/**
 * What the compiler writes, relative to dist/.
 * @param {string} root
 */
function outputs(root) {
  return filesBelow(join(root, "src"))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .flatMap((name) => [".js", ".js.map", ".d.ts"].map((ending) => name.replace(/\.ts$/, ending)));
}
