/** The .ipynb half: nbformat 4, checked on reading, written byte for byte as Jupyter's own writer does. */
import { InputError } from "../../error.js";
import { assignIds } from "./cellId.js";
import {
  isObject,
  toJson,
  toJsonObject,
  type Cell,
  type Json,
  type JsonObject,
  type Notebook,
  type Output,
} from "./notebook.js";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an .ipynb of nbformat 4.0 or newer. Cells without an id (before 4.5) get one.
 * @param name the file, for messages
 * @throws InputError if it is not JSON, not a notebook, or has a part this project would lose
 */
export function readIpynb(text: string, name: string): Notebook {
  const root = parseJson(text, name);
  if (!isObject(root) || !Array.isArray(root["cells"]) || typeof root["nbformat"] !== "number") {
    throw notANotebook(name, "an object with nbformat, metadata and cells");
  }
  if (root["nbformat"] !== 4) {
    throw new InputError(
      `${name}: nbformat = ${root["nbformat"]}`,
      "nbformat 4",
      `Convert it: jupyter nbconvert --to notebook --nbformat 4 ${name}`,
    );
  }
  const bodies = root["cells"].map((cell: unknown, i) => readCell(cell, `${name}: cell ${i + 1}`));
  const ids = assignIds(
    bodies.map(({ givenId, content }) => ({ givenId, ...content })),
    undefined,
    (i) => `${name}: cell ${i + 1}`,
  );
  const cells = bodies.map(({ content }, i): Cell => ({ ...content, id: ids[i] ?? "" }));
  return { metadata: toJsonObject(root["metadata"] ?? {}, `${name}: metadata`), cells };
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `${name} is not JSON (${reason})`,
      "a Jupyter notebook",
      "Check what wrote this file.",
      {
        cause: error,
      },
    );
  }
}

function notANotebook(where: string, expected: string): InputError {
  return new InputError(where, expected, "This is not a Jupyter notebook, or it is damaged.");
}

/** A cell before it has its id; distributes over the union, so that a code cell keeps its outputs. */
type Unnamed<C> = C extends Cell ? Omit<C, "id"> : never;
interface Body {
  readonly givenId: string | undefined;
  readonly content: Unnamed<Cell>;
}

function readCell(cell: unknown, where: string): Body {
  if (!isObject(cell)) throw notANotebook(where, "an object");
  const { cell_type: type, source, id } = cell;
  const givenId = typeof id === "string" ? id : undefined;
  const common = {
    metadata: toJsonObject(cell["metadata"] ?? {}, `${where}: metadata`),
    source: readText(source, `${where}: source`),
  };
  const known = ["cell_type", "id", "metadata", "source", "outputs", "execution_count"];
  const foreign = Object.keys(cell).find((key) => !known.includes(key) && !isEmpty(cell[key]));
  if (foreign !== undefined) {
    throw new InputError(
      `${where} has ${foreign}`,
      `nothing but ${known.join(", ")}`,
      foreign === "attachments" ? "Save the picture as a file and link to it." : "Remove it.",
    );
  }
  if (type === "markdown" || type === "raw") return { givenId, content: { type, ...common } };
  if (type !== "code")
    throw notANotebook(`${where}: cell_type = ${JSON.stringify(type)}`, "markdown, code or raw");
  const { outputs = [], execution_count: count } = cell;
  if (!Array.isArray(outputs)) throw notANotebook(`${where}: outputs`, "a list");
  const content = {
    type,
    ...common,
    outputs: outputs.map((output: unknown, i) => readOutput(output, `${where}: output ${i + 1}`)),
    executionCount: typeof count === "number" ? count : null,
  } as const;
  return { givenId, content };
}

function isEmpty(value: unknown): boolean {
  return value === null || (isObject(value) && Object.keys(value).length === 0);
}

/** nbformat stores text as one string or as a list of lines that carry their line ends. */
function readText(value: unknown, where: string): string {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  if (!parts.every((part) => typeof part === "string")) throw notANotebook(where, "text or a list of lines");
  return parts.join("");
}

function readOutput(output: unknown, where: string): Output {
  if (!isObject(output)) throw notANotebook(where, "an object");
  const type = output["output_type"];
  switch (type) {
    case "stream":
      return {
        type: "stream",
        name: output["name"] === "stderr" ? "stderr" : "stdout",
        text: readText(output["text"], `${where}: text`),
      };
    case "display_data":
    case "execute_result":
      return {
        type: "display",
        data: readBundle(output["data"], `${where}: data`),
        metadata: toJsonObject(output["metadata"] ?? {}, `${where}: metadata`),
        isResult: type === "execute_result",
      };
    case "error":
      return {
        type: "error",
        name: readText(output["ename"], `${where}: ename`),
        message: readText(output["evalue"], `${where}: evalue`),
        traceback: Array.isArray(output["traceback"]) ? output["traceback"].map(String) : [],
      };
    default:
      throw notANotebook(
        `${where}: output_type = ${JSON.stringify(type)}`,
        "stream, display_data, execute_result or error",
      );
  }
}

function readBundle(data: unknown, where: string): JsonObject {
  if (!isObject(data)) throw notANotebook(where, "a MIME bundle");
  const isText = (mime: string): boolean => !/[/+]json$/.test(mime);
  return Object.fromEntries(
    Object.entries(data).map(([mime, content]): [string, Json] => [
      mime,
      isText(mime) ? readText(content, `${where}: ${mime}`) : toJson(content, `${where}: ${mime}`),
    ]),
  );
}

/**
 * The text of the .ipynb without outputs: nbformat 4.5, keys sorted, one space of indent, a line
 * end at the end, as Jupyter writes it, so that saving it there unchanged makes no difference.
 */
export function writeIpynb(notebook: Notebook): string {
  const root = {
    cells: notebook.cells.map(writeCell),
    metadata: notebook.metadata,
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(root, undefined, 1)}\n`;
}

function writeCell(cell: Cell): Fields {
  const { id, metadata, source, type } = cell;
  // split after each line end; the last piece is dropped where the text ends with a line end
  const lines = source.split(/(?<=\n)/).filter((line) => line !== "");
  return type === "code"
    ? { cell_type: type, execution_count: null, id, metadata, outputs: [], source: lines }
    : { cell_type: type, id, metadata, source: lines };
}
