/**
 * What stops asynchronous code, see program/guard.ts: an `await` that resumes after the program was stopped
 * throws, and no `catch` takes that for an error of its own, so that a stopped loop really ends.
 */
import type ts from "typescript";
import { typescript } from "../../notebook/typescript.js";

/** The object that compiled code reaches its runtime by. */
export type Member = (name: "epoch" | "resume" | "iterate" | "pass") => ts.Expression;

/** The guarded form of a node whose children are done already; other nodes as they are. */
export function guardNode(factory: ts.NodeFactory, member: Member, node: ts.Node): ts.Node {
  if (typescript.isAwaitExpression(node)) return guardAwait(factory, member, node);
  if (typescript.isForOfStatement(node) && node.awaitModifier !== undefined) {
    const { awaitModifier, initializer, expression, statement } = node;
    const iterated = factory.createCallExpression(member("iterate"), undefined, [expression]);
    return factory.updateForOfStatement(node, awaitModifier, initializer, iterated, statement);
  }
  return typescript.isCatchClause(node) ? guardCatch(factory, member, node) : node;
}

/** `await p` → `cell.resume(cell.epoch, await p)`: the epoch is read before the wait, compared after it. */
export function guardAwait(
  factory: ts.NodeFactory,
  member: Member,
  node: ts.AwaitExpression,
): ts.CallExpression {
  const call = factory.createCallExpression(member("resume"), undefined, [member("epoch"), node]);
  return typescript.setSourceMapRange(call, typescript.getSourceMapRange(node));
}

/** `catch (e) {…}` → `catch (e) { cell.pass(e); …}`; a clause that takes the error apart is left alone. */
function guardCatch(factory: ts.NodeFactory, member: Member, node: ts.CatchClause): ts.CatchClause {
  const {
    variableDeclaration: declaration = factory.createVariableDeclaration(factory.createUniqueName("error")),
  } = node;
  if (!typescript.isIdentifier(declaration.name)) return node;
  const pass = factory.createCallExpression(member("pass"), undefined, [declaration.name]);
  const statements = [factory.createExpressionStatement(pass), ...node.block.statements];
  return factory.updateCatchClause(node, declaration, factory.updateBlock(node.block, statements));
}
