/**
 * A checked derivation as HTML for one output of a notebook: a table of formulas that KaTeX has typeset, with the part of
 * its style sheet and of its fonts that they need, and with MathML for screen readers. It needs no script and no network.
 */
import { createHash } from "node:crypto";
import {
  summaryWords,
  verdictFacts,
  verdictMark,
  type Derivation,
  type DerivationLine,
} from "../figure/derivation.js";
import { nothing, safe, trusted, type Html } from "../typeset/html.js";
import { inlineText } from "../typeset/inlineText.js";
import { compactFormula, katexSheet } from "../typeset/katexSheet.js";
import { renderMath } from "../typeset/math.js";
import { canTypeset } from "./texText.js";

/** The `text/html` of a derivation. */
export function derivationMarkup(derivation: Derivation): string {
  const { title, lines } = derivation;
  const reasons = lines.some(({ because }) => because !== undefined);
  const name = (text: string): Html => safe`<th scope="col">${text}</th>`;
  const head = ["line", "formula", ...(reasons ? ["because"] : []), "verdict"].map(name);
  const body = safe`${title === undefined ? nothing : safe`<p class="title">${inlineText(title, formula)}</p>`}
<table><thead><tr>${head}</tr></thead>
<tbody>${lines.map((line, index) => row(line, index, reasons))}</tbody></table>
<p class="summary">${summaryWords(derivation)}</p>`;
  // Its own class: style sheets hold for the whole page, and must not reach an output whose own was taken out.
  const scope = `derivation-${createHash("sha256").update(body.html).digest("hex").slice(0, 8)}`;
  const own = trusted(`${katexSheet(body.html, `.${scope}`)}\n${style.replaceAll("&", `.${scope}`)}`);
  return safe`<div class="${scope}"><style>${own}</style>${body}</div>`.html;
}

function row(line: DerivationLine, index: number, reasons: boolean): Html {
  const { verdict, because = "", latex, reason, expect } = line;
  const kind = expect === verdict ? "expected" : verdict;
  const because_ = reasons ? safe`<td class="because">${inlineText(because, formula)}</td>` : nothing;
  const remark = reason === undefined ? nothing : safe`<div class="remark">${reason}</div>`;
  return safe`<tr class="${kind}"><td class="number">${index + 1}</td>
<td class="formula">${displayed(latex)}${below(line)}</td>${because_}
<td class="verdict"><span class="mark" aria-hidden="true">${verdictMark(verdict)}</span> ${verdictFacts(line)}${remark}</td></tr>
`;
}

/** What would make the line true, and, on demand, the numbers that show that it is not. */
function below({ counterexample, repairs = [], chainRepair, expect, verdict }: DerivationLine): Html {
  const open = expect === verdict ? nothing : safe` open`;
  return safe`${repairs.map(
    ({ text, latex }, at) =>
      safe`<div class="remark">${at === 0 ? "" : "or "}${inlineText(text, formula)}:<br>${displayed(latex)}</div>`,
  )}${chainRepair === undefined ? nothing : safe`<div class="remark">${chainRepair}</div>`}${
    counterexample === undefined
      ? nothing
      : safe`<details${open}><summary>Where it fails</summary><pre>${counterexample}</pre></details>`
  }`;
}

const displayed = (latex: string): Html => formula(`\\displaystyle ${latex}`);

/**
 * The formula twice: typeset, and as source. The style sheet shows the first and hides the second. JupyterLab takes style
 * sheets, MathML and drawings out of a notebook that is not trusted, but neither classes nor `display`: there the source
 * is what is left, and MathJax typesets it.
 */
function formula(latex: string): Html {
  if (!canTypeset(latex)) return renderMath(latex, false);
  const typeset = trusted(compactFormula(renderMath(latex, false).html));
  return safe`<span class="typeset" style="display:none">${typeset}</span><span class="source">$${latex}$</span>`;
}

/**
 * Colours of text and lines are those of the page, light or dark; marks are white on a colour that stands out from both. `&` is the class of the output.
 */
const style = `
& .typeset{display:inline!important}
& .source{display:none}
& .title{font-weight:bold;margin:0 0 .5em}
& table{border-collapse:collapse;margin:0;font-size:inherit;width:auto}
& th,& td{padding:.55em .8em;text-align:left!important;vertical-align:baseline;white-space:normal;max-width:none;border:0;border-top:1px solid rgba(128,128,128,.35)}
& th{border-top:0;font-size:.85em;font-weight:normal;opacity:.75}
& .number{opacity:.65}
& .formula{line-height:2}
& .because{min-width:9em;max-width:20em}
& .verdict{min-width:11em;max-width:18em}
& .mark{display:inline-block;box-sizing:border-box;width:1.6em;line-height:1.6em;border-radius:.8em;text-align:center;color:#fff;background:#00785a}
& .defines .mark{background:#0072b2}
& .fails .mark,& .unreadable .mark{background:#c0281f}
& .undecided .mark{background:#6e6e6e}
& .remark,& details{font-size:.9em;line-height:1.5;margin-top:.35em}
& summary{cursor:pointer}
& pre{margin:.3em 0;white-space:pre-wrap}
& .summary{margin:.6em 0 0;font-size:.9em;opacity:.8}
`;
