/**
 * An endless set of 28×28 grey images that needs no download: characters of KaTeX's fonts under a
 * random affine map, in random thickness and position. As in MNIST the ink fills a box of about 20
 * pixels, so what trains on the one trains on the other.
 */
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { InputError } from "../error.js";
import { createRandom, type Random } from "../random/random.js";
import { type Batch, type BatchRequest, checkRequest, type Dataset } from "./dataset.js";
import { glyphFonts } from "./glyphFonts.js";

const SIDE = 28;
const DIGITS = "0123456789";
const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LETTERS = CAPITALS + CAPITALS.toLowerCase();

/** How far the characters vary; each range is uniform and symmetric unless it names two ends. */
const VARIATION = {
  /** Longer side of the ink before it is turned, in pixels. */
  box: [19, 22],
  /** Width over height, relative to the font's. */
  aspect: [0.88, 1.12],
  /** In radians. */
  rotation: 0.14,
  /** Horizontal shift per unit of height. */
  shear: 0.15,
  /** In pixels. */
  offset: 1.5,
  /** Width of an outline drawn over the ink, in pixels. */
  outline: [0.2, 1.5],
} as const;

/**
 * The data set of drawn characters. Labels are the characters.
 * @param alphabet "" for digits and capital letters (lower case would repeat the shapes of C, O, S, …),
 *   "digits", "letters" (capitals), or the characters themselves, from 0–9, A–Z and a–z: "ABC"
 * @throws InputError if the alphabet has other characters
 */
export function glyphs(alphabet = ""): Dataset {
  const characters = charactersOf(alphabet);
  return {
    name: alphabet === "" ? "glyphs" : `glyphs:${alphabet}`,
    shape: [SIDE, SIDE, 1],
    size: Infinity,
    batch: (request) => drawBatch(characters, request),
  };
}

function charactersOf(alphabet: string): readonly string[] {
  if (alphabet === "") return Array.from(DIGITS + CAPITALS);
  if (alphabet === "digits") return Array.from(DIGITS);
  if (alphabet === "letters") return Array.from(CAPITALS);
  const characters = Array.from(new Set(alphabet));
  const strange = characters.find((character) => !(DIGITS + LETTERS).includes(character));
  if (strange !== undefined) {
    throw new InputError(
      `"${strange}" in the alphabet of "glyphs:${alphabet}"`,
      "digits and unaccented letters, 0–9, A–Z and a–z",
      "Use glyphs, glyphs:digits, glyphs:letters, or glyphs: and your characters, as in glyphs:ABC.",
    );
  }
  return characters;
}

function drawBatch(characters: readonly string[], request: BatchRequest): Batch {
  const { size, step, seed, split } = checkRequest(request);
  const random = createRandom(seed).fork("glyphs", split, step);
  const context = createCanvas(SIDE, SIDE).getContext("2d");
  context.lineJoin = "round";
  const x = new Float32Array(size * SIDE * SIDE);
  const labels = Array.from({ length: size }, (_, i) => {
    const label = characters[random.integer(0, characters.length - 1)] ?? "";
    drawGlyph(context, label, random);
    const { data } = context.getImageData(0, 0, SIDE, SIDE); // RGBA, all three colours equal
    for (let pixel = 0; pixel < SIDE * SIDE; pixel += 1) {
      x[i * SIDE * SIDE + pixel] = (data[4 * pixel] ?? 0) / 127.5 - 1;
    }
    return label;
  });
  return { x, labels, shape: [size, SIDE, SIDE, 1] };
}

/** Draws one character on black. Every character takes equally many random numbers. */
function drawGlyph(context: SKRSContext2D, character: string, random: Random): void {
  const between = ([low, high]: readonly [number, number]): number => low + (high - low) * random.uniform();
  const within = (limit: number): number => between([-limit, limit]);
  const fonts = glyphFonts();
  const font = fonts[random.integer(0, fonts.length - 1)];
  if (font === undefined) throw new RangeError("no fonts");
  const ink = font.ink(character);
  const outline = between(VARIATION.outline);
  const scale = (between(VARIATION.box) - outline) / Math.max(ink.width, ink.height);
  const aspect = Math.sqrt(between(VARIATION.aspect));

  context.resetTransform();
  context.fillStyle = "black";
  context.fillRect(0, 0, SIDE, SIDE);
  context.translate(SIDE / 2 + within(VARIATION.offset), SIDE / 2 + within(VARIATION.offset));
  context.rotate(within(VARIATION.rotation));
  context.transform(1, 0, within(VARIATION.shear), 1, 0, 0);
  context.scale(scale * aspect, scale / aspect);
  context.translate(-ink.left - ink.width / 2, -ink.top - ink.height / 2);
  context.font = font.css;
  context.lineWidth = outline / scale;
  context.fillStyle = context.strokeStyle = "white";
  context.fillText(character, 0, 0);
  context.strokeText(character, 0, 0);
}
