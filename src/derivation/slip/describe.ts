import type { CallExpr, ElementaryName, Expr, SeriesExpr, SumExpr } from "../../expr/expr.js";
import { printExpr } from "../../expr/print.js";
import { sameExpr } from "../../expr/walk.js";
import type { Names } from "../notation/names.js";
import { isCallOf, negated, roleOf } from "./build.js";
import type { Change } from "./change.js";
import type { Link } from "./site.js";

/** A formula within a sentence. */
const formula = (expr: Expr): string => `$${printExpr(expr)}$`;

/** What is spoken of, and what belongs there. */
interface Sentence {
  readonly subject: string;
  readonly predicate: string;
  /** The way to the node that the subject stands in. */
  readonly trail: readonly Link[];
}

/** Which side of the relation a change is on. */
export type SideName = "left" | "right";

/**
 * A change as the end of "holds if …", with the place, what belongs there and what stands there:
 * `the denominator is $\sqrt{\bar{\alpha}_{t}}$ instead of $\bar{\alpha}_{t}$`.
 */
export function describeChange(change: Change, side: SideName, names: Names): string {
  const { subject, predicate, trail } = sentenceOf(change, side, names);
  const place = whereabouts(trail, names);
  const where = side === "left" && subject !== sideName(side) ? `${place} on the left side` : place;
  return `${subject}${where} ${predicate}`;
}

/** The same without the place, where there are several. */
export function describeEverywhere(change: Change, names: Names): string {
  const { subject, predicate } = sentenceOf(change, "right", names);
  return `${subject} ${predicate}, wherever it stands`;
}

function sentenceOf(change: Change, side: SideName, names: Names): Sentence {
  const { site, after } = change;
  const own = ownSentence(change, names);
  if (own !== undefined) return { ...own, trail: site.trail };
  const trail = besideIdentity(site.trail.at(-1), names) ? site.trail.slice(0, -1) : site.trail;
  const link = trail.at(-1);
  const part = link === undefined ? sideName(side) : partName(link, names);
  const is = `is ${formula(after)}${notIts(site.node, after) ?? ` instead of ${formula(site.node)}`}`;
  if (part !== undefined) return { subject: part, predicate: is, trail: trail.slice(0, -1) };
  const above = link?.parent.kind === "negation" ? trail.at(-2) : link;
  const kind =
    above?.parent.kind === "product" ? "the factor " : above?.parent.kind === "sum" ? "the term " : "";
  return { subject: `${kind}${formula(site.node)}`, predicate: `is ${formula(after)}`, trail };
}

/** Whether the node is the variance of `\beta_t I`, which is as good as the whole argument. */
const besideIdentity = (link: Link | undefined, names: Names): boolean =>
  link?.parent.kind === "product" &&
  link.parent.factors.length === 2 &&
  link.parent.factors.some((factor) => roleOf(factor, names) === "identity");

const sideName = (side: SideName): string => `the ${side} side`;

type Saying = Omit<Sentence, "trail">;

const saying = (subject: string, predicate: string): Saying => ({ subject, predicate });

/** Changes that are told by what they do to the node itself. */
function ownSentence({ site, after, slip }: Change, names: Names): Saying | undefined {
  const before = site.node;
  const printed = formula(before);
  if (before.kind === "series" && after.kind === "series") return seriesChange(before, after);
  if (before.kind === "symbol" && after.kind === "symbol" && before.name === after.name)
    return saying(`the index of ${printed}`, `is ${printIndex(after)} instead of ${printIndex(before)}`);
  if (before.kind === "call" && after.kind === "call") return callChange(before, after, names);
  switch (slip) {
    case "fraction upside down":
      return saying(printed, "is turned upside down");
    case "sign":
      return before.kind === "sum" && after.kind === "sum" ? signChange(before, after) : signOf(before);
    case "term lost":
      return saying(`the term ${formula(termBeside(after, before))}`, "is added");
    case "term added":
      return saying(`the term ${formula(termBeside(before, after))}`, "is left out");
    default:
      return undefined;
  }
}

const printIndex = (symbol: Expr): string =>
  symbol.kind === "symbol" && symbol.index !== undefined ? formula(symbol.index) : "none";

function seriesChange(before: SeriesExpr, after: SeriesExpr): Saying {
  const what = before.operator;
  if (what !== after.operator) return saying(`the ${what}`, `is a ${after.operator}`);
  return sameExpr(before.lower, after.lower)
    ? saying(`the ${what}`, `ends at ${formula(after.upper)} instead of ${formula(before.upper)}`)
    : saying(`the ${what}`, `starts at ${formula(after.lower)} instead of ${formula(before.lower)}`);
}

function callChange(before: CallExpr, after: CallExpr, names: Names): Saying {
  const name = roleOf(before.head, names) === "divergence" ? "the divergence" : formula(before);
  const beyond = (more: CallExpr, fewer: CallExpr): string =>
    more.rest
      .filter((each) => !fewer.rest.some((kept) => sameExpr(kept, each)))
      .map(formula)
      .join(", ");
  if (after.rest.length > before.rest.length) return saying(name, `is given ${beyond(after, before)} too`);
  if (after.rest.length < before.rest.length) return saying(name, `is not given ${beyond(before, after)}`);
  return saying(`the arguments of ${name}`, "are exchanged");
}

function signChange(before: SumExpr, after: SumExpr): Saying {
  const changed = before.terms.find((term, place) => {
    const other = after.terms[place];
    return other !== undefined && !sameExpr(term, other);
  });
  return signOf(changed ?? before);
}

const signOf = (before: Expr): Saying =>
  before.kind === "negation"
    ? saying(`the sign of ${formula(negated(before))}`, "is plus instead of minus")
    : saying(`the sign of ${formula(before)}`, "is minus instead of plus");

/** The term that the longer of two sums has and the shorter has not. */
function termBeside(longer: Expr, shorter: Expr): Expr {
  const all = longer.kind === "sum" ? longer.terms : [longer];
  const rest = [...(shorter.kind === "sum" ? shorter.terms : [shorter])];
  const extra = all.filter((term) => {
    const at = rest.findIndex((each) => sameExpr(each, term));
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return extra[0] ?? longer;
}

/** `$\tilde\beta_t$, not its square`: a part that is what it should be but for a root or a square. */
function notIts(before: Expr, after: Expr): string | undefined {
  if (before.kind === "power" && sameExpr(before.base, after)) return ", not its square";
  if (before.kind === "root" && sameExpr(before.of, after)) return ", not its root";
  return undefined;
}

/** The name of a part of a node, if it has one. */
const elementaryParts: Readonly<Record<ElementaryName, string>> = {
  exp: "the exponent",
  log: "the argument of the logarithm",
  cos: "the argument of the cosine",
  sin: "the argument of the sine",
};

function partName({ parent, place }: Link, names: Names): string | undefined {
  switch (parent.kind) {
    case "quotient":
      return place === 0 ? "the numerator" : "the denominator";
    case "power":
      return place === 0 ? "the base of the power" : "the exponent";
    case "root":
      return "what stands under the root";
    case "elementary":
      return elementaryParts[parent.name];
    case "call":
      return argumentName(parent, place, names);
    default:
      return undefined;
  }
}

function argumentName(call: CallExpr, place: number, names: Names): string | undefined {
  if (!isCallOf(call, ["normal"], names)) return undefined;
  const last = call.args.length + call.rest.length;
  if (place === last) return "the variance";
  return place === last - 1 ? "the mean" : "the variable";
}

/** In which function, fraction, law or exponent a place lies: the nearest that tells it from others, and the one around. */
function whereabouts(trail: readonly Link[], names: Names): string {
  for (const link of [...trail].reverse()) {
    const { parent } = link;
    const named =
      parent.kind === "quotient" || parent.kind === "elementary" || isCallOf(parent, ["normal"], names);
    const part = named ? partName(link, names) : undefined;
    if (part !== undefined) return ` in ${part}`;
    if (parent.kind === "root")
      return ` under the root${whereabouts(trail.slice(0, trail.indexOf(link)), names)}`;
    if (isCallOf(parent, ["forwardDensity", "reverseDensity", "posteriorMean", "network"], names))
      return ` in ${formula(parent)}${whereabouts(trail.slice(0, trail.indexOf(link)), names)}`;
  }
  return "";
}
