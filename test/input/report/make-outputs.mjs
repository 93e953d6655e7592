/** Writes outputs.ipynb (each type of output once) and hostile.ipynb. Run here: node make-outputs.mjs */
import { writeFileSync } from "node:fs";

const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><script>globalThis.hacked = 1</script></svg>';
const plotly = "application/vnd.plotly.v1+json";
const derivationMime = "application/vnd.diffusion-workbook.derivation+json";

const display = (data, metadata = {}) => ({ output_type: "display_data", data, metadata });
const stream = (text, name = "stdout") => ({ output_type: "stream", name, text });
const spec = {
  kernelspec: { display_name: "TypeScript (Diffusion Workbook)", language: "typescript", name: "diffusion-workbook" },
};

function write(name, cells, metadata = {}) {
  const numbered = cells.map((cell, i) => ({ id: `c${i + 1}`, metadata: {}, ...cell }));
  const notebook = { cells: numbered, metadata: { ...spec, ...metadata }, nbformat: 4, nbformat_minor: 5 };
  writeFileSync(new URL(`${name}.ipynb`, import.meta.url), `${JSON.stringify(notebook, undefined, 1)}\n`);
}
const markdown = (source, rest = {}) => ({ cell_type: "markdown", source, ...rest });
let count = 0;
const code = (source, outputs, rest = {}) => ({
  cell_type: "code",
  execution_count: (count += 1),
  outputs,
  source,
  ...rest,
});

const line = (verdict, rest = {}) => ({
  latex: "a = b",
  relation: "=",
  verdict,
  inLaw: false,
  maxRelativeError: null,
  worlds: 4,
  ...rest,
});
const lines = [
  line("holds", { inLaw: true, because: "of $c$ & *d*", maxRelativeError: 1e-60 }),
  line("fails", { counterexample: "a = 1 < b = 2", maxRelativeError: 0.5 }),
  line("fails", { expect: "fails", counterexample: "a = 1", maxRelativeError: 0.5 }),
  line("unreadable", { latex: "\\frac{1}", reason: "an argument is missing" }),
];
const summary = { holds: 1, fails: 2, defines: 0, undecided: 0, unreadable: 1 };

write(
  "outputs",
  [
    markdown("Text before any heading, with $$x^2$$ displayed and ==no marks==."),
    markdown("# A title\n\n### Level three comes up\n\n- [x] done\n- [ ] to do\n\n| a | b |\n|--:|:-:|\n| 1 | $x$ |"),
    markdown("# A second title, with $x_t$\n\n<details><summary>More</summary>\n\nHidden *text*\n\n</details>\n\nSee [the sample](sample.ipynb), ![a dot](missing.png) and [^n].\n\n[^n]: A note."),
    code("stream", [
      stream("plain\n\u001b[1;32mgreen\u001b[0m\n 10 %\r 55 %\r100 %\n"),
      stream("careful <now>\n", "stderr"),
    ]),
    code("result", [{ output_type: "execute_result", execution_count: 2, data: { "text/plain": "'<b>'" }, metadata: {} }]),
    code("error", [
      { output_type: "error", ename: "TypeError", evalue: "a < b", traceback: ["\u001b[31mTypeError\u001b[0m: a < b", "  at cell 3"] },
    ]),
    code("chart", [
      display(
        {
          [plotly]: { data: [{ type: "scatter", x: [0, 1], y: [1, 0], name: "</script><b>" }], layout: { width: 720, title: { text: "T" } } },
          "image/png": png,
          "text/html": "<img>",
          "text/plain": "[figure one] A chart\nFalls from 1 to 0.",
        },
        { "image/png": { alt: 'Falls from "1" to 0.', width: 720, height: 400 } },
      ),
    ]),
    code("undrawable", [display({ [plotly]: { data: [{ type: "surface" }] }, "image/png": png, "text/plain": "x" })]),
    code("nothing to draw with", [display({ [plotly]: { data: [{ type: "surface" }] }, "text/plain": "a surface" })]),
    code("svg", [display({ "image/svg+xml": svg, "text/plain": "x" })]),
    code("derivation", [display({ [derivationMime]: { title: "Why $a$", lines, summary, seed: 1, digits: 64 }, "text/markdown": "no" })]),
    code("other version", [display({ [derivationMime]: { lines: [{ latex: "a" }] }, "text/markdown": "**the table** instead" })]),
    code("html", [display({ "text/html": "<table><tr><th>h</th></tr><tr><td>1</td></tr></table><h2>big</h2>", "text/plain": "no" })]),
    code("script only", [display({ "text/html": "<script>alert(1)</script>", "text/plain": "instead of a script" })]),
    code("latex", [display({ "text/latex": "$$\\frac{1}{2}$$", "text/plain": "no" })]),
    code("unknown", [display({ "application/x-strange": "1" })]),
    code("hidden", [stream("seen")], { metadata: { tags: ["remove-input"] } }),
    code("open", [stream("unseen")], { metadata: { tags: ["show-input", "remove-output"] } }),
    code("gone", [stream("gone")], { metadata: { tags: ["remove-cell"] } }),
    { cell_type: "raw", source: "raw" },
  ],
  { authors: [{ name: "A <b>" }], diffusion_workbook: { run: { seed: 1, profile: "quick" } } },
);

const js = "globalThis.hacked = 1";
const html = [
  `<script>${js}</script>`,
  `<img src="x" onerror="${js}">`,
  `<img src="https://example.org/track.png">`,
  `<a href="javascript:${js}">a</a>`,
  `<a href=" java\nscript:${js}">b</a>`,
  `<a href="data:text/html,<script>${js}</script>">c</a>`,
  `<iframe srcdoc="<script>${js}</script>"></iframe>`,
  `<svg onload="${js}"><script>${js}</script><a xlink:href="javascript:${js}"><text>d</text></a></svg>`,
  `<math><mtext><img src=x onerror="${js}"></mtext></math>`,
  `<form action="https://example.org"><button>e</button></form>`,
  `<style>@import "https://example.org/a.css"; main { background: url(https://example.org/b.png) }</style>`,
  `<div style="background: url(https://example.org/c.png)" onclick="${js}">f</div>`,
  `<object data="https://example.org"></object><embed src="https://example.org"><base href="https://example.org">`,
  `<meta http-equiv="refresh" content="0; url=https://example.org"><link rel="stylesheet" href="https://example.org/d.css">`,
  `<noscript><p title="</noscript><img src=x onerror=${js}>">`,
  `<details open ontoggle="${js}"><summary>g</summary></details><video src="https://example.org/e.mp4" autoplay></video>`,
  `<code class="language-math math-display">\\href{javascript:${js}}{x}</code>`,
].join("\n");

write("hostile", [
  markdown(`# Hostile <img src=x onerror="${js}">\n\n${html}\n\n[h](javascript:${js}) ![i](https://example.org/f.png) <javascript:${js}>`),
  markdown(`$\\href{javascript:${js}}{x}$ $\\htmlData{onclick=${js}}{x}$ $\\includegraphics{https://example.org/g.png}$ $\\text{</span><script>${js}</script>}$ $\\unicode{x}</code><script>${js}</script>$`),
  code(`const a = "</code></pre><script>${js}</script>";`, [
    display({ "text/html": html, "text/plain": "x" }),
    display({ "text/markdown": `${html}\n\n\`\`\`ts"><script>${js}</script>\n</code><script>${js}</script>\n\`\`\`` }),
    display({ "text/latex": `\\href{javascript:${js}}{x}` }),
    display({ "text/plain": `<script>${js}</script>` }),
    display({ "image/png": `x" onerror="${js}`, "text/plain": "no picture" }),
    display({ "image/png": png, "text/plain": "x" }, { "image/png": { alt: `" onload="${js}" title="><script>${js}</script>`, width: `1" onload="${js}` } }),
    display({ "image/svg+xml": svg, "text/plain": "x" }),
    display({
      [plotly]: {
        data: [{ type: "scatter", x: [1, 2], y: [1, 2], text: [`<a href="javascript:${js}">t</a>`, `<img src=x onerror="${js}">`], mode: "text+lines", name: `</script><script>${js}</script><!--` }],
        layout: {
          annotations: [{ text: `<a href="javascript:${js}">annotation</a>`, x: 1, y: 1 }],
          title: { text: `</script><script>${js}</script>` },
        },
      },
      "text/plain": `[figure <script>] </figcaption><script>${js}</script>\n"><script>${js}</script>`,
    }),
    display({
      [derivationMime]: {
        title: `<script>${js}</script>`,
        lines: [line("fails", { latex: `\\href{javascript:${js}}{x}`, because: html, counterexample: `<script>${js}</script>`, reason: `<script>${js}</script>`, expect: `"><script>${js}</script>` })],
        summary,
        seed: 1,
        digits: 64,
      },
    }),
    stream(`<script>${js}</script>`, "stderr"),
    { output_type: "error", ename: `<script>${js}</script>`, evalue: `<img src=x onerror="${js}">`, traceback: [`<script>${js}</script>`] },
  ]),
], { title: `</title><script>${js}</script>`, authors: [`<script>${js}</script>`], diffusion_workbook: { run: { [`<script>${js}</script>`]: `<script>${js}</script>` } } });
