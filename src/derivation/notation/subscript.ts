import type { CallExpr, Expr, SymbolExpr } from "../../expr/expr.js";
import { mapChildren } from "../../expr/walk.js";
import { readLatex } from "../../tex/read.js";
import type { Clause } from "../../tex/statement.js";
import type { Names } from "./names.js";
import { averageOver, uniformEnds, type DrawnTime } from "./timeAverage.js";

/**
 * The clause with the subscripts of expectations read that are no times: `x_0, \bar z_t \sim N(0, I)`
 * becomes a call of the expectation's own letter with the variables as arguments and their laws as rest. An
 * expectation over t is the average over 1..T, written out.
 */
export function readSubscripts(clause: Clause, latex: string, names: Names): Clause {
  const read = (expr: Expr): Expr => {
    const inner = mapChildren(expr, read);
    if (inner.kind !== "call" || inner.head.index === undefined) return inner;
    if (isTimeAlone(inner.head, names)) return overTimes(inner, [{ name: names.time }], names) ?? inner;
    if (inner.head.index.kind !== "opaque") return inner;
    const { span } = inner.head.index;
    const items = itemsOf(balanced(latex.slice(span.start, span.end)), names);
    if (items === undefined) return inner;
    const times = items.filter(({ name }) => name !== undefined);
    const others = items.filter(({ name }) => name === undefined);
    if (times.length > 0 && names.roleOf(inner.head) === "expectation") {
      const rest = others.length === 0 ? undefined : withVariables(inner, others);
      return overTimes(inner, times, names, rest) ?? inner;
    }
    return withVariables(inner, items);
  };
  return {
    ...clause,
    subjects: clause.subjects.map(read),
    steps: clause.steps.map((step) => ({ ...step, right: read(step.right) })),
  };
}

/** Whether the subscript of that head is such a list. */
export const isVariables = (index: Expr, head: SymbolExpr): index is CallExpr =>
  index.kind === "call" && index.head.name === head.name;

/** `E_t` */
const isTimeAlone = (head: SymbolExpr, names: Names): boolean =>
  head.index?.kind === "symbol" &&
  head.index.name === names.time &&
  head.index.index === undefined &&
  names.roleOf(head) === "expectation";

/** A variable below an expectation and its law; `name` where it is a time. */
interface Item {
  readonly subject?: Expr;
  readonly law?: Expr;
  readonly name?: string;
}

/** undefined for what is no list of variables and laws. */
function itemsOf(subscript: string, names: Names): readonly Item[] | undefined {
  const items: Item[] = [];
  for (const piece of splitAtCommas(subscript)) {
    const clause = readLatex(piece, names)[0]?.clauses?.[0];
    const [subject] = clause?.subjects ?? [];
    const [law, ...more] = clause?.steps ?? [];
    if (subject === undefined || more.length > 0) return undefined;
    const time = subject.kind === "symbol" && subject.index === undefined && names.isTime(subject.name);
    if (law !== undefined && law.relation !== "\\sim" && !(time && law.relation === "\\in")) return undefined;
    items.push({
      subject,
      ...(law === undefined ? {} : { law: law.right }),
      ...(time ? { name: subject.name } : {}),
    });
  }
  return items;
}

function withVariables(call: CallExpr, items: readonly Item[]): CallExpr {
  const { name, index } = call.head;
  const span = index?.span ?? call.head.span;
  const args = items.flatMap(({ subject }) => (subject === undefined ? [] : [{ ...subject, span }]));
  const rest = items.flatMap(({ law }) => (law === undefined ? [] : [{ ...law, span }]));
  const variables: CallExpr = { kind: "call", head: { kind: "symbol", name, span }, args, rest, span };
  return { ...call, head: { ...call.head, index: variables } };
}

/** The average of `of`, or of what the expectation is taken of, over the times; undefined for another law than a uniform one. */
function overTimes(call: CallExpr, items: readonly Item[], names: Names, of?: Expr): Expr | undefined {
  const [argument] = call.args;
  if (argument === undefined || call.args.length !== 1 || call.mark !== undefined) return undefined;
  const { span } = call;
  const whole = (): Pick<DrawnTime, "lower" | "upper"> | undefined =>
    names.horizon === undefined
      ? undefined
      : { lower: { kind: "number", text: "1", span }, upper: { kind: "symbol", name: names.horizon, span } };
  const times = items.flatMap(({ name, law }): readonly DrawnTime[] => {
    const ends = law === undefined ? whole() : uniformEnds(law);
    return name === undefined || ends === undefined
      ? []
      : [{ index: name, lower: { ...ends.lower, span }, upper: { ...ends.upper, span } }];
  });
  return times.length === items.length ? averageOver(times, of ?? argument, span) : undefined;
}

/** Without the braces whose partners were cut off: places begin and end at letters, `x}_0` of `\\mathbf{x}_0`. */
function balanced(text: string): string {
  const open: number[] = [];
  const lone = new Set<number>();
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") open.push(at);
    if (text[at] === "}" && open.pop() === undefined) lone.add(at);
  }
  for (const at of open) lone.add(at);
  return text.replaceAll(/[{}]/g, (brace, at: number) => (lone.has(at) ? "" : brace));
}

/** Commas within brackets do not count. */
function splitAtCommas(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let depth = 0;
  for (const character of text) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (character === "," && depth === 0) {
      pieces.push(piece);
      piece = "";
    } else piece += character;
  }
  return [...pieces, piece].filter((each) => each.trim() !== "");
}
