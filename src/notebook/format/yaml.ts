/**
 * Metadata as YAML, in the style jupytext writes. YAML 1.1, because that is what jupytext's parser
 * speaks: there `yes` and `1:30` are not texts, so they must be quoted.
 */
import { Document, isMap, isNode, isSeq, parseDocument, visit } from "yaml";
import { InputError } from "../../error.js";
import { toJsonObject, type JsonObject } from "./notebook.js";

/** Characters that are line ends to some YAML readers, or that YAML text may not hold. */
const unprintable = /[\x7f-\x9f\u2028\u2029]/g;

/** Ends with a line end. Lists of plain values stay on one line. */
export function writeYaml(data: JsonObject): string {
  const document = new Document(data, { version: "1.1" });
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "string" && scalar.value.search(unprintable) >= 0)
        scalar.type = "QUOTE_DOUBLE";
    },
    Seq(_, list) {
      if (!list.items.some((item) => isMap(item) || isSeq(item))) list.flow = true;
    },
  });
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: false, directives: false });
  return text.replace(unprintable, escapeCharacter);
}

/** `\uXXXX`, which JSON and the double quotes of YAML understand. */
export function escapeCharacter(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * @param where names the block in messages
 * @throws InputError if it is not YAML, not a mapping of JSON values, or has comments, which the
 *   .ipynb could not keep
 */
export function readYaml(text: string, where: string): JsonObject {
  const document = parseDocument(text, { version: "1.1" });
  const [problem] = document.errors;
  if (problem !== undefined) {
    const [reason = problem.message] = problem.message.split("\n");
    throw new InputError(`${where} is not YAML (${reason})`, "lines name: value", "Correct it.", {
      cause: problem,
    });
  }
  refuseComments(document, where);
  const value: unknown = document.toJS();
  return toJsonObject(value ?? {}, where);
}

function refuseComments(document: Document.Parsed, where: string): void {
  const comments: (string | null | undefined)[] = [document.comment, document.commentBefore];
  visit(document, {
    Node: (_, node) => void comments.push(node.comment, node.commentBefore),
    Pair: (_, pair) => {
      if (isNode(pair.key)) comments.push(pair.key.commentBefore);
    },
  });
  const comment = comments.find((text) => typeof text === "string");
  if (typeof comment !== "string") return;
  throw new InputError(
    `${where} has the comment #${comment}`,
    "no comments in metadata, since the .ipynb cannot hold them",
    "Write it into a Markdown cell, or remove it.",
  );
}
