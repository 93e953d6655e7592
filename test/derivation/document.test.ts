import { describe, expect, test } from "vitest";
import { readDocument, readStream } from "../../src/derivation/document.js";
import { refusal } from "../support/refusal.js";

const markdown = `# A text

The step is $$x_t = \\alpha_t$$ and $\\beta_t$ is small, $\\beta_t < 1$; we write $\\propto$.

$$
\\alpha_t = 1 - \\beta_t
$$

\`\`\`math
a = b
\`\`\`

\`\`\`ts
const a = "$x = 1$";
\`\`\`

> quoted $c = d$
`;

describe("documents", () => {
  test("Markdown: displayed formulas, and inline ones that state something, with their places", () => {
    expect(readDocument(markdown, "a.md")).toEqual([
      { id: "formula-1", latex: "x_t = \\alpha_t", source: { file: "a.md", line: 3, column: 15 } },
      { id: "formula-3", latex: "\\beta_t < 1", source: { file: "a.md", line: 3, column: 57 } },
      { id: "formula-5", latex: "\\alpha_t = 1 - \\beta_t", source: { file: "a.md", line: 6, column: 1 } },
      { id: "formula-6", latex: "a = b", source: { file: "a.md", line: 10, column: 1 } },
      { id: "formula-7", latex: "c = d", source: { file: "a.md", line: 17, column: 11 } },
    ]);
  });

  const found = (text: string, file: string): readonly (readonly [string, string, string])[] =>
    readDocument(text, file).map(({ id = "", latex, source }) => [
      id,
      latex,
      `${source?.line ?? 0}:${source?.column ?? 0}`,
    ]);

  test("Markdown: backslash brackets, displays beside their dollars, and fences of LaTeX", () => {
    const text = String.raw`So \(a = b\) and \[c
= d\] but \[not this\] nor ${"`\\(x = y\\)`"}.

Thus $$e = f
\cdot g$$ ends.

${"```latex"}
text $h = i$ % $j = k$
${"```"}
`;
    expect(found(text, "a.md")).toEqual([
      ["formula-1", "a = b", "1:6"],
      ["formula-2", "c\n= d", "1:20"],
      ["formula-3", "e = f\n\\cdot g", "4:8"],
      ["formula-4", "h = i", "8:7"],
    ]);
  });

  test("LaTeX: environments, labels, comments, verbatim text, commands without arguments", () => {
    const text = String.raw`\newcommand{\abar}{\bar\alpha} \def\eps{\epsilon}
\DeclareMathOperator{\KL}{KL}
\newcommand{\two}[2]{#1 = #2}
% $a = comment$
\begin{equation}\label{eq:mean}
  \abar_t = 1 % \two
\end{equation}
\begin{align*}
  x &= \eps \nonumber \\
    &= \KL(p \| q)
\end{align*}
\begin{multline} a = b \\ + c \end{multline}
\[ d = e \] $$f = g$$ \(h = i\) costs 5\$, $j$ and $k = l$
\begin{verbatim}
$m = n$
\end{verbatim}
\verb|$o = p$|
\begin{gather} q = r \end{gather}`;
    expect(found(text, "a.tex")).toEqual([
      ["eq:mean", "{\\bar\\alpha}_t = 1", "6:3"],
      [
        "formula-2",
        "\\begin{aligned}x &= {\\epsilon}           \\\\\n    &= {\\operatorname{KL}}(p \\| q)\\end{aligned}",
        "9:3",
      ],
      ["formula-3", "a = b    + c", "12:18"],
      ["formula-4", "d = e", "13:4"],
      ["formula-5", "f = g", "13:15"],
      ["formula-6", "h = i", "13:25"],
      ["formula-8", "k = l", "13:53"],
      ["formula-9", "\\begin{gathered}q = r\\end{gathered}", "18:16"],
    ]);
  });

  test("HTML: attributes, scripts, annotations of KaTeX and MathJax, delimiters in the text", () => {
    const text = String.raw`<!doctype html>
<p>So \(a = b\) and $c &lt; d$, $5 or $6.</p>
<div data-tex="e &lt; f">shown</div> <span data-tex="g">inline</span>
<script type="math/tex; mode=display">h</script><script type="math/tex">i = j</script>
<span class="katex-display"><math><semantics><mi>k</mi><annotation encoding="application/x-tex">k</annotation></semantics></math></span>
<pre>$l = m$</pre><script>const n = "$o = p$";</script>
\[ q = r \]`;
    expect(found(text, "a.html")).toEqual([
      ["formula-1", "a = b", "2:9"],
      ["formula-2", "c < d", "2:4"],
      ["formula-3", "e < f", "3:1"],
      ["formula-5", "h", "4:39"],
      ["formula-6", "i = j", "4:73"],
      ["formula-7", "k", "5:97"],
      ["formula-8", "q = r", "7:4"],
    ]);
  });

  test("notebooks: their Markdown cells", () => {
    const notebook = JSON.stringify({
      cells: [
        { cell_type: "markdown", id: "intro", source: ["Text\n", "$$a = b$$\n"] },
        { cell_type: "code", id: "code", source: "const x = '$$c = d$$';" },
        { cell_type: "markdown", source: "$e = f$" },
      ],
    });
    expect(readDocument(notebook, "n.ipynb")).toEqual([
      { id: "intro:formula-1", latex: "a = b", source: { file: "n.ipynb#intro", line: 2, column: 3 } },
      { id: "cell-3:formula-1", latex: "e = f", source: { file: "n.ipynb#cell-3", line: 1, column: 2 } },
    ]);
  });

  test("lists, and lines on standard input", () => {
    expect(
      readDocument('[{"id":"a","latex":"x","chain":"c","line":2,"seed":"000"},{"latex":"y"}]', "l.json"),
    ).toEqual([
      { id: "a", latex: "x", chain: "c", line: 2, source: { file: "l.json", line: 1, column: 1 } },
      { id: "entry-2", latex: "y", source: { file: "l.json", line: 2, column: 1 } },
    ]);
    expect(readStream("a = b\n\n c = d\n").map(({ id, latex }) => [id, latex])).toEqual([
      ["line-1", "a = b"],
      ["line-3", "c = d"],
    ]);
    expect(readStream(' [{"latex":"x"}]')).toHaveLength(1);
  });

  test.each([
    [
      "a.txt",
      "",
      "a.txt: expected a file ending in .md, .tex, .html, .ipynb or .json. Give one of these, or - for standard input.",
    ],
    ["a.json", "{}", 'a.json: expected a JSON list of statements. Write [{"id": "…", "latex": "…"}].'],
    [
      "a.json",
      "[1]",
      'a.json, entry 1: expected an object whose latex is a string. Write {"id": "…", "latex": "…"}.',
    ],
    ["a.json", '[{"latex":"x","chain":1}]', "a.json, entry 1: chain: expected a string. Quote it."],
    [
      "a.ipynb",
      "[]",
      "the notebook a.ipynb: expected an object with a list of cells. Is it a Jupyter notebook of format 4?",
    ],
  ])("%s %s is refused", (file, text, message) =>
    expect(refusal(() => readDocument(text, file))).toBe(message),
  );

  test("broken JSON is refused with the parser's word", () => {
    expect(refusal(() => readDocument("[", "a.json"))).toMatch(
      /^a\.json: expected JSON \(.*\)\. Check it with a JSON validator\.$/,
    );
  });

  test.each([
    ["a.tex", "\\("],
    ["a.tex", "\\begin{align}"],
    ["a.tex", "\\newcommand{\\a}{"],
    ["a.html", "\\["],
  ])("a megabyte of %s with %j is read in no time", (file, part) => {
    const before = performance.now();
    expect(readDocument(part.repeat(1e6 / part.length), file)).toEqual([]);
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
