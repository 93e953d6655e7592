import type { Rule, Slip, SlipKind } from "./kind.js";
import * as name from "./rule/name.js";
import * as part from "./rule/part.js";
import * as power from "./rule/power.js";
import * as time from "./rule/time.js";

const kind = (slip: Slip, make: Rule, undo: Rule): SlipKind => ({ slip, make, undo });

/** A slip that undoes itself when it is made again. */
const mutual = (slip: Slip, rule: Rule): SlipKind => kind(slip, rule, rule);

/**
 * The slips that are known, the simplest first. A mutation makes one; a repair undoes one. No two of them
 * make the same change at the same place.
 */
export const slipKinds: readonly SlipKind[] = [
  kind("variance for standard deviation", power.dropRootBesideNoise, power.takeRootBesideNoise),
  kind("standard deviation for variance", power.takeRootOfVariance, power.dropRootOfVariance),
  kind("square added", power.takeSquare, power.dropSquare),
  kind("root lost", power.dropRoot, power.takeRoot),
  kind("root added", power.takeRoot, power.dropRoot),
  kind("square lost", power.dropSquare, power.takeSquare),
  kind("alpha for alpha-bar", name.unbarAlpha, name.barAlpha),
  kind("alpha-bar for alpha", name.barAlpha, name.unbarAlpha),
  kind("accent lost", name.dropAccent, name.addAccent),
  kind("accent added", name.addAccent, name.dropAccent),
  mutual("limit of a sum or product", time.moveLimit),
  mutual("index shifted", time.shiftIndex),
  kind("fixed time for t", time.fixTime, time.freeTime),
  kind("t for a fixed time", time.freeTime, time.fixTime),
  mutual("another index", time.renameIndex),
  mutual("sign", part.flipSign),
  mutual("arguments exchanged", name.exchangeArguments),
  kind("beta for alpha", name.alphaToBeta, name.betaToAlpha),
  kind("alpha for beta", name.betaToAlpha, name.alphaToBeta),
  kind("one minus lost", name.dropOneMinus, name.addOneMinus),
  kind("one minus added", name.addOneMinus, name.dropOneMinus),
  kind("factor 2 lost", power.halved, power.doubled),
  kind("factor 2 added", power.doubled, power.halved),
  mutual("fraction upside down", part.invertFraction),
  kind("sum for product", time.productToSum, time.sumToProduct),
  kind("product for sum", time.sumToProduct, time.productToSum),
  kind("condition lost", name.dropCondition, name.addCondition),
  kind("condition added", name.addCondition, name.dropCondition),
  kind("term added", part.addTerm, part.dropTerm),
  kind("term lost", part.dropTerm, part.addTerm),
  kind("factor added", part.addFactor, part.dropFactor),
  kind("factor lost", part.dropFactor, part.addAnyFactor),
];
