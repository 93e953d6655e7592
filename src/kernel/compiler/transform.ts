/**
 * What becomes of a cell's tree before TypeScript writes it as JavaScript: imports are asked of the runtime,
 * names of other cells are read from it, the cell's own names are shown to it, and the last expression is its
 * result. The wrapper of the text is in emit.ts.
 */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import { bindImports, type TransformedCell } from "./importBindings.js";
import { isAssignable } from "./names.js";
import { createVisitor } from "./references.js";

/** To be run before TypeScript's own transformations; leaves an empty module's `export {}` behind. */
export function transformCell(cell: TransformedCell): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { factory } = context;
    const member = (name: string): ts.PropertyAccessExpression =>
      factory.createPropertyAccessExpression(factory.createIdentifier(cell.runtime), name);
    const own = file.statements.filter((one) => one.end <= cell.end);
    const imports = bindImports(factory, cell, member);
    const starts = own.filter(typescript.isImportDeclaration).flatMap(imports.load);
    const visit = createVisitor(context, cell, file, member, imports.reference);
    const rest = own.filter((one) => !isModuleSyntax(one));
    const last = rest.filter((one) => !typescript.isEmptyStatement(one)).at(-1);
    const statements = rest.flatMap((one): ts.Statement[] => {
      const done = typescript.visitNode(one, visit, typescript.isStatement);
      if (done === undefined) return [];
      return [one === last ? asResult(factory, member("result"), done) : done];
    });
    const link = linkNames(factory, cell, member("link"), imports.getter);
    return factory.updateSourceFile(
      file,
      typescript.setTextRange(factory.createNodeArray([link, ...starts, ...statements]), file.statements),
    );
  };
}

/** Removes the `export {}` that TypeScript adds to a module without exports. */
export const dropEmptyExport: ts.TransformerFactory<ts.SourceFile> = (context) => (file) =>
  context.factory.updateSourceFile(
    file,
    file.statements.filter((one) => !typescript.isExportDeclaration(one)),
  );

function isModuleSyntax(node: ts.Statement): boolean {
  return typescript.isImportDeclaration(node) || typescript.isExportDeclaration(node);
}

function asResult(factory: ts.NodeFactory, result: ts.Expression, node: ts.Statement): ts.Statement {
  if (!typescript.isExpressionStatement(node)) return node;
  return factory.updateExpressionStatement(node, factory.createAssignment(result, node.expression));
}

/** `cell.link({ x: [() => x, (value) => { x = value; }] });` */
function linkNames(
  factory: ts.NodeFactory,
  { declared }: TransformedCell,
  link: ts.Expression,
  imported: (name: string) => ts.Expression | undefined,
): ts.Statement {
  const arrow = (parameters: string[], body: ts.ConciseBody): ts.Expression =>
    factory.createArrowFunction(
      undefined,
      undefined,
      parameters.map((name) => factory.createParameterDeclaration(undefined, undefined, name)),
      undefined,
      undefined,
      body,
    );
  const properties = declared
    .filter(({ hasValue }) => hasValue)
    .map(({ name, kind }) => {
      const variable = factory.createIdentifier(name);
      const value = name === "value" ? "value_1" : "value";
      const accessors = [arrow([], imported(name) ?? variable)];
      if (isAssignable(kind)) {
        const assignment = factory.createAssignment(variable, factory.createIdentifier(value));
        accessors.push(arrow([value], factory.createBlock([factory.createExpressionStatement(assignment)])));
      }
      return factory.createPropertyAssignment(
        factory.createComputedPropertyName(factory.createStringLiteral(name)),
        factory.createArrayLiteralExpression(accessors),
      );
    });
  return factory.createExpressionStatement(
    factory.createCallExpression(link, undefined, [factory.createObjectLiteralExpression(properties)]),
  );
}
