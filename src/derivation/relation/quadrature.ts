import type { Expr } from "../../expr/expr.js";
import { arithmeticOf } from "../../expr/number.js";
import type { Work } from "../../probability/tableIntegral.js";
import { EvaluationError } from "../evaluate/error.js";
import type { Trace } from "../evaluate/scope.js";
import { number } from "../evaluate/value.js";
import type { Names } from "../notation/names.js";
import {
  evaluateByQuadrature,
  workspaceFor,
  type Quadrature,
  type Workspace,
} from "../quadrature/evaluate.js";
import { rules, type Rule } from "../quadrature/grid.js";
import { drawMildWorld, type Draw } from "../world/draw.js";
import { conclude } from "./conclude.js";
import { upToConstant } from "./constant.js";
import { isDensity } from "./distribution.js";
import type { Sides } from "./equality.js";
import { isOrder, type Order } from "./order.js";
import { placesOf, scopeAt, type Decision, type Place, type Question } from "./question.js";
import { unknownCalls } from "./unknown.js";
import { survey, type Judge, type Outcome } from "./survey.js";

/** Sides that agree to this, relative to the larger, are equal; as for functions in double precision. */
const tolerance = 1e-9;
/** Beyond this they differ; between the two lies what quadrature does not tell. */
const certain = 1e-6;
/** An estimated error beyond this, relative to the numbers that were added up, is too large to decide by. */
const largestError = 1e-10;

const mostWorlds = 3;
/** Where one world takes more points than these, it is the only one. */
const fewPoints = 100_000_000;

/**
 * Decides an equality or an inequality of numbers by quadrature, in worlds with d = 1 whose network is not
 * affine and whose data is a mixture. Each side is computed by two rules; their difference is the error.
 * @throws EvaluationError where a side has no value or its error is too large
 */
export function decideByQuadrature(
  claim: Sides & { readonly relation: string },
  question: Question,
): Decision {
  const { relation } = claim;
  const order = isOrder(relation) ? relation : undefined;
  refuseOthers(claim, order, question);
  const asked: Question = { ...question, draws: mildDraws(question), setting: "curved" };
  const seen = { error: 0 };
  const tables = new Tables(asked);
  const judge: Judge = (place, trace) => {
    trace.bound = true;
    const [left, right] = [claim.left, claim.right].map((side) => tables.side(side, place, trace));
    if (left === undefined || right === undefined) throw new RangeError("two sides");
    seen.error = Math.max(seen.error, left.error, right.error);
    return order === undefined ? equal(left, right, claim) : ordered(left, right, order, claim);
  };
  const places = placesOf([claim.left, claim.right], asked);
  const first = survey(
    places.filter(({ draw }) => draw === asked.draws[0]),
    judge,
  );
  // Integrals over three states at once take long: one world must do.
  const decided = first.failure !== undefined || (first.worlds > 0 && tables.work.points > fewPoints);
  const found = decided ? first : survey(places, judge);
  const note = `by quadrature where the network is not affine, with an estimated error of ${seen.error.toExponential(0)}`;
  // Where T is small, a state may not be there; one world that has it is enough.
  const met: Question = { ...asked, draws: asked.draws.slice(0, Math.max(1, found.worlds)) };
  const decision = conclude([{ survey: found, judge, reading: "accumulated" }], met, note);
  return order === undefined ? decision : { ...decision, maxRelativeError: null };
}

/** Equality and order of numbers; not what is true up to a constant, or of a function left open. */
function refuseOthers(
  { left, right, relation }: Parameters<typeof decideByQuadrature>[0],
  order: Order | undefined,
  { names }: Question,
): void {
  const equality =
    ["=", ":=", "\\equiv"].includes(relation) || (relation === "\\sim" && isDensity(left, names));
  const open =
    unknownCalls([left, right], names).length > 0 || upToConstant({ left, right }, names) !== undefined;
  if ((equality || order !== undefined) && !open) return;
  throw new EvaluationError("unsupported", `${relation} is not decided by quadrature`, right.span);
}

interface Side {
  readonly value: number;
  /** Estimated, relative to `scale`. */
  readonly error: number;
  /** The size of the numbers that the value was made of. */
  readonly scale: number;
}

const draws = new WeakMap<Question["draws"], readonly Draw[]>();

/** The same draws for all statements that are decided on the same worlds. */
function mildDraws({ draws: ordinary, seed }: Question): readonly Draw[] {
  const count = Math.min(mostWorlds, ordinary.length);
  const known = draws.get(ordinary) ?? Array.from({ length: count }, (_, at) => drawMildWorld(seed, at));
  draws.set(ordinary, known);
  return known;
}

interface Tabulated {
  readonly draw: Draw;
  readonly names: Names;
  readonly deviation: Question["deviation"];
  readonly workspaces: Map<Rule, Workspace>;
}

/** The last worlds with what was tabulated in them: the lines of a derivation are made of the same densities. */
const tabulated: Tabulated[] = [];

function workspacesOf(draw: Draw, { names, deviation }: Question): Map<Rule, Workspace> {
  const known = tabulated.find(
    (each) => each.draw === draw && each.names === names && each.deviation === deviation,
  );
  if (known !== undefined) return known.workspaces;
  const workspaces = new Map<Rule, Workspace>();
  tabulated.push({ draw, names, deviation, workspaces });
  if (tabulated.length > mostWorlds) tabulated.shift();
  return workspaces;
}

/** The rules for the expressions of one statement. */
class Tables {
  readonly work: Work = { points: 0 };

  constructor(private readonly question: Question) {}

  side(expr: Expr, place: Place, trace: Trace): Side {
    const known = rememberedSide(expr, place, this.question);
    if (known !== undefined) {
      trace.absorb(known.trace);
      return known.side;
    }
    const own = trace.beside();
    const side = this.compute(expr, place, own);
    trace.absorb(own);
    rememberSide(expr, place, this.question, { side, trace: own });
    return side;
  }

  /** By the first pair of rules that agree. */
  private compute(expr: Expr, place: Place, trace: Trace): Side {
    const scope = scopeAt(this.question, place, { trace });
    const workspaces = workspacesOf(place.draw, this.question);
    let error = 0;
    for (const pair of rules) {
      const side = sideOf(
        pair.map((rule) => {
          const workspace = workspaces.get(rule) ?? workspaceFor(scope, rule, expr.span);
          workspaces.set(rule, workspace);
          return evaluateByQuadrature(expr, scope, workspace, this.work);
        }),
      );
      if (side.error <= largestError) return side;
      error = side.error;
    }
    throw new EvaluationError(
      "unsupported",
      `the quadrature is uncertain by ${error.toExponential(0)}, too much to decide by`,
      expr.span,
    );
  }
}

interface RememberedSide {
  readonly side: Side;
  readonly trace: Trace;
}

const sides = new WeakMap<Expr, WeakMap<Draw, Map<string, RememberedSide & { readonly names: Names }>>>();

const keyOf = ({ t, others }: Place, { deviation }: Question): string =>
  `${t ?? ""}|${Object.entries(others ?? {}).join(";")}|${deviation ?? ""}`;

/** The right side of one line is the left side of the next. */
function rememberedSide(expr: Expr, place: Place, question: Question): RememberedSide | undefined {
  const entry = sides.get(expr)?.get(place.draw)?.get(keyOf(place, question));
  return entry?.names === question.names ? entry : undefined;
}

function rememberSide(expr: Expr, place: Place, question: Question, found: RememberedSide): void {
  const byDraw = sides.get(expr) ?? new WeakMap<Draw, Map<string, RememberedSide & { names: Names }>>();
  sides.set(expr, byDraw);
  const entries = byDraw.get(place.draw) ?? new Map<string, RememberedSide & { names: Names }>();
  byDraw.set(place.draw, entries);
  entries.set(keyOf(place, question), { ...found, names: question.names });
}

function sideOf([coarse, fine]: readonly Quadrature[]): Side {
  if (coarse === undefined || fine === undefined) throw new RangeError("two rules");
  const scale = Math.max(coarse.largest, fine.largest);
  const error = scale === 0 ? 0 : Math.abs(coarse.value - fine.value) / scale;
  return { value: fine.value, error, scale };
}

const values = (left: Side, right: Side): Pick<Outcome, "left" | "right"> => {
  const { real } = arithmeticOf(64);
  return { left: number(real(left.value)), right: number(real(right.value)) };
};

function equal(left: Side, right: Side, sides: Sides): Outcome {
  const size = Math.max(Math.abs(left.value), Math.abs(right.value));
  const apart = Math.abs(left.value - right.value);
  const error = size === 0 ? 0 : apart / size;
  const scale = Math.max(left.scale, right.scale);
  const agrees = error <= tolerance || (apart <= tolerance * scale && size <= tolerance * scale);
  if (!agrees && !(error > certain && apart > certain * scale)) throw tooClose(sides);
  return { ...values(left, right), agrees, error: agrees ? Math.min(error, tolerance) : error, inLaw: false };
}

function ordered(left: Side, right: Side, order: Order, sides: Sides): Outcome {
  const scale = Math.max(left.scale, right.scale);
  const less = order === "<" || order === "\\le";
  const slack = less ? right.value - left.value : left.value - right.value;
  const strict = order === "<" || order === ">";
  const agrees = strict ? slack > tolerance * scale : slack >= -tolerance * scale;
  if (!agrees && !(slack < -certain * scale)) throw tooClose(sides);
  return { ...values(left, right), agrees, error: 0, inLaw: false };
}

const tooClose = ({ right }: Sides): EvaluationError =>
  new EvaluationError("unsupported", "the sides are too close for quadrature to tell them apart", right.span);
