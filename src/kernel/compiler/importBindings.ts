/** What becomes of a cell's import declarations: requests to the runtime, and accesses to the module's names. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import type { DeclaredName } from "./cellText.js";
import { guardAwait } from "./guards.js";
import type { SharedName } from "./names.js";

export interface TransformedCell {
  readonly checker: ts.TypeChecker;
  /** Where the author's text ends and ours begins. */
  readonly end: number;
  readonly declared: readonly DeclaredName[];
  readonly used: readonly SharedName[];
  /** A name for the runtime that the cell does not use itself. */
  readonly runtime: string;
  /** An unused name for each imported module, by its place among the imports. */
  readonly moduleName: (index: number) => string;
  /** Under which name the runtime knows a module: local TypeScript files by their path. */
  readonly moduleOf: (specifier: string) => string;
}

type Access = () => ts.Expression;

export interface ImportBindings {
  /** The statements that replace an import declaration. */
  readonly load: (node: ts.ImportDeclaration, index: number) => ts.Statement[];
  /** How the value of an import is reached, by its declaration and by its name. */
  readonly reference: (declaration: ts.Node) => Access | undefined;
  readonly getter: (name: string) => ts.Expression | undefined;
}

export function bindImports(
  factory: ts.NodeFactory,
  { runtime, moduleName, moduleOf }: TransformedCell,
  member: (name: string) => ts.PropertyAccessExpression,
): ImportBindings {
  const byDeclaration = new Map<ts.Node, Access>();
  const byName = new Map<string, Access>();
  const bind = (declaration: ts.Node, name: string, access: Access): void => {
    byDeclaration.set(declaration, access);
    byName.set(name, access);
  };
  const load: ImportBindings["load"] = (node, index) => {
    const { importClause: clause, moduleSpecifier: specifier, attributes } = node;
    if (clause?.phaseModifier === typescript.SyntaxKind.TypeKeyword) return [];
    const name = moduleName(index);
    const module: Access = () => factory.createIdentifier(name);
    if (clause !== undefined) bindClause(factory, clause, module, bind);
    const path = typescript.isStringLiteral(specifier) ? moduleOf(specifier.text) : "";
    const request = factory.createCallExpression(member("importNames"), undefined, [
      factory.createArrayLiteralExpression(
        requestedNames(clause).map((one) => factory.createStringLiteral(one)),
      ),
      factory.createStringLiteral(path),
      ...(attributes === undefined ? [] : [attributesObject(factory, attributes)]),
    ]);
    const loaded = guardAwait(
      factory,
      (one) => factory.createPropertyAccessExpression(factory.createIdentifier(runtime), one),
      typescript.setSourceMapRange(
        factory.createAwaitExpression(typescript.setSourceMapRange(request, node)),
        node,
      ),
    );
    const statement =
      clause === undefined
        ? factory.createExpressionStatement(loaded)
        : factory.createVariableStatement(
            undefined,
            factory.createVariableDeclarationList(
              [factory.createVariableDeclaration(name, undefined, undefined, loaded)],
              typescript.NodeFlags.Const,
            ),
          );
    return [typescript.setSourceMapRange(statement, node)];
  };
  return {
    load,
    reference: (declaration) => byDeclaration.get(declaration),
    getter: (name) => byName.get(name)?.(),
  };
}

/** The exports that an import declaration asks for. */
function requestedNames(clause: ts.ImportClause | undefined): string[] {
  const bindings = clause?.namedBindings;
  const named = bindings !== undefined && typescript.isNamedImports(bindings) ? bindings.elements : [];
  return [
    ...(clause?.name === undefined ? [] : ["default"]),
    ...named.filter((one) => !one.isTypeOnly).map((one) => (one.propertyName ?? one.name).text),
  ];
}

function bindClause(
  factory: ts.NodeFactory,
  clause: ts.ImportClause,
  module: Access,
  bind: (declaration: ts.Node, name: string, access: Access) => void,
): void {
  const property =
    (name: ts.ModuleExportName): Access =>
    () =>
      typescript.isIdentifier(name)
        ? factory.createPropertyAccessExpression(module(), name.text)
        : factory.createElementAccessExpression(module(), factory.createStringLiteral(name.text));
  if (clause.name !== undefined) {
    bind(clause, clause.name.text, property(factory.createIdentifier("default")));
  }
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (typescript.isNamespaceImport(bindings)) {
    bind(bindings, bindings.name.text, module);
    return;
  }
  for (const one of bindings.elements) {
    if (!one.isTypeOnly) bind(one, one.name.text, property(one.propertyName ?? one.name));
  }
}

/** `with { type: "json" }` → `{ with: { type: "json" } }`, as `import()` takes it. */
function attributesObject(factory: ts.NodeFactory, { elements }: ts.ImportAttributes): ts.Expression {
  const properties = elements.map(({ name, value }) =>
    factory.createPropertyAssignment(factory.createStringLiteral(name.text), value),
  );
  return factory.createObjectLiteralExpression([
    factory.createPropertyAssignment("with", factory.createObjectLiteralExpression(properties)),
  ]);
}
