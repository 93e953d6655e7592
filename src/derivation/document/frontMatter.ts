import { parseDocument } from "yaml";
import { InputError } from "../../error.js";

/**
 * What stands under `notation` at the head of a document: in the YAML front matter of Markdown, in the
 * metadata of a notebook. undefined where there is none.
 * @throws InputError for front matter that is not YAML
 */
export function notationData(text: string, file: string): unknown {
  if (file.endsWith(".md")) return fieldOf(readYaml(frontMatterOf(text), `${file}, front matter`));
  if (!file.endsWith(".ipynb")) return undefined;
  const notebook: unknown = JSON.parse(text);
  const metadata = isRecord(notebook) ? notebook["metadata"] : undefined;
  return fieldOf(metadata);
}

/** @throws InputError for text that is not YAML; JSON is YAML */
export function readYaml(text: string, where: string): unknown {
  const document = parseDocument(text);
  const [problem] = document.errors;
  if (problem === undefined) return document.toJS({ maxAliasCount: 100 }) as unknown;
  throw new InputError(
    `${where} (${problem.message.split("\n")[0] ?? ""})`,
    "YAML",
    'Quote symbols: "\\\\xi_t".',
    {
      cause: problem,
    },
  );
}

function frontMatterOf(text: string): string {
  return /^---[ \t]*\r?\n([^]*?)^(?:---|\.\.\.)[ \t]*$/m.exec(text.startsWith("---") ? text : "")?.[1] ?? "";
}

const fieldOf = (data: unknown): unknown => (isRecord(data) ? data["notation"] : undefined);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
