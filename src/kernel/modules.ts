/** `require` as cells see it: local TypeScript files, this package by its name, then Node's own rules. */
import Module, { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { packageRoot } from "../notebook/root.js";

export interface CellModules {
  readonly require: NodeJS.Require;
  /** Registers compiled local files; a changed file is run again on its next import. */
  readonly update: (outputs: readonly { readonly path: string; readonly data: string }[]) => void;
}

/** The part of Node's module class that runs a text as a CommonJS module. */
interface CompilableModule extends Module {
  _compile: (text: string, filename: string) => void;
}

/** @param folder where relative imports of cells start */
export function createCellModules(folder: string): CellModules {
  const sources = new Map<string, string>();
  const loaded = new Map<string, Module>();

  const requireFrom = (directory: string): NodeJS.Require => {
    const plain = createRequire(join(directory, "cell.js"));
    const load = (id: string): unknown => {
      if (id === "diffusion-workbook") return plain(join(packageRoot, "dist", "index.js"));
      const path = resolve(directory, extname(id) === "" ? `${id}.js` : id);
      const source = id.startsWith(".") ? sources.get(path) : undefined;
      return source === undefined ? plain(id) : run(path, source);
    };
    return Object.assign(load, {
      resolve: plain.resolve,
      cache: plain.cache,
      main: plain.main,
    }) as NodeJS.Require;
  };

  const run = (path: string, source: string): unknown => {
    const done = loaded.get(path);
    if (done !== undefined) return done.exports;
    const module = new Module(path) as CompilableModule;
    module.filename = path;
    module.require = requireFrom(dirname(path));
    loaded.set(path, module);
    try {
      module._compile(source, path);
    } catch (error) {
      loaded.delete(path);
      throw error;
    }
    return module.exports;
  };

  return {
    require: requireFrom(folder),
    update: (outputs) => {
      for (const { path, data } of outputs) {
        loaded.delete(path);
        sources.set(path, data);
      }
    },
  };
}
