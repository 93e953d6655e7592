/**
 * Local TypeScript files as modules. The compiler hands them over in SystemJS format, which keeps what ES
 * modules promise without Node's loader: live bindings, cycles, top-level await.
 */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { moduleGuardName, type LocalModule } from "../contract.js";
import type { Guard } from "./guard.js";

type Namespace = Record<string, unknown>;

export interface LocalModules {
  readonly has: (path: string) => boolean;
  readonly load: (path: string) => Promise<Namespace>;
  readonly update: (modules: readonly LocalModule[]) => void;
}

/** What `System.register` is given (https://github.com/systemjs/systemjs/blob/main/docs/system-register.md). */
interface Declared {
  readonly setters: readonly ((namespace: Namespace) => void)[];
  readonly execute: () => unknown;
}
type Declare = (
  exports: (name: string | Namespace, value?: unknown) => unknown,
  context: { readonly meta: ImportMeta; readonly import: (specifier: string) => Promise<Namespace> },
) => Declared;

interface Loaded {
  readonly namespace: Namespace;
  readonly imports: readonly string[];
  /** Told of every change of the namespace. */
  readonly importers: ((namespace: Namespace) => void)[];
  /** Settles when the file and all that it imports have run; undefined until it is linked. */
  done?: Promise<void>;
}

/** @param importOther loads whatever is no local TypeScript file */
export function createLocalModules(
  importOther: (specifier: string) => Promise<Namespace>,
  guard: Guard,
): LocalModules {
  const sources = new Map<string, LocalModule>();
  const loaded = new Map<string, Loaded>();

  const run = (module: LocalModule): Loaded => {
    const [imports, declare] = registered(module, guard);
    const namespace: Namespace = {};
    const entry: Loaded = { namespace, imports, importers: [] };
    loaded.set(module.path, entry);
    const export_ = (name: string | Namespace, value?: unknown): unknown => {
      Object.assign(namespace, typeof name === "string" ? { [name]: value } : name);
      for (const tell of entry.importers) tell(namespace);
      return value;
    };
    const { setters, execute } = declare(export_, { meta: metaOf(module.path), import: load });
    entry.done = (async () => {
      for (const [index, specifier] of imports.entries()) {
        const setter = setters[index] ?? (() => undefined);
        setter(await dependency(specifier, setter));
      }
      await execute();
    })().catch((error: unknown) => {
      // The next import tries again, as it does in a program that is started anew.
      forget(module.path);
      throw error;
    });
    return entry;
  };

  /** The namespace of an import; one that is part of a cycle may still be filling. */
  const dependency = async (
    specifier: string,
    setter: (namespace: Namespace) => void,
  ): Promise<Namespace> => {
    const module = sources.get(specifier);
    if (module === undefined) return importOther(specifier);
    const known = loaded.get(specifier);
    const entry = known ?? run(module);
    entry.importers.push(setter);
    // One that is known is running now, further up in a cycle, or has run.
    if (known === undefined) await entry.done;
    return entry.namespace;
  };

  const load = async (specifier: string): Promise<Namespace> => {
    const module = sources.get(specifier);
    if (module === undefined) return importOther(specifier);
    const entry = loaded.get(specifier) ?? run(module);
    await entry.done;
    return entry.namespace;
  };

  /** A file that has changed runs again, and with it every file that has imported the old one. */
  const forget = (path: string): void => {
    if (!loaded.delete(path)) return;
    for (const [other, { imports }] of loaded) if (imports.includes(path)) forget(other);
  };

  return {
    has: (path) => sources.has(path),
    load,
    update: (modules) => {
      for (const module of modules) {
        if (sources.get(module.path)?.text !== module.text) forget(module.path);
        sources.set(module.path, module);
      }
    },
  };
}

function registered(
  { text, file }: LocalModule,
  guard: Guard,
): readonly [imports: readonly string[], declare: Declare] {
  let found: readonly [readonly string[], Declare] | undefined;
  const System = {
    register: (imports: readonly string[], declare: Declare) => {
      found = [imports, declare];
    },
  };
  const whole = `(function (System, ${moduleGuardName}) { ${text}\n})`;
  const run = vm.runInThisContext(whole, { filename: file }) as (system: typeof System, guard: Guard) => void;
  run(System, guard);
  if (found === undefined) throw new Error(`${file} is not in the format of System.register`);
  return found;
}

function metaOf(path: string): ImportMeta {
  return { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) } as ImportMeta;
}
