/** The picture of a checked derivation that the README begins with. */
import { checkStatements } from "../derivation/check.js";
import { plainText } from "../derivation/verdict/plainText.js";
import { summaryWords, verdictWords, type Derivation } from "../figure/derivation.js";
import { derivationHtml } from "../figure/derivationHtml.js";
import { checkLines, tex, type Line } from "../notebook/derive.js";
import type { Built } from "./builtPicture.js";
import { photograph } from "./photograph.js";

const title = "From one step to all steps, and one mistake";

/** Steps of the forward process become one, with the mistake that is made most often. */
const lines: readonly Line[] = [
  {
    latex: tex`x_t = \sqrt{\alpha_t}\,x_{t-1} + \sqrt{1-\alpha_t}\,z_t`,
    because: "one step of the forward process",
  },
  {
    latex: tex`= \sqrt{\alpha_t\alpha_{t-1}}\,x_{t-2} + \sqrt{\alpha_t(1-\alpha_{t-1})}\,z_{t-1} + \sqrt{1-\alpha_t}\,z_t`,
    because: "the step before put in for $x_{t-1}$",
  },
  {
    latex: tex`= \alpha_t\alpha_{t-1}\,x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
    because: "a forgotten root",
    expect: "fails",
  },
  {
    latex: tex`= \sqrt{\alpha_t\alpha_{t-1}}\,x_{t-2} + \sqrt{1-\alpha_t\alpha_{t-1}}\,\bar z`,
    because: "two independent normal noises add up to one",
  },
  {
    latex: tex`x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon`,
    because: "and so on, down to $x_0$, for all steps at once",
  },
];

/**
 * The checked derivation of the picture.
 * @throws Error if a line does not come out as it should: a wrong picture is not made
 */
export function pictureDerivation(seed: number): Derivation {
  const derivation = { title, ...checkLines(checkStatements, lines, { seed }) };
  const odd = derivation.lines.find(({ verdict, expect }) => verdict !== (expect ?? "holds"));
  if (odd !== undefined) throw new Error(`the line ${odd.latex} is ${verdictWords(odd)}`);
  return derivation;
}

/**
 * Checks the derivation and photographs it.
 * @throws InputError if there is no browser to do it with
 */
export async function derivationPicture(
  seed: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Built> {
  const derivation = pictureDerivation(seed);
  const { png } = await photograph(derivationHtml(derivation), "#derivation", env);
  return { png, title, alt: describe(derivation) };
}

function describe(derivation: Derivation): string {
  const rows = derivation.lines.map((line, index) => {
    const [repair] = line.repairs ?? [];
    const holds = repair === undefined ? "" : ` It ${plainText(repair.text)}.`;
    return `Line ${index + 1} (${line.because ?? ""}): ${verdictWords(line)}.${holds}`;
  });
  return (
    `A derivation in ${rows.length} lines, each with its formula, its reason and the verdict of the checker. ` +
    `${rows.join(" ")} ${summaryWords(derivation)}.`
  ).replaceAll("$", "");
}
