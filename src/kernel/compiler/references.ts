/** What becomes of the nodes inside a cell's statements: names of other cells and imports, awaits, `import()`. */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";
import { hasModifier } from "./cellText.js";
import { guardNode } from "./guards.js";
import type { ImportBindings, TransformedCell } from "./importBindings.js";
import { isDynamicImport } from "./imports.js";

/** Visits the author's statements. */
export function createVisitor(
  context: ts.TransformationContext,
  cell: TransformedCell,
  file: ts.SourceFile,
  member: (name: string) => ts.PropertyAccessExpression,
  imported: ImportBindings["reference"],
): (node: ts.Node) => ts.Node | undefined {
  const { factory } = context;
  const earlier = new Map(cell.used.filter(({ hasValue }) => hasValue).map((one) => [one.name, one]));

  /** What a symbol stands for, if it is an import or a name of another cell. */
  const replacement = (symbol: ts.Symbol | undefined, name: string): ts.Expression | undefined => {
    const declaration = symbol?.declarations?.find((one) => one.getSourceFile() === file);
    if (declaration === undefined) return undefined;
    if (declaration.end <= cell.end) return imported(declaration)?.();
    return earlier.has(name) ? factory.createPropertyAccessExpression(member("earlier"), name) : undefined;
  };
  const reference = (node: ts.Identifier): ts.Expression | undefined =>
    replacement(cell.checker.getSymbolAtLocation(node), node.text);

  const shorthand = (node: ts.ShorthandPropertyAssignment): ts.Node => {
    const value = replacement(cell.checker.getShorthandAssignmentValueSymbol(node), node.name.text);
    const initializer = typescript.visitNode(
      node.objectAssignmentInitializer,
      visit,
      typescript.isExpression,
    );
    if (value === undefined) return factory.updateShorthandPropertyAssignment(node, node.name, initializer);
    return factory.createPropertyAssignment(
      node.name.text,
      initializer === undefined ? value : factory.createAssignment(value, initializer),
    );
  };

  /** `f(x)` → `(0, module.f)(x)`: what is called must not become `this`. */
  const callee = (original: ts.Expression, done: ts.Expression): ts.Expression => {
    const inner = withoutParentheses(original);
    return typescript.isIdentifier(inner) && reference(inner) !== undefined
      ? factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), done))
      : done;
  };

  const change = (original: ts.Node, node: ts.Node): ts.Node => {
    if (isDynamicImport(original) && typescript.isCallExpression(node)) {
      return factory.updateCallExpression(
        node,
        member("import"),
        undefined,
        dynamicArguments(factory, cell, node),
      );
    }
    if (typescript.isCallExpression(original) && typescript.isCallExpression(node)) {
      const called = callee(original.expression, node.expression);
      if (called === node.expression) return node;
      return typescript.isCallChain(node)
        ? factory.updateCallChain(node, called, node.questionDotToken, undefined, node.arguments)
        : factory.updateCallExpression(node, called, undefined, node.arguments);
    }
    if (typescript.isTaggedTemplateExpression(original) && typescript.isTaggedTemplateExpression(node)) {
      const tag = callee(original.tag, node.tag);
      return factory.updateTaggedTemplateExpression(node, tag, undefined, node.template);
    }
    return guardNode(factory, member, node);
  };

  const visit = (node: ts.Node): ts.Node | undefined => {
    if (isErased(node)) return node;
    if (typescript.isIdentifier(node)) {
      const found = reference(node);
      return found === undefined ? node : typescript.setSourceMapRange(found, node);
    }
    if (typescript.isShorthandPropertyAssignment(node)) return shorthand(node);
    if (typescript.isMetaProperty(node) && node.keywordToken === typescript.SyntaxKind.ImportKeyword) {
      return member("meta");
    }
    const isExport = node.kind === typescript.SyntaxKind.ExportKeyword;
    if (isExport && node.parent.parent === file) return undefined;
    return change(node, typescript.visitEachChild(node, visit, context));
  };
  return visit;
}

function dynamicArguments(
  factory: ts.NodeFactory,
  { moduleOf }: TransformedCell,
  node: ts.CallExpression,
): readonly ts.Expression[] {
  const [specifier, ...rest] = node.arguments;
  if (specifier === undefined || !typescript.isStringLiteralLike(specifier)) return node.arguments;
  return [factory.createStringLiteral(moduleOf(specifier.text)), ...rest];
}

function withoutParentheses(node: ts.Expression): ts.Expression {
  let inner = node;
  while (
    typescript.isParenthesizedExpression(inner) ||
    typescript.isNonNullExpression(inner) ||
    typescript.isAsExpression(inner) ||
    typescript.isSatisfiesExpression(inner) ||
    typescript.isTypeAssertionExpression(inner) ||
    typescript.isExpressionWithTypeArguments(inner)
  ) {
    inner = inner.expression;
  }
  return inner;
}

/** Types and `declare` leave no JavaScript, and names in them stay as they are. */
function isErased(node: ts.Node): boolean {
  return (
    (typescript.isTypeNode(node) && !typescript.isExpressionWithTypeArguments(node)) ||
    typescript.isInterfaceDeclaration(node) ||
    typescript.isTypeAliasDeclaration(node) ||
    hasModifier(node, typescript.SyntaxKind.DeclareKeyword)
  );
}
