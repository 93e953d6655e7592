/** Where an import leads: TypeScript's rules for Node, and what students write besides. */
import { dirname, resolve } from "node:path";
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import { isLocalTypeScript } from "./files.js";

export interface Resolver {
  readonly cache: ts.ModuleResolutionCache;
  readonly resolve: (
    specifier: string,
    from: string,
    mode?: ts.ResolutionMode,
  ) => ts.ResolvedModuleWithFailedLookupLocations;
  /** The absolute path of the local TypeScript file that is meant, if one is. */
  readonly local: (specifier: string, from: string) => string | undefined;
}

const extensions = [".ts", ".mts", ".tsx", "/index.ts"];

export function createResolver(folder: string, options: ts.CompilerOptions): Resolver {
  const { sys } = typescript;
  const canonical = (file: string): string => (sys.useCaseSensitiveFileNames ? file : file.toLowerCase());
  const cache = typescript.createModuleResolutionCache(folder, canonical, options);
  const packages = new Map<string, ts.ResolvedModuleWithFailedLookupLocations>();
  type Found = ts.ResolvedModuleWithFailedLookupLocations;

  /** Files of packages do not change; the author's may, and what was missing may have been installed. */
  const isSettled = (from: string): boolean => from.includes("/node_modules/") || /\.d\.[cm]?ts$/.test(from);

  const find = (specifier: string, from: string, mode?: ts.ResolutionMode): Found =>
    isSettled(from)
      ? typescript.resolveModuleName(specifier, from, options, sys, cache, undefined, mode)
      : typescript.resolveModuleName(specifier, from, options, sys, undefined, undefined, mode);

  /** `./lib` means `./lib.ts`, as bundlers and older notebooks have it. */
  const withoutExtension = (specifier: string, from: string): Found | undefined => {
    const path = resolve(dirname(from), specifier).replaceAll("\\", "/");
    const extension = extensions.find((one) => sys.fileExists(path + one));
    if (extension === undefined) return undefined;
    const resolvedFileName = path + extension;
    return {
      resolvedModule: { resolvedFileName, extension: extension.slice(extension.lastIndexOf(".")) },
    };
  };

  const resolveModule: Resolver["resolve"] = (specifier, from, mode = typescript.ModuleKind.ESNext) => {
    if (typescript.isExternalModuleNameRelative(specifier)) {
      const found = find(specifier, from, mode);
      return found.resolvedModule === undefined ? (withoutExtension(specifier, from) ?? found) : found;
    }
    if (isSettled(from)) return find(specifier, from, mode);
    const key = `${dirname(from)}\n${specifier}`;
    const found = packages.get(key) ?? find(specifier, from, mode);
    if (found.resolvedModule !== undefined) packages.set(key, found);
    return found;
  };

  return {
    cache,
    resolve: resolveModule,
    local: (specifier, from) => {
      const file = resolveModule(specifier, from).resolvedModule?.resolvedFileName;
      return file !== undefined && isLocalTypeScript(file) ? file : undefined;
    },
  };
}
