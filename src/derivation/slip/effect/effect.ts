/**
 * What a slip in the right side of a true relation has done to it.
 * - `still true`: an inequality that now claims less.
 * - `same up to a function`: with another choice of the function that the text left open (C(x_t, x_0)).
 * - `same extremum`: any two parameters come in the same order.
 * - `claims more`: an inequality that was not violated where it was tried, but does not follow from what it was.
 * - `changed`: it has another value, or none.
 * - `unknown`: it cannot be evaluated by itself, so nothing is established.
 */
export type Effect =
  | "same value"
  | "same law"
  | "same up to a factor"
  | "same up to a constant"
  | "same up to a function"
  | "same extremum"
  | "still true"
  | "claims more"
  | "changed"
  | "unknown";

/** A slip is harmless if it leaves as much as the relation asks for. */
export const isEquivalent = (effect: Effect): boolean =>
  !["claims more", "changed", "unknown"].includes(effect);
