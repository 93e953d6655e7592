/** Why a process ended, in words for the reader of a notebook. */
import type { ErrorContent } from "../contract.js";

const inNativeCode = new Set(["SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP"]);
const outOfMemory = /JavaScript heap out of memory|std::bad_alloc|Allocation failed/;

/**
 * @param tail the last lines that the process wrote to its stderr
 * @param known why the kernel has ended it, if it has
 */
export function describeDeath(
  code: number | null,
  signal: string | null,
  tail: string,
  known?: string,
): ErrorContent {
  const evalue = `${known ?? reason(code, signal, tail)}. All variables are lost; a new program has been started`;
  return { ename: "ProgramDied", evalue, traceback: [`ProgramDied: ${evalue}`] };
}

function reason(code: number | null, signal: string | null, tail: string): string {
  if (outOfMemory.test(tail)) return "the program ran out of memory";
  if (signal === null) return `the program ended with exit code ${String(code)}`;
  if (inNativeCode.has(signal)) return `native code crashed (${signal})`;
  if (signal === "SIGABRT") return "native code gave up (SIGABRT)";
  if (signal === "SIGKILL")
    return "the program was killed (SIGKILL), as the system does when memory is short";
  return `the program was ended by ${signal}`;
}
