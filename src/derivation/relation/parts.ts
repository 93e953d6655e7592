import type { Expr } from "../../expr/expr.js";
import { some } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import { isTime } from "../notation/time.js";
import type { Claim } from "./claim.js";
import { introduces } from "./introduce.js";
import type { Decision, Question } from "./question.js";

/**
 * `= L_T + L_{T-1} + \cdots + L_0` with nothing known of any L names the parts of what was written before;
 * undefined for every other right side.
 */
export function decideParts({ left, right }: Claim, question: Question): Decision | undefined {
  const { names } = question;
  const several = right.kind === "sum" || (right.kind === "series" && right.operator === "sum");
  const own = several ? namesOfParts(right, names) : undefined;
  if (own === undefined || own.size === 0) return undefined;
  if (some(left, (node) => node.kind === "symbol" && own.has(node.name))) return undefined;
  return introduces("names the parts of the other side; nothing is claimed", question, { keeps: true });
}

/** The letters of the parts; undefined if anything else stands there. */
function namesOfParts(expr: Expr, names: Names): ReadonlySet<string> | undefined {
  switch (expr.kind) {
    case "symbol": {
      const { meaning } = names.lookUp(expr);
      const named = meaning.kind === "unknown" && (expr.index === undefined || isLabel(expr.index, names));
      return named ? new Set([expr.name]) : undefined;
    }
    case "dots":
      return new Set();
    case "series":
      return expr.operator === "sum" ? namesOfParts(expr.body, names) : undefined;
    case "sum": {
      const parts = expr.terms.map((term) => namesOfParts(term, names));
      return parts.some((part) => part === undefined)
        ? undefined
        : new Set(parts.flatMap((part) => [...(part ?? [])]));
    }
    default:
      return undefined;
  }
}

const isLabel = (index: Expr, names: Names): boolean =>
  isTime(index, names) || (index.kind === "symbol" && index.name.startsWith("\\mathrm{"));
