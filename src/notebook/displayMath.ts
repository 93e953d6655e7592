/** Where Jupyter's displays are found is decided once, in the layer that also checks documents. */
export { separateDisplayMath, type SeparatedMath } from "../derivation/document/displayMath.js";
