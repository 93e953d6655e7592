/**
 * What a slip in the right side of a true relation has done to it.
 * - `still true`: an inequality that now claims less.
 * - `same up to a function`: with another choice of the function that the text left open (C(x_t, x_0)).
 * - `same extremum`: any two parameters come in the same order.
 * - `changed`: it has another value, or none, or claims more than before.
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
  | "changed"
  | "unknown";

/** A slip is harmless if it leaves as much as the relation asks for. */
export const isEquivalent = (effect: Effect): boolean => effect !== "changed" && effect !== "unknown";
