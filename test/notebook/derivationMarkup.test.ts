import { describe, expect, it } from "vitest";
import type { Derivation, DerivationLine } from "../../src/figure/derivation.js";
import { derivationMarkup } from "../../src/notebook/derivationMarkup.js";
import { tex } from "../../src/notebook/derive.js";

const holds = { verdict: "holds", inLaw: false, maxRelativeError: 0, worlds: 4 } as const;
const fails = { verdict: "fails", inLaw: false, maxRelativeError: 0.2, worlds: 4 } as const;

function markup(lines: readonly Partial<DerivationLine>[], title?: string): string {
  const derivation: Derivation = {
    ...(title === undefined ? {} : { title }),
    lines: lines.map((line) => ({ latex: "a", ...holds, ...line })),
    summary: { holds: lines.length, fails: 0, defines: 0, undecided: 0, unreadable: 0 },
    seed: 1,
    digits: 64,
  };
  return derivationMarkup(derivation);
}

/** The text of the cells of a class, with formulas as they are read from their source. */
function cells(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`<td class="${name}">([^]*?)</td>`, "gu"))].map(([, cell = ""]) =>
    cell
      .replaceAll(/<span class="typeset"[^]*?(?=<span class="source">)/gu, "")
      .replaceAll(/<[^>]*>/gu, "")
      .trim(),
  );
}

describe("derivationMarkup", () => {
  it("has a row for each line: formula, reason and, in words, the verdict", () => {
    const html = markup(
      [
        { latex: tex`\bar\alpha_t`, because: "by *definition* of $a_t$, a < b" },
        { ...fails, expect: "fails", latex: "b", because: "" },
        { latex: "c", verdict: "undecided", reason: "no <rule>" },
      ],
      "The $x$",
    );
    expect(cells(html, "number")).toEqual(["1", "2", "3"]);
    expect(cells(html, "formula")).toEqual([
      tex`$\displaystyle \bar\alpha_t$`,
      tex`$\displaystyle b$`,
      tex`$\displaystyle c$`,
    ]);
    expect(cells(html, "because")).toEqual(["by definition of $a_t$, a &lt; b", "", ""]);
    expect(cells(html, "verdict")).toEqual([
      "✓ holds (4 worlds, error 0)",
      "✗ fails, as it should (4 worlds, error 0.2)",
      "? undecidedno &lt;rule&gt;",
    ]);
    expect(html.match(/<tr class="\w+"/gu)).toEqual([
      '<tr class="holds"',
      '<tr class="expected"',
      '<tr class="undecided"',
    ]);
    // For the eye, and for screen readers; the source stands once, for viewers without style sheets.
    expect(html.match(/<span class="katex-html" aria-hidden="true">/gu)).toHaveLength(5);
    expect(html.match(/<math /gu)).toHaveLength(5);
    expect(html).not.toContain("<annotation");
  });

  it("opens the counterexample of a failure, and keeps one that was expected closed", () => {
    const wrong = { ...fails, counterexample: "T = 2\nleft side: <1>" };
    const details = (html: string): string | undefined => /<details[^]*<\/details>/u.exec(html)?.[0];
    expect(details(markup([wrong]))).toBe(
      "<details open><summary>Where it fails</summary><pre>T = 2\nleft side: &lt;1&gt;</pre></details>",
    );
    expect(details(markup([{ ...wrong, expect: "fails" }]))).toMatch(/^<details><summary>/u);
    expect(details(markup([{}]))).toBeUndefined();
  });

  it("shows each repair with the line as it would hold", () => {
    const repairs = [
      { text: "holds if $x$ is < $y$", latex: "b" },
      { text: "holds if y", latex: "c" },
    ];
    const [cell] = cells(markup([{ ...fails, repairs, chainRepair: "line 3 agrees" }]), "formula");
    expect(cell).toBe(
      tex`$\displaystyle a$holds if $x$ is &lt; $y$:$\displaystyle b$or holds if y:$\displaystyle c$line 3 agrees`,
    );
  });

  it("shows as code what cannot be typeset, and executes nothing", () => {
    const html = markup([
      { latex: tex`\frac{a <script>`, because: "<img src=x onerror=alert(1)>" },
      { latex: tex`\href{javascript:alert(1)}{a}` },
    ]);
    expect(html).toContain(tex`>\displaystyle \frac{a &lt;script&gt;</code>`);
    expect(html).not.toMatch(/<script|<img|href=/u);
  });

  it("takes less than 8 kB a line for what is usual", () => {
    const line = { latex: tex`x_t = \sqrt{\bar\alpha_t}\,x_0 + \sqrt{1-\bar\alpha_t}\,\epsilon` };
    const [one, five] = [markup([line]).length, markup([line, line, line, line, line]).length];
    expect((five - one) / 4).toBeLessThan(8000);
    expect(one).toBeLessThan(25_000);
  });
});
