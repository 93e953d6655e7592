/** What the kernel says about itself, in `kernel_info_reply` and in the metadata of every notebook. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Json } from "../contract.js";
import { languageInfo } from "../../notebook/format/notebook.js";
import { protocolVersion } from "./wire.js";

/** @param version of this package */
export function kernelInfo(version: string): Json {
  const compiler = compilerVersion();
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "diffusion-workbook",
    implementation_version: version,
    language_info: { ...languageInfo, version: compiler, nbconvert_exporter: "script" },
    banner: `TypeScript ${compiler} on Node ${process.versions.node}, diffusion-workbook ${version}`,
    help_links: [{ text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/" }],
    debugger: false,
    supported_features: [],
  };
}

/** Read, not asked for: loading the compiler takes a while, and this thread does not need it. */
function compilerVersion(): string {
  const file = createRequire(import.meta.url).resolve("typescript/package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
