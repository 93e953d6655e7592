/** What a cell can import: local TypeScript files, this package by its name, and all that Node finds. */
import { createRequire } from "node:module";
import { isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import type { LocalModule } from "../contract.js";
import { packageRoot } from "../../notebook/root.js";
import type { Guard } from "./guard.js";
import { createLocalModules } from "./localModules.js";
import type { CellRuntime } from "./runtime.js";

export interface CellModules {
  /** See `CellRuntime.import`. */
  readonly import: CellRuntime["import"];
  /** See `CellRuntime.importNames`. */
  readonly importNames: CellRuntime["importNames"];
  readonly require: NodeJS.Require;
  /** Begins to load packages that a cell will import. */
  readonly preload: (packages: readonly string[]) => void;
  /** Registers compiled local files; a changed file is run again on its next import. */
  readonly update: (modules: readonly LocalModule[]) => void;
}

const libraryName = "diffusion-workbook";
const library = join(packageRoot, "dist", "index.js");
const libraryUrl = pathToFileURL(library).href;

/** With its second parameter, which needs a flag of Node (see the kernelspec). */
const resolve = (specifier: string, parent: string): string => import.meta.resolve(specifier, parent);

/** @param folder where relative imports of cells start */
export function createCellModules(folder: string, guard: Guard): CellModules {
  const importFrom = nodeImport(folder);
  const plain = createRequire(join(folder, "cell.js"));
  const load: CellRuntime["import"] = (specifier, options) => {
    if (local.has(specifier)) return local.load(specifier);
    if (specifier === libraryName) return importFrom(libraryUrl);
    return importFrom(isAbsolute(specifier) ? pathToFileURL(specifier).href : specifier, options);
  };
  const preload: CellModules["preload"] = (packages) => {
    for (const one of packages) {
      try {
        const url =
          one === libraryName ? libraryUrl : resolve(one, pathToFileURL(join(folder, "cell.js")).href);
        // `import()` then finds the modules loaded. `require` is faster where there are many files.
        if (url.startsWith("file:")) plain(fileURLToPath(url));
      } catch {
        // What cannot be loaded, or not by `require`, is for the cell's own `import` to load or to refuse.
      }
    }
  };
  const local = createLocalModules(load, guard);
  const require = (id: string): unknown => plain(id === libraryName ? library : id);
  return {
    import: load,
    importNames: async (names, specifier, options) => {
      const namespace = await load(specifier, options);
      const missing = names.find((name) => !(name in namespace));
      if (missing === undefined) return namespace;
      throw new SyntaxError(
        `${specifier} has no export named '${missing}'; import its default or its namespace, and look there`,
      );
    },
    preload,
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
