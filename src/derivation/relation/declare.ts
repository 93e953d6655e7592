import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { EvaluationError } from "../evaluate/error.js";
import { normalParts, type NormalParts } from "../evaluate/normal.js";
import { Trace } from "../evaluate/scope.js";
import { varianceOf, vectorOf } from "../evaluate/value.js";
import type { Declaration, DeclaredLaw } from "../notation/declared.js";
import type { Names } from "../notation/names.js";
import { decideDistribution, isCallOf, lawOf } from "./distribution.js";
import { leadsTo } from "./define.js";
import type { Sides } from "./equality.js";
import { introduces, valuedWith } from "./introduce.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { survey } from "./survey.js";
import { declaredQuestion } from "./universal.js";

/**
 * `X \sim N(\mu, \sigma^2)` declares X where the notation does not know it, and `q \sim N(…)` the law that the
 * bare name q stands for; undefined where the left side is known already.
 */
export function decideDeclaration({ left, right }: Sides, question: Question): Decision | undefined {
  const { names } = question;
  if (left.kind !== "symbol" || !isCallOf(right, "normal", names)) return undefined;
  const { meaning, key } = names.lookUp(left);
  // A law that depends on the variable itself declares nothing.
  if (meaning.kind === "unknown" && leadsTo(right, key, names)) return undefined;
  if (meaning.kind === "declared" && meaning.declaration.kind === "variable") {
    const known = decideDistribution({ left, right }, declaredQuestion([left, right], question));
    return known.verdict === "holds" ? known : declaring(left, right, "variable", question);
  }
  if (meaning.kind === "unknown" && isName(left)) return declaring(left, right, "variable", question);
  const density = meaning.kind === "role" && ["forwardDensity", "reverseDensity"].includes(meaning.role);
  return density && left.index === undefined ? declaring(left, right, "law", question) : undefined;
}

/** X, X_1, X_{\mathrm{data}}: with a time as subscript it would be a family of variables. */
const isName = ({ index }: SymbolExpr): boolean =>
  index === undefined ||
  index.kind === "number" ||
  (index.kind === "symbol" && index.name.startsWith("\\mathrm{"));

function declaring(
  left: SymbolExpr,
  right: CallExpr,
  kind: "variable" | "law",
  question: Question,
): Decision {
  const { names } = question;
  const law = lawOf(left, right);
  const parts = normalParts(law);
  const symbols = unknownParts(parts, names);
  const known = names.withDeclared(names.declared.withSymbols(symbols));
  const key = printExpr(left);
  const declaredLaw = describedLaw(law, parts, { ...question, names: known });
  const others = names.declared.variables.filter((each) => each !== key);
  const own: readonly (readonly [string, Declaration])[] =
    kind === "variable" ? [[key, { kind: "variable", law }]] : [];
  const declared = known.declared.withSymbols(new Map(own)).withLaw(key, declaredLaw);
  const beside = kind === "variable" && others.length > 0 ? `, independent of ${others.join(", ")}` : "";
  const what =
    kind === "variable" ? `declares ${key}, a random variable of that law` : `declares ${key}, that law`;
  return introduces(`${what}${beside}; nothing is claimed`, question, { declared });
}

/** A mean of which nothing is known is some vector; a capital letter as covariance is a matrix. */
function unknownParts({ mean, covariance }: NormalParts, names: Names): ReadonlyMap<string, Declaration> {
  const isUnknown = (expr: Expr): expr is SymbolExpr =>
    expr.kind === "symbol" && names.lookUp(expr).meaning.kind === "unknown";
  const found = new Map<string, Declaration>();
  if (isUnknown(mean)) found.set(printExpr(mean), { kind: "vector" });
  if (isUnknown(covariance) && /^(?:[A-Z]|\\[A-Z][a-z]+)$/.test(covariance.name))
    found.set(printExpr(covariance), { kind: "covariance" });
  return found;
}

/** Evaluates the law in every world. @throws EvaluationError where it has no value */
function describedLaw(law: CallExpr, { mean, covariance }: NormalParts, question: Question): DeclaredLaw {
  const parameters = new Set<string>();
  let scalar = false;
  const { names } = question;
  const matrix = covariance.kind === "symbol" ? names.lookUp(covariance).meaning : undefined;
  const open = matrix?.kind === "declared" && matrix.declaration.kind === "covariance";
  const found = survey(placesOf([law], question), (place, trace) => {
    const scope = scopeAt(question, place, { trace, mode: "law" });
    const [d, arithmetic] = [scope.world.d, scope.world.arithmetic];
    if (vectorOf(scope.evaluate(mean, scope), d, arithmetic) === undefined)
      throw new EvaluationError("type", `${printExpr(mean)} is no mean of a vector`, mean.span);
    if (!open) {
      const value = scope.evaluate(covariance, scope);
      const variance = varianceOf(value, arithmetic);
      if (variance === undefined || variance.isNegative())
        throw new EvaluationError("domain", `${printExpr(covariance)} is no variance`, covariance.span);
      scalar ||= value.kind === "number";
    }
    for (const symbol of trace.free) parameters.add(symbol);
    return { agrees: true, error: 0, inLaw: false };
  });
  const [why] = found.skipped.values();
  if (found.worlds < question.draws.length || found.failure !== undefined) {
    const problem = found.failure?.outcome.problem ?? why ?? "";
    throw new EvaluationError("unsupported", `the law has no value: ${problem}`, law.span);
  }
  return { law, scalar, parameters: [...parameters] };
}

/**
 * `q(x) = …` for a letter that is no state defines that function, for that argument alone. undefined for every
 * other left side.
 */
export function decideDeclaredCall({ left, right }: Sides, question: Question): Decision | undefined {
  const { names } = question;
  const density = isCallOf(left, "forwardDensity", names) || isCallOf(left, "reverseDensity", names);
  if (!density || left.mark !== undefined || names.declared.call(left) !== undefined) return undefined;
  const plain = left.args.every((each) => each.kind === "symbol" && isFree(each, names));
  if (!plain || left.args.length === 0) return undefined;
  const body = densityAt(left, right, question);
  const { missing, names: known } = valuedWith(body, question);
  if (missing !== undefined) throw new EvaluationError("unsupported", missing, right.span);
  const latex = `${printExpr(left)} = ${printExpr(right)}`;
  const definition = { args: left.args, body, latex, squared: false };
  const call = { definition, parameters: parametersOf(body, { ...question, names: known }) };
  const declared = known.declared.withCall(printExpr(left), call);
  return introduces(`defines the function ${printExpr(left)}`, question, { declared });
}

function isFree(symbol: SymbolExpr, names: Names): boolean {
  const { meaning } = names.lookUp(symbol);
  return meaning.kind === "unknown" || meaning.kind === "declared";
}

/** N(m, S) at the argument of the left side. */
function densityAt(left: CallExpr, right: Expr, { names }: Question): Expr {
  const [argument] = left.args;
  const bare = isCallOf(right, "normal", names) && right.mark === undefined && right.args.length === 2;
  if (!bare || argument === undefined || left.args.length !== 1) return right;
  return { ...right, args: [argument], mark: ";", rest: right.args };
}

function parametersOf(body: Expr, question: Question): readonly string[] {
  const trace = new Trace();
  const [place]: readonly Place[] = placesOf([body], question);
  if (place === undefined) return [];
  const scope = scopeAt(question, place, { trace });
  scope.evaluate(body, scope);
  return [...trace.free];
}
