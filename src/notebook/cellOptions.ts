/** How code cells are checked, in `workbook lint` and in the kernel alike: as strictly as `src/`. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type ts from "typescript";
import { InputError } from "../error.js";
import { packageRoot } from "./root.js";
import { typescript } from "./typescript.js";

/** What every cell can use besides the globals of Node; a declaration file of its own in each program. */
export const cellGlobals =
  "/** Asks the reader a question and waits for the answer. */\n" +
  "declare function prompt(message?: string, fallback?: string): string | null;\n";

/** The options of the project's own tsconfig.json, with the library as notebooks import it. */
export function cellOptions(): ts.CompilerOptions {
  const file = join(packageRoot, "tsconfig.json");
  const read = typescript.readConfigFile(file, (path) => typescript.sys.readFile(path));
  if (read.error !== undefined) {
    throw new Error(`${file}: ${typescript.flattenDiagnosticMessageText(read.error.messageText, "\n  ")}`);
  }
  const config: unknown = read.config;
  const host = { ...typescript.sys, readDirectory: () => [] };
  const { options } = typescript.parseJsonConfigFileContent(config, host, packageRoot);
  return {
    ...options,
    allowImportingTsExtensions: true,
    declaration: false,
    // Only Node's globals, wherever the notebook lies.
    typeRoots: [join(packageRoot, "node_modules", "@types")],
    paths: { "diffusion-workbook": [libraryTypes()] },
  };
}

/** What notebooks really import is the built library; without a build, its source. */
function libraryTypes(): string {
  const found = ["dist/index.d.ts", "src/index.ts"].find((file) => existsSync(join(packageRoot, file)));
  if (found !== undefined) return join(packageRoot, found);
  throw new InputError(
    `${dirname(join(packageRoot, "dist"))}: no dist/index.d.ts`,
    "the built library",
    "Run: npm run build",
  );
}
