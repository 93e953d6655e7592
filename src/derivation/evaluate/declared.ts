import type { SymbolExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { add, constant, scale, type Affine } from "../../probability/affine.js";
import type { Declaration } from "../notation/declared.js";
import { EvaluationError } from "./error.js";
import { normalParts } from "./normal.js";
import type { Scope } from "./scope.js";
import { varianceOf, vector, vectorOf, type Value } from "./value.js";

/** The value of a symbol that the text has declared: a vector, or a random vector of the declared law. */
export function evaluateDeclared(declaration: Declaration, expr: SymbolExpr, scope: Scope): Value {
  const { world } = scope;
  const name = printExpr(expr);
  switch (declaration.kind) {
    case "vector":
      return movedTo(name, scope) ?? anyVector(name, scope);
    case "covariance":
      throw new EvaluationError("unsupported", `the covariance matrix ${name} may be any`, expr.span);
    case "variable": {
      const parts = normalParts(declaration.law);
      // The parameters of the law are symbols of their own; what it mentions is not mentioned here.
      const inner = { ...scope, trace: scope.trace.beside() };
      const mean = vectorOf(scope.evaluate(parts.mean, inner), world.d, world.arithmetic);
      const variance = varianceOf(scope.evaluate(parts.covariance, inner), world.arithmetic);
      if (mean === undefined || variance === undefined)
        throw new EvaluationError("type", `${name} was declared with a law that is not normal`, expr.span);
      return drawn(`fresh:${name}`, add(mean, scale(world.noise(name), variance.sqrt())), scope);
    }
  }
}

/** The variable of a density as a function of it. */
function movedTo(name: string, { assigned, world }: Scope): Value | undefined {
  const value = assigned.get(`symbol ${name}`);
  return value === undefined ? undefined : vector(constant(Array.from({ length: world.d }, () => value)));
}

function anyVector(name: string, { trace, world }: Scope): Value {
  trace.useFree(name);
  return vector(constant(world.draw.fresh(`free ${name}`).map(world.arithmetic.real)));
}

function drawn(name: string, variable: Affine, scope: Scope): Value {
  scope.trace.useVariable(name, variable);
  return vector(scope.mode === "path" ? scope.world.realize(variable) : variable);
}
