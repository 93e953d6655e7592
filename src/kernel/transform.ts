/**
 * What we change in a cell before tslab's own transformations:
 * - `{x}` of a variable of an earlier cell becomes `{x: exports.x}`, which tslab forgets;
 * - an `await` that resumes after the program was stopped throws, and no `catch` takes that for an error of
 *   its own, so that a stopped loop really ends.
 */
import type ts from "@tslab/typescript-for-tslab";
import { guardName } from "./guard.js";

type Compiler = typeof ts;

const cellFile = /(^|\/)__tslab__\.ts$/;
const earlierCells = /(^|\/)__prev__\.d\.ts$/;

/** @param trace `loopsAwait` is set when the cell has a `for await` outside of functions. */
export function cellTransformer(
  compiler: Compiler,
  checker: ts.TypeChecker,
  trace: { loopsAwait: boolean },
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    if (!cellFile.test(file.fileName)) return file;
    trace.loopsAwait = false;
    const { factory } = context;
    let functions = 0;

    const visit = (node: ts.Node): ts.Node => {
      const inside = compiler.isFunctionLike(node) || compiler.isClassStaticBlockDeclaration(node) ? 1 : 0;
      functions += inside;
      const changed = change(compiler.visitEachChild(node, visit, context), node);
      functions -= inside;
      return changed;
    };
    const change = (node: ts.Node, original: ts.Node): ts.Node => {
      if (compiler.isAwaitExpression(node)) return guardAwait(factory, node);
      if (compiler.isForOfStatement(node) && node.awaitModifier !== undefined) {
        trace.loopsAwait ||= functions === 0;
        return guardLoop(factory, node);
      }
      if (compiler.isCatchClause(node)) return guardCatch(factory, compiler, node);
      if (compiler.isShorthandPropertyAssignment(original) && compiler.isShorthandPropertyAssignment(node)) {
        const symbol = checker.getShorthandAssignmentValueSymbol(original);
        return isEarlier(symbol) ? expandShorthand(factory, node) : node;
      }
      return node;
    };
    return compiler.visitEachChild(file, visit, context);
  };
}

function isEarlier(symbol: ts.Symbol | undefined): boolean {
  return symbol?.declarations?.some((one) => earlierCells.test(one.getSourceFile().fileName)) === true;
}

/** `{x}` → `{x: exports.x}`, and `{x = 1} = …` → `{x: exports.x = 1} = …`. */
function expandShorthand(
  factory: ts.NodeFactory,
  node: ts.ShorthandPropertyAssignment,
): ts.PropertyAssignment {
  const { name, objectAssignmentInitializer: initializer } = node;
  const variable = factory.createPropertyAccessExpression(factory.createIdentifier("exports"), name.text);
  const value = initializer === undefined ? variable : factory.createAssignment(variable, initializer);
  return factory.createPropertyAssignment(name.text, value);
}

function guardMember(factory: ts.NodeFactory, name: "epoch" | "resume" | "iterate" | "pass"): ts.Expression {
  return factory.createPropertyAccessExpression(factory.createIdentifier(guardName), name);
}

/** `await p` → `guard.resume(guard.epoch, await p)`: the epoch is read before the wait, compared after it. */
function guardAwait(factory: ts.NodeFactory, node: ts.AwaitExpression): ts.Expression {
  return factory.createCallExpression(guardMember(factory, "resume"), undefined, [
    guardMember(factory, "epoch"),
    node,
  ]);
}

function guardLoop(factory: ts.NodeFactory, node: ts.ForOfStatement): ts.ForOfStatement {
  const iterated = factory.createCallExpression(guardMember(factory, "iterate"), undefined, [
    node.expression,
  ]);
  return factory.updateForOfStatement(node, node.awaitModifier, node.initializer, iterated, node.statement);
}

/** `catch (e) {…}` → `catch (e) { guard.pass(e); …}`; a clause that takes the error apart is left alone. */
function guardCatch(factory: ts.NodeFactory, compiler: Compiler, node: ts.CatchClause): ts.CatchClause {
  const {
    variableDeclaration: declaration = factory.createVariableDeclaration(factory.createUniqueName("error")),
  } = node;
  if (!compiler.isIdentifier(declaration.name)) return node;
  const pass = factory.createCallExpression(guardMember(factory, "pass"), undefined, [declaration.name]);
  const statements = [factory.createExpressionStatement(pass), ...node.block.statements];
  return factory.updateCatchClause(node, declaration, factory.updateBlock(node.block, statements));
}
