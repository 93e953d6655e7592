/** Every public name of the library, by hand. Notebooks import from here and from nowhere else. */
export { InputError } from "./error.js";
export { createRandom, type Random } from "./random/random.js";

// tensor

// derivation

// diffusion

// data

// model

// train

// figure

// notebook
export { display, updateDisplay, type MimeBundle } from "./notebook/display.js";
