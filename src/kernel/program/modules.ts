/** What a cell can import: local TypeScript files, this package by its name, and all that Node finds. */
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import type { LocalModule } from "../contract.js";
import { packageRoot } from "../../notebook/root.js";
import type { Guard } from "./guard.js";
import { createLocalModules } from "./localModules.js";
import type { CellRuntime } from "./runtime.js";

export interface CellModules {
  /** See `CellRuntime.import`. */
  readonly import: CellRuntime["import"];
  readonly require: NodeJS.Require;
  /** Registers compiled local files; a changed file is run again on its next import. */
  readonly update: (modules: readonly LocalModule[]) => void;
}

const library = join(packageRoot, "dist", "index.js");

/** @param folder where relative imports of cells start */
export function createCellModules(folder: string, guard: Guard): CellModules {
  const importFrom = nodeImport(folder);
  const load: CellRuntime["import"] = (specifier, options) => {
    if (local.has(specifier)) return local.load(specifier);
    if (specifier === "diffusion-workbook") return importFrom(pathToFileURL(library).href);
    return importFrom(isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier, options);
  };
  const local = createLocalModules(load, guard);
  const plain = createRequire(join(folder, "cell.js"));
  const require = (id: string): unknown => plain(id === "diffusion-workbook" ? library : id);
  return {
    import: load,
    require: Object.assign(require, {
      resolve: plain.resolve,
      cache: plain.cache,
      main: plain.main,
    }) as NodeJS.Require,
    update: local.update,
  };
}

/** Node's own `import()`, as if it stood in a file of the folder. */
function nodeImport(folder: string): CellRuntime["import"] {
  return vm.runInThisContext("(specifier, options) => import(specifier, options)", {
    filename: join(folder, "cell.js"),
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as CellRuntime["import"];
}

export function cellMeta(folder: string): ImportMeta {
  const filename = join(folder, "cell.ts");
  const { href } = pathToFileURL(filename);
  const resolve = (specifier: string): string =>
    pathToFileURL(createRequire(filename).resolve(specifier)).href;
  return { url: href, dirname: folder, filename, resolve };
}
