/** The modules that a text names: in import and export declarations, and in `import("…")`. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";

/** Literal specifiers of the nodes up to `end`, the author's part of a cell; types' own imports included. */
export function moduleSpecifiers(file: ts.SourceFile, end = file.end): string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const literal = specifierOf(node);
    if (literal !== undefined) found.add(literal.text);
    typescript.forEachChild(node, visit);
  };
  for (const statement of file.statements) if (statement.end <= end) visit(statement);
  return [...found];
}

function specifierOf(node: ts.Node): ts.StringLiteralLike | undefined {
  let specifier: ts.Node | undefined;
  if (typescript.isImportDeclaration(node) || typescript.isExportDeclaration(node)) {
    specifier = node.moduleSpecifier;
  } else if (isDynamicImport(node)) {
    specifier = node.arguments[0];
  } else if (typescript.isImportTypeNode(node) && typescript.isLiteralTypeNode(node.argument)) {
    specifier = node.argument.literal;
  }
  return specifier !== undefined && typescript.isStringLiteralLike(specifier) ? specifier : undefined;
}

/** `import(…)`. */
export function isDynamicImport(node: ts.Node): node is ts.CallExpression {
  return typescript.isCallExpression(node) && node.expression.kind === typescript.SyntaxKind.ImportKeyword;
}
