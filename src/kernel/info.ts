/** What the kernel says about itself, in `kernel_info_reply` and in the metadata of every notebook. */
import { createRequire } from "node:module";
import { protocolVersion, type Json } from "./wire.js";

/** @param version of this package */
export function kernelInfo(version: string): Json {
  const fromTslab = createRequire(createRequire(import.meta.url).resolve("tslab/dist/converter.js"));
  const compiler = fromTslab("@tslab/typescript-for-tslab/package.json") as { version: string };
  return {
    status: "ok",
    protocol_version: protocolVersion,
    implementation: "diffusion-workbook",
    implementation_version: version,
    language_info: {
      name: "typescript",
      version: compiler.version,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", typescript: true, mode: "typescript" },
      nbconvert_exporter: "script",
    },
    banner: `TypeScript ${compiler.version} on Node ${process.versions.node}, diffusion-workbook ${version}`,
    help_links: [{ text: "TypeScript handbook", url: "https://www.typescriptlang.org/docs/handbook/" }],
    debugger: false,
    supported_features: [],
  };
}
