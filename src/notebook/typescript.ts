/**
 * The TypeScript compiler as a value; its types come by `import type ts from "typescript"`. A plain import
 * would make Node search the compiler's nine megabytes for the names of exports, which takes longer than
 * loading it.
 */
import { createRequire } from "node:module";
import type ts from "typescript";

export const typescript = createRequire(import.meta.url)("typescript") as typeof ts;
