/** A small program for compiled cells: enough of the kernel's program process to see what they do. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { createCompiler, type Compiler } from "../../../src/kernel/compiler/compiler.js";
import type { CompiledCell, ErrorContent } from "../../../src/kernel/contract.js";
import { createGuard } from "../../../src/kernel/program/guard.js";
import { createLocalModules } from "../../../src/kernel/program/localModules.js";
import type { Accessors, CellRuntime } from "../../../src/kernel/program/runtime.js";

type Namespace = Record<string, unknown>;

export interface Session {
  readonly compiler: Compiler;
  /** Compiles and runs one cell; the value of its last expression. */
  readonly run: (source: string) => Promise<unknown>;
  /** The error of a cell that must not compile. */
  readonly refuse: (source: string) => ErrorContent;
  readonly compile: (source: string) => CompiledCell;
  /** What the cells did with their guards. */
  readonly guards: string[];
  /** The specifiers that cells asked for. */
  readonly asked: string[];
  readonly count: () => number;
}

export function openSession(folder: string): Session {
  const compiler = createCompiler(folder);
  const variables = new Map<string, Accessors>();
  const guards: string[] = [];
  const asked: string[] = [];
  let count = 0;
  const other = importFrom(folder);
  const local = createLocalModules(other, createGuard());
  const earlier = new Proxy<Namespace>(
    {},
    {
      get: (_, name) => variables.get(String(name))?.[0](),
      set: (_, name, value) => {
        const set = variables.get(String(name))?.[1];
        if (set === undefined) throw new TypeError(`${String(name)} cannot be assigned`);
        set(value);
        return true;
      },
    },
  );

  const compile = (source: string): CompiledCell => {
    count++;
    const compilation = compiler.compile({ source, count, file: `workbook-cell-${count}.js` });
    if (compilation.status === "error") throw new Error(compilation.error.traceback.join("\n"));
    compiler.commit();
    return compilation.cell;
  };

  const run = async (source: string): Promise<unknown> => {
    const { script, modules } = compile(source);
    local.update(modules);
    const runtime: CellRuntime = {
      link: (linked) => {
        for (const [name, accessors] of Object.entries(linked)) variables.set(name, accessors);
      },
      earlier,
      import: (specifier) => {
        asked.push(specifier);
        return local.has(specifier) ? local.load(specifier) : other(specifier);
      },
      importNames: (_names, specifier, options) => runtime.import(specifier, options),
      result: undefined,
      meta: { url: "the cell's" } as ImportMeta,
      epoch: 7,
      resume: (epoch, value) => {
        guards.push(`resume ${epoch}`);
        return value;
      },
      pass: (error) => void guards.push(`pass ${String(error)}`),
      iterate: async function* (items) {
        guards.push("iterate");
        yield* items;
      },
    };
    const start = vm.runInThisContext(script.text, { filename: script.file }) as (
      cell: CellRuntime,
      require: NodeJS.Require,
    ) => Promise<void>;
    await start(runtime, createRequire(join(folder, "cell.js")));
    return runtime.result;
  };

  const refuse = (source: string): ErrorContent => {
    count++;
    const compilation = compiler.compile({ source, count, file: "refused.js" });
    if (compilation.status === "ok") throw new Error(`compiled: ${compilation.cell.script.text}`);
    return compilation.error;
  };
  return { compiler, run, refuse, compile, guards, asked, count: () => count };
}

/** Everything but local modules, with Node. */
function importFrom(folder: string): (specifier: string) => Promise<Namespace> {
  return (specifier) => {
    if (specifier.endsWith(".json")) {
      const text = readFileSync(resolve(folder, specifier), "utf8");
      return Promise.resolve({ default: JSON.parse(text) as unknown });
    }
    const isPath = specifier.startsWith(".") || specifier.startsWith("/");
    return import(isPath ? pathToFileURL(resolve(folder, specifier)).href : specifier) as Promise<Namespace>;
  };
}
