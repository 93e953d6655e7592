import type { Expr } from "../../expr/expr.js";
import { withinFormula } from "../evaluate/scope.js";
import type { JudgedLine, Judgement } from "../judgement.js";
import { decide } from "../relation/decide.js";
import type { StatementResult } from "../verdict/verdict.js";
import type { Slip } from "./kind.js";
import { repairsOf } from "./repair.js";

type Explanation = Pick<StatementResult, "repair" | "otherRepairs" | "chainRepair">;

/**
 * The results with what explains a failure: the slips that, undone, make the line hold, and which line of a
 * chain has to be repaired where two in a row fail. `lines` are the judged lines of the results, in order.
 */
export function withRepairs(
  results: readonly StatementResult[],
  lines: readonly JudgedLine[],
): readonly StatementResult[] {
  const chains = new Chains(lines);
  return results.map((result, at) => {
    const line = lines[at];
    if (line === undefined) return result;
    if (result.verdict === "fails") return { ...result, ...withinFormula(() => chains.explain(line)) };
    return line.judgements.some(({ decision }) => decision.nowhere === true)
      ? { ...result, ...withinFormula(() => withoutValue(result, line)) }
      : result;
  });
}

/** Slips that take an index out of the times there are. */
const ofIndices: readonly string[] = [
  "index shifted",
  "fixed time for t",
  "t for a fixed time",
  "another index",
  "limit of a sum or product",
] satisfies readonly Slip[];

/**
 * A line whose indices have no value at any time (`\\alpha_t \\cdots \\alpha_0`) says nothing as it is written. It is
 * false where one slip of an index explains it; otherwise what it means is not known.
 */
function withoutValue({ reason }: StatementResult, line: JudgedLine): Partial<StatementResult> {
  const [found] = repairsOf(line).filter(({ repair }) => ofIndices.includes(repair.slip));
  if (found === undefined) return {};
  return {
    verdict: "fails",
    reason: `as written it has no value at any time${reason === undefined ? "" : ` (${reason})`}`,
    repair: found.repair,
  };
}

class Chains {
  /** The line that ends with an expression, and the line that is judged against it. */
  private readonly ending = new Map<Expr, JudgedLine>();
  private readonly continuing = new Map<Expr, JudgedLine>();
  /** What a line that fails ends with once it is repaired. */
  private readonly repaired = new Map<JudgedLine, Expr>();
  private readonly shared: ReadonlySet<JudgedLine>;

  constructor(lines: readonly JudgedLine[]) {
    this.shared = sharingNumbers(lines);
    for (const line of lines) {
      const [first, last] = [line.judgements[0], lastOf(line)];
      if (first?.claim.ownLeft === false) this.continuing.set(first.claim.left, line);
      if (last !== undefined) this.ending.set(last.claim.right, line);
    }
  }

  explain(line: JudgedLine): Explanation {
    const [first] = line.judgements;
    const wrong = first?.claim.ownLeft === false ? this.ending.get(first.claim.left) : undefined;
    if (first !== undefined && wrong !== undefined && lastOf(wrong)?.decision.verdict === "fails")
      return this.explainAfter(wrong, line, first);
    const last = lastOf(line);
    const next = last === undefined ? undefined : this.continuing.get(last.claim.right);
    const whole = next !== undefined && agreesAcross(line, next);
    const here = this.name(line);
    return {
      ...this.repairs(line),
      ...(whole
        ? {
            chainRepair: `${this.name(next)} agrees with ${this.nameBefore(line)}: repairing ${here} makes the chain whole`,
          }
        : {}),
    };
  }

  /** A line behind a wrong one is judged against that as written; whether it is wrong itself, the right one tells. */
  private explainAfter(wrong: JudgedLine, line: JudgedLine, first: Judgement): Explanation {
    const [here, there] = [this.name(line), this.name(wrong)];
    if (agreesAcross(wrong, line))
      return {
        chainRepair: `${here} agrees with ${this.nameBefore(wrong)}: it is ${there} that has to be repaired`,
      };
    const right = this.repaired.get(wrong);
    if (right === undefined) return {};
    const claim = { ...first.claim, left: right };
    if (decide(claim, { ...first.question, brief: true }).verdict === "holds") {
      this.keep(line, lastOf(line)?.claim.right);
      return { chainRepair: `${here} agrees with ${there} as repaired` };
    }
    return this.repairs(line, right, `with ${there} repaired, `);
  }

  private repairs(line: JudgedLine, against?: Expr, condition = ""): Explanation {
    const found = repairsOf(line, against);
    const [best] = found;
    if (best === undefined) return {};
    this.keep(line, best.clause.steps.at(-1)?.right);
    const told = found.map(({ repair }) => ({ ...repair, text: `${condition}${repair.text}` }));
    const [repair, ...otherRepairs] = told;
    return {
      ...(repair === undefined ? {} : { repair }),
      ...(otherRepairs.length === 0 ? {} : { otherRepairs }),
    };
  }

  private keep(line: JudgedLine, last: Expr | undefined): void {
    if (last !== undefined) this.repaired.set(line, last);
  }

  /** By its number, and by its name where the author gave several lines of the chain this number. */
  private name(line: JudgedLine): string {
    return this.shared.has(line) ? `line ${line.number} (${line.id})` : `line ${line.number}`;
  }

  /** What the last relation of a line has on its left. */
  private nameBefore(line: JudgedLine): string {
    const last = lastOf(line);
    const before = last?.claim.ownLeft === false ? this.ending.get(last.claim.left) : undefined;
    return before === undefined ? `the left side of ${this.name(line)}` : this.name(before);
  }
}

/** Lines whose number another line of their chain has too: a line of print may hold several formulas. */
function sharingNumbers(lines: readonly JudgedLine[]): ReadonlySet<JudgedLine> {
  const first = new Map<JudgedLine, JudgedLine>();
  const numbered = new Map<JudgedLine, Map<number, JudgedLine[]>>();
  for (const line of lines) {
    const start = (line.before && first.get(line.before)) ?? line;
    first.set(line, start);
    const chain = numbered.get(start) ?? new Map<number, JudgedLine[]>();
    numbered.set(start, chain.set(line.number, [...(chain.get(line.number) ?? []), line]));
  }
  const groups = [...numbered.values()].flatMap((chain) => [...chain.values()]);
  return new Set(groups.filter((group) => group.length > 1).flat());
}

/** The relation that a line ends with; clauses beside the first do not continue in the next line. */
const lastOf = (line: JudgedLine): Judgement | undefined =>
  line.judgements.filter(({ clause }) => clause === line.judgements[0]?.clause).at(-1);

/** Whether the line after a failing one fails against it, but agrees with what the failing one was judged against. */
function agreesAcross(line: JudgedLine, after: JudgedLine): boolean {
  const [last, following] = [lastOf(line), after.judgements[0]];
  if (last?.decision.verdict !== "fails" || following?.decision.verdict !== "fails") return false;
  if (following.claim.left !== last.claim.right) return false;
  const relation = last.claim.relation === "\\propto" ? last.claim.relation : following.claim.relation;
  const claim = { ...following.claim, left: last.claim.left, relation };
  return decide(claim, { ...following.question, brief: true }).verdict === "holds";
}
