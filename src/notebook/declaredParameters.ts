/** Which parameters a notebook has, read from its text: what `--set` may name, before anything is run. */
import ts from "typescript";
import type { Notebook } from "./format/notebook.js";

/** The names that the notebook's `runParameters({ … })` declares. */
export function declaredParameters({ cells }: Notebook): readonly string[] {
  const code = cells.flatMap((cell) => (cell.type === "code" ? [cell.source] : [])).join("\n");
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isRunParameters(node)) names.push(...keysOf(node.arguments[0]));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cells.ts", code, ts.ScriptTarget.Latest));
  return names;
}

function isRunParameters(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === "runParameters"
  );
}

function keysOf(defaults: ts.Expression | undefined): readonly string[] {
  if (defaults === undefined || !ts.isObjectLiteralExpression(defaults)) return [];
  return defaults.properties.flatMap(({ name }) =>
    name !== undefined && ts.isIdentifier(name) ? [name.text] : [],
  );
}
