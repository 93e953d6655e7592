/**
 * Work that ends by itself and that Node does not list among its active requests: calls with a callback into the
 * thread pool, child processes that run one command, requests over the network, sleeping promises.
 */
import childProcess from "node:child_process";
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import zlib from "node:zlib";

type Call = (...all: unknown[]) => unknown;

/** Functions whose last argument is called once, at the end. */
const withCallback: readonly (readonly [object, readonly string[]])[] = [
  [zlib, ["gzip", "gunzip", "deflate", "inflate", "deflateRaw", "inflateRaw", "unzip"]],
  [zlib, ["brotliCompress", "brotliDecompress"]],
  [crypto, ["pbkdf2", "scrypt", "hkdf", "randomBytes", "randomFill", "generateKey", "generateKeyPair"]],
  [childProcess, ["exec", "execFile"]],
];

/** Counts such calls from now on; returns how many are open. */
export function countCalls(): () => number {
  let open = 0;
  const untilDone = async <T>(promise: Promise<T>): Promise<T> => {
    open++;
    try {
      return await promise;
    } finally {
      open--;
    }
  };
  const countCallback = (original: Call): Call => {
    const counted: Call = (...all) => {
      const callback = all.at(-1);
      if (typeof callback !== "function") return original(...all);
      let ended = false;
      const end = (): void => {
        if (!ended) open--;
        ended = true;
      };
      open++;
      try {
        return original(...all.slice(0, -1), function (this: unknown, ...results: unknown[]): unknown {
          end();
          return Reflect.apply(callback, this, results) as unknown;
        });
      } catch (error) {
        end();
        throw error;
      }
    };
    // The promise form of a function, for which util.promisify looks here.
    const asPromise: unknown = Reflect.get(original, promisify.custom);
    if (typeof asPromise !== "function") return counted;
    const value = (...all: unknown[]): unknown => {
      const promise = Reflect.apply(asPromise, undefined, all) as Promise<unknown>;
      // The caller gets Node's own promise, which carries the child process; its end is his to handle.
      untilDone(promise).catch(() => undefined);
      return promise;
    };
    return Object.defineProperty(counted, promisify.custom, { value, configurable: true });
  };
  for (const [module, names] of withCallback) {
    for (const name of names) {
      const original = Reflect.get(module, name) as Call | undefined;
      if (original !== undefined) Reflect.set(module, name, countCallback(original));
    }
  }
  countPromises(untilDone);
  syncBuiltinESMExports();
  return () => open;
}

function countPromises(untilDone: <T>(promise: Promise<T>) => Promise<T>): void {
  const { setTimeout: sleep, scheduler } = timersPromises;
  const counted: typeof sleep = (delay, value, options) => {
    const promise = sleep(delay, value, options);
    return options?.ref === false ? promise : untilDone(promise);
  };
  timersPromises.setTimeout = counted;
  Object.defineProperty(globalThis.setTimeout, promisify.custom, { value: counted });
  const wait = scheduler.wait.bind(scheduler);
  scheduler.wait = (delay, options) => untilDone(wait(delay, options));
  const { fetch } = globalThis;
  globalThis.fetch = (...all) => untilDone(fetch(...all));
}
