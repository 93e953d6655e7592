/** Draws and measures labels (label.ts) on a canvas, with subscripts and accents placed by hand. */
import type { SKRSContext2D } from "@napi-rs/canvas";
import { fontOf, registerFonts, type FontFamily } from "./fonts.js";
import { parseLabel, type LabelRun } from "./label.js";

export interface LabelStyle {
  /** Font size in pixels. */
  readonly size: number;
  readonly color: string;
  readonly align?: "left" | "center" | "right";
  readonly bold?: boolean;
}

/** Characters that share a font, with the accent over the last of them, if any. */
interface Piece {
  readonly text: string;
  readonly family: FontFamily;
  readonly size: number;
  readonly rise: number;
  readonly accent: string | undefined;
}

/** Scripts are drawn at 72 % of the size, a quarter of it below and two fifths above the line. */
const scripts = {
  base: { scale: 1, rise: 0 },
  sub: { scale: 0.72, rise: -0.22 },
  sup: { scale: 0.72, rise: 0.4 },
} as const;

const macron = "\u0304";
const tilde = "\u0303";
const hat = "\u0302";

/** The width of a label in pixels. */
export function measureLabel(context: SKRSContext2D, label: string, style: LabelStyle): number {
  return pieces(label, style).reduce((sum, piece) => sum + pieceWidth(context, piece), 0);
}

/** Draws a label with its baseline at `y`; returns the x where it ends. */
export function drawLabel(
  context: SKRSContext2D,
  label: string,
  x: number,
  y: number,
  style: LabelStyle,
): number {
  const width = measureLabel(context, label, style);
  const start = { left: x, center: x - width / 2, right: x - width }[style.align ?? "left"];
  context.save();
  context.fillStyle = style.color;
  context.strokeStyle = style.color;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  let pen = start;
  for (const piece of pieces(label, style)) {
    const advance = pieceWidth(context, piece);
    context.fillText(piece.text, pen, y - piece.rise);
    if (piece.accent !== undefined) drawAccent(context, piece, pen, advance, y - piece.rise);
    pen += advance;
  }
  context.restore();
  return start + width;
}

function pieceWidth(context: SKRSContext2D, piece: Piece): number {
  registerFonts();
  context.font = `${piece.size}px "${piece.family}"`;
  return context.measureText(piece.text).width;
}

function pieces(label: string, style: LabelStyle): Piece[] {
  return parseLabel(label).flatMap((run) => runPieces(run, style));
}

function runPieces(run: LabelRun, style: LabelStyle): Piece[] {
  const { scale, rise } = scripts[run.script];
  const size = style.size * scale;
  const result: Piece[] = [];
  for (const [, character = "", accent] of run.text.normalize("NFD").matchAll(/(\P{M})(\p{M})?\p{M}*/gu)) {
    const family = fontOf(character, { italic: run.italic, bold: run.bold || style.bold === true });
    const last = result.at(-1);
    if (last !== undefined && accent === undefined && last.accent === undefined && last.family === family) {
      // One call for the whole stretch keeps the font's kerning.
      result[result.length - 1] = { ...last, text: last.text + character };
    } else {
      result.push({ text: character, family, size, rise: style.size * rise, accent });
    }
  }
  return result;
}

/** Macron, tilde and hat are strokes: the fonts have them as wide accents of formulas only. */
function drawAccent(context: SKRSContext2D, piece: Piece, x: number, advance: number, y: number): void {
  const { actualBoundingBoxAscent: ascent } = context.measureText(piece.text);
  const half = Math.max(advance * 0.32, piece.size * 0.16);
  // Italic letters lean to the right; their accents sit over the top, not over the foot.
  const middle = x + advance / 2 + (piece.family === "Workbook Math" ? ascent * 0.12 : 0);
  const top = y - ascent - piece.size * 0.12;
  context.lineWidth = Math.max(piece.size * 0.055, 0.75);
  context.beginPath();
  if (piece.accent === macron) {
    context.moveTo(middle - half, top);
    context.lineTo(middle + half, top);
  } else if (piece.accent === tilde) {
    const wave = piece.size * 0.13;
    context.moveTo(middle - half, top + wave * 0.4);
    context.bezierCurveTo(
      middle - half * 0.3,
      top - wave,
      middle + half * 0.3,
      top + wave,
      middle + half,
      top - wave * 0.4,
    );
  } else if (piece.accent === hat) {
    context.moveTo(middle - half * 0.7, top);
    context.lineTo(middle, top - piece.size * 0.14);
    context.lineTo(middle + half * 0.7, top);
  }
  context.stroke();
}
