/** Formulas as plain text for terminals and code blocks: `\sqrt{\bar{\alpha}_{t}}` as √ᾱ_t. */

/**
 * A sentence with its formulas, which stand between `$`, as plain text.
 * @param sentence `holds if the denominator is $\sqrt{\bar{\alpha}_{t}}$`
 */
export function plainText(sentence: string): string {
  return sentence.replaceAll(/\$((?:[^$\\]|\\[^])+)\$/gu, (_, latex: string) => plainFormula(latex));
}

/** LaTeX as the checker prints it, with the signs that it stands for. What has no sign stays a command. */
export function plainFormula(latex: string): string {
  const reader = { parts: latex.match(/\\[a-zA-Z]+|\\[^]|[^]/gu) ?? [], at: 0 };
  return tidy(sequence(reader));
}

interface Reader {
  readonly parts: readonly string[];
  at: number;
}

/** Everything up to the brace that closes the group at hand. */
function sequence(reader: Reader): string {
  let text = "";
  for (;;) {
    const part = reader.parts[reader.at];
    if (part === undefined || part === "}") return text;
    const next = piece(reader);
    // A word and a letter would run together.
    text += /[a-z]$/.test(text) && /^[a-z]/i.test(next) && part.length > 2 ? ` ${next}` : next;
  }
}

/** One token with what belongs to it. */
function piece(reader: Reader): string {
  const part = reader.parts[reader.at++] ?? "";
  const accent = accents[part];
  if (accent !== undefined) return accented(argument(reader), accent);
  switch (part) {
    case "{": {
      reader.at--;
      return argument(reader);
    }
    case "_":
    case "^":
      return script(part, argument(reader));
    case "-":
      return " − ";
    case "+":
      return " + ";
    case "\\frac": {
      const numerator = bracketed(argument(reader), isProduct);
      return `${numerator}/${bracketed(argument(reader), isAtom)}`;
    }
    case "\\sqrt":
      return `√${bracketed(argument(reader), isAtom)}`;
    default:
      return styles.has(part) ? argument(reader) : (signs[part] ?? unknown(part, reader));
  }
}

/** A letter or digit as it is; a command of which nothing is known with its arguments in braces. */
function unknown(part: string, reader: Reader): string {
  let text = part;
  while (part.length > 1 && reader.parts[reader.at] === "{") text += `{${argument(reader)}}`;
  return text;
}

/** The group that follows, without its braces, or the next token. */
function argument(reader: Reader): string {
  while (reader.parts[reader.at] === " ") reader.at++;
  if (reader.parts[reader.at] !== "{") return piece(reader);
  reader.at++;
  const text = tidy(sequence(reader));
  reader.at++;
  return text;
}

/** Over the first letter. */
const accented = (text: string, accent: string): string =>
  text.replace(/^./u, (first) => `${first}${accent}`).normalize("NFC");

const raised: Readonly<Record<string, string>> = {
  "0": "⁰",
  "1": "¹",
  "2": "²",
  "3": "³",
  "4": "⁴",
  "5": "⁵",
  "6": "⁶",
  "7": "⁷",
  "8": "⁸",
  "9": "⁹",
  "⊤": "ᵀ",
};

/** `_t` and `²`; what is longer in braces and without spaces, as it is written. */
function script(mark: string, text: string): string {
  const close = text.replaceAll(" ", "").replaceAll("−", "-");
  const letters = Array.from(close);
  if (mark === "^" && letters.every((sign) => sign in raised))
    return letters.map((sign) => raised[sign] ?? "").join("");
  // An accent that has no letter of its own counts as a sign.
  return letters.length === 1 ? `${mark}${close}` : `${mark}{${close}}`;
}

const bracketed = (text: string, isOne: (text: string) => boolean): string =>
  isOne(text) ? text : `(${text})`;

/** Whether nothing in the text, outside of brackets, separates it into parts. */
const isAtom = (text: string): boolean => !/[ +−/|]/u.test(withoutBrackets(text));
const isProduct = (text: string): boolean => !/[+−/|]/u.test(withoutBrackets(text));

function withoutBrackets(text: string): string {
  let depth = 0;
  return Array.from(text)
    .filter((sign) => {
      if ("([{".includes(sign)) depth++;
      const isOutside = depth === 0;
      if (")]}".includes(sign)) depth--;
      return isOutside;
    })
    .join("");
}

/** A sign in front of a term stands close to it; brackets and commas have no space before them. */
const tidy = (text: string): string =>
  text
    .replaceAll(/ {2,}/gu, " ")
    .replaceAll(/(^|[([{,|=·/^]) ?([−+]) /gu, "$1$2")
    .replaceAll(/([([{]) /gu, "$1")
    .replaceAll(/ ([)\]},;])/gu, "$1")
    .trim();

const accents: Readonly<Record<string, string>> = {
  "\\bar": "\u0304",
  "\\overline": "\u0304",
  "\\tilde": "\u0303",
  "\\hat": "\u0302",
};

const styles: ReadonlySet<string> = new Set([
  "\\mathbf",
  "\\boldsymbol",
  "\\mathrm",
  "\\mathcal",
  "\\mathbb",
  "\\operatorname",
  "\\text",
]);

const signs: Readonly<Record<string, string>> = {
  "\\left": "",
  "\\right": "",
  "\\,": " ",
  "\\alpha": "α",
  "\\beta": "β",
  "\\gamma": "γ",
  "\\delta": "δ",
  "\\epsilon": "ε",
  "\\varepsilon": "ε",
  "\\eta": "η",
  "\\theta": "θ",
  "\\kappa": "κ",
  "\\lambda": "λ",
  "\\mu": "μ",
  "\\nu": "ν",
  "\\xi": "ξ",
  "\\pi": "π",
  "\\rho": "ρ",
  "\\sigma": "σ",
  "\\tau": "τ",
  "\\phi": "φ",
  "\\varphi": "φ",
  "\\psi": "ψ",
  "\\omega": "ω",
  "\\Sigma": "Σ",
  "\\Lambda": "Λ",
  "\\top": "⊤",
  "\\mid": "|",
  "\\|": "‖",
  "\\cdot": "·",
  "\\times": "×",
  "\\cdots": "⋯",
  "\\sum": "Σ",
  "\\prod": "∏",
  "\\int": "∫",
  "\\nabla": "∇",
  "\\infty": "∞",
  "\\sim": "~",
  "\\propto": "∝",
  "\\le": "≤",
  "\\ge": "≥",
  "\\log": "log",
  "\\exp": "exp",
  "\\cos": "cos",
  "\\sin": "sin",
  "\\arg": "arg",
  "\\max": "max",
  "\\min": "min",
};
