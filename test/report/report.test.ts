import { readFileSync } from "node:fs";
import katex from "katex";
import { describe, expect, test } from "vitest";
import { readIpynb } from "../../src/notebook/format/ipynb.js";
import { katexStyles, katexStyleVersion } from "../../src/report/katexStyles.js";
import { buildReport, type ReportSource } from "../../src/report/report.js";
import { plainText } from "../../src/report/text.js";
import { expectGolden } from "../support/golden.js";

const front = { kernelspec: { name: "diffusion-workbook", language: "typescript", display_name: "T" } };

function stored(name: string): ReportSource {
  const file = `test/input/report/${name}.ipynb`;
  return { file, notebook: readIpynb(readFileSync(file, "utf8"), file), readBeside: () => undefined };
}

/** A notebook of Markdown cells; those that start with > are code cells that were not executed. */
function written(file: string, ...sources: readonly string[]): ReportSource {
  const cells = sources.map((source, i) => {
    const common = { id: `c${i}`, metadata: {}, source: source.replace(/^> /, "") };
    return source.startsWith("> ")
      ? ({ type: "code", ...common, outputs: [], executionCount: null } as const)
      : ({ type: "markdown", ...common } as const);
  });
  return { file, notebook: { metadata: front, cells }, readBeside: () => undefined };
}

const mainOf = (report: string): string => /<main[^>]*>\n([\s\S]*?)<footer>/.exec(report)?.[1] ?? "";
const contentsOf = (report: string): string => /<nav[\s\S]*?<\/nav>/.exec(report)?.[0] ?? "";

describe("the whole file", () => {
  test("every type of output is shown as in the golden file", async () => {
    expectGolden("report/outputs.html", mainOf(await buildReport([stored("outputs")])));
  });

  test("stays below 2.5 MB for four chapters, with plotly once", async () => {
    const report = await buildReport(["sample", "sample", "sample", "sample"].map(stored));
    expect(Buffer.byteLength(report)).toBeLessThan(2_500_000);
    expect(report.match(/id="plotly"/g)).toHaveLength(1);
    expect(report.match(/class="plot-data"/g)).toHaveLength(8);
  });

  test("holds the pictures of charts as WebP of less than half the size, and others to the last bit", async () => {
    const { notebook, ...rest } = stored("sample");
    const pngs = notebook.cells.flatMap((cell) =>
      cell.type !== "code"
        ? []
        : cell.outputs.flatMap((o) => (o.type === "display" ? [o.data["image/png"]] : [])),
    );
    const [curves = "", strip = "", loss = ""] = pngs.filter((png): png is string => typeof png === "string");
    const report = mainOf(await buildReport([{ notebook, ...rest }]));
    const [first, second, third, ...more] = [...report.matchAll(/src="data:image\/(\w+);base64,([^"]*)"/g)];
    expect([first?.[1], second?.[1], third?.[1], more]).toEqual(["webp", "png", "webp", []]);
    expect(second?.[2]).toBe(strip);
    expect(first?.[2]?.length).toBeLessThan(curves.length / 2);
    expect(third?.[2]?.length).toBeLessThan(loss.length / 2);
    // the numbers of charts have five digits, whole numbers all of theirs
    const numbers = [...report.matchAll(/class="plot-data">(.*?)<\/script>/g)].flatMap(([, json = ""]) =>
      [...json.matchAll(/[[,](-?[\d.]+(?:e-?\d+)?)(?=[\],])/g)].map(([, number = ""]) => number),
    );
    expect(numbers.length).toBeGreaterThan(1000);
    expect(numbers).toContain("1500");
    expect(
      numbers.filter(
        (number) => number.includes(".") && Number(number) !== Number(Number(number).toPrecision(5)),
      ),
    ).toEqual([]);
  });

  test("has no plotly without charts, and is the same every time", async () => {
    const source = written("a.ipynb", "# A\n\n$x$");
    const report = await buildReport([source]);
    expect(report).not.toContain('id="plotly"');
    expect(await buildReport([source])).toBe(report);
  });

  test("forbids in its head all that is not in it, and names its script by hash", async () => {
    const report = await buildReport([written("a.ipynb", "# A")]);
    expect(/Content-Security-Policy" content="([^"]*)"/.exec(report)?.[1]).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; script-src 'sha256-[\w+/]{43}=' blob:; base-uri 'none'; form-action 'none'$/,
    );
  });
});

describe("the fonts of formulas", () => {
  test("come with the style sheet of the KaTeX that made the HTML, of which there is one", () => {
    expect(katexStyleVersion(katexStyles(""))).toBe(katex.version);
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Record<string, { version: string }>;
    };
    const installed = Object.entries(lock.packages).filter(([path]) => path.endsWith("node_modules/katex"));
    expect(installed.map(([, { version }]) => version)).toEqual([katex.version]);
  });

  test("are only those the page uses", () => {
    const fonts = (latex: string): readonly string[] => {
      const styles = katexStyles(katex.renderToString(latex));
      const faces = styles.match(/@font-face\{[^}]*\}/g) ?? [];
      return faces.map((face) => {
        const family = /font-family:"?(\w+)/.exec(face)?.[1] ?? "";
        return `${family} ${/font-weight:(\d+)/.exec(face)?.[1] ?? ""} ${/font-style:(\w+)/.exec(face)?.[1] ?? ""}`;
      });
    };
    const base = ["KaTeX_Main 400 normal", "KaTeX_Math 400 italic"];
    expect(fonts("x + 1")).toEqual(base);
    expect(fonts("\\mathbb E")).toEqual(["KaTeX_AMS 400 normal", "KaTeX_Main 400 normal"]);
    expect(fonts("\\mathcal N x")).toEqual(["KaTeX_Caligraphic 400 normal", ...base]);
    expect(fonts("\\mathbf x")).toEqual(["KaTeX_Main 700 normal", "KaTeX_Main 400 normal"]);
    expect(fonts("\\mathit x")).toEqual(["KaTeX_Main 400 italic", "KaTeX_Main 400 normal"]);
    expect(fonts("\\textbf{\\textit x}")).toContain("KaTeX_Main 700 italic");
    expect(fonts("\\boldsymbol x")).toContain("KaTeX_Math 700 italic");
    expect(fonts("\\displaystyle\\sum x")).toEqual([...base, "KaTeX_Size2 400 normal"]);
    expect(fonts("\\Bigg( x \\bigg)")).toEqual([...base, "KaTeX_Size3 400 normal", "KaTeX_Size4 400 normal"]);
    expect(fonts("\\mathscr L \\mathfrak g \\mathsf s \\mathtt t")).toHaveLength(5);
  });
});

describe("the outline", () => {
  test("of several notebooks: one h1, their titles below it, no level left out", async () => {
    const report = await buildReport(
      [
        written("01-one.ipynb", "# One\n\n#### Deep\n\n## Same", "# Again"),
        written(
          "02-the_second.ipynb",
          "No title.\n\n## Same\n\nSee [one](01-one.ipynb), [two](./02-the_second.md#x), [three](03.ipynb).",
        ),
      ],
      { title: "All <of> it" },
    );
    const headings = [...mainOf(report).matchAll(/<(h\d)(?: id="([\w-]+)")?>([^<]*)/g)];
    expect(headings.map(([, tag, id, text]) => [tag, id, text])).toEqual([
      ["h1", undefined, "All &lt;of&gt; it"],
      ["h2", "one", "One"],
      ["h3", "deep", "Deep"],
      ["h3", "same", "Same"],
      ["h3", "again", "Again"],
      ["h2", "the-second", "The second"],
      ["h3", "same-2", "Same"],
    ]);
    expect(contentsOf(report).match(/href="[^"]*"/g)).toEqual(
      ["one", "deep", "same", "again", "the-second", "same-2"].map((id) => `href="#${id}"`),
    );
    expect(report.match(/<title>.*<\/title>/)?.[0]).toBe("<title>All &lt;of&gt; it</title>");
    expect(mainOf(report)).toContain('<a href="#notebook:01-one">one</a>');
    expect(mainOf(report)).toContain('<a href="03.ipynb">three</a>');
    expect(mainOf(report)).toContain('<div id="notebook:01-one"');
  });

  test("of one notebook starts with its title, and formulas stay formulas in the contents", async () => {
    const report = await buildReport([written("a.ipynb", "# The law of $x_t$\n\n## Of $\\beta$")]);
    expect(mainOf(report)).toMatch(/<h1 id="the-law-of-x-t">The law of <span class="katex">/);
    expect(contentsOf(report)).toMatch(/<a href="#of-beta">Of <span class="katex">/);
    expect(report).toContain("<title>The law of x_t</title>");
  });
});

describe("what is missing is said", () => {
  const notice = (report: string): string | undefined => /<p class="notice"[^>]*>([^<]*)/.exec(report)?.[1];

  test("a notebook that was not executed, or not to its end", async () => {
    expect(notice(await buildReport([written("a.ipynb", "# A", "> const a = 1;")]))).toBe(
      "This notebook was not executed: its results are missing.",
    );
    const { notebook, ...rest } = written("a.ipynb", "# A", "> 1", "> 2", "> ");
    const cells = notebook.cells.map((cell, i) =>
      cell.type === "code" && i === 1 ? { ...cell, executionCount: 1 } : cell,
    );
    expect(notice(await buildReport([{ ...rest, notebook: { ...notebook, cells } }]))).toBe(
      "Only 1 of 2 code cells were executed; the results of the others are missing.",
    );
    expect(notice(await buildReport([written("a.ipynb", "# A")]))).toBeUndefined();
  });

  test("a formula that cannot be typeset, and a picture that is not there or lies elsewhere", async () => {
    const text = "# A\n\n$\\frac{1}$ ![a](a.png) ![b](https://example.org/b.png) ![c](c.png)";
    const main = mainOf(
      await buildReport([
        {
          ...written("a.ipynb", text),
          readBeside: (path) => (path === "c.png" ? Uint8Array.of(1, 2, 3) : undefined),
        },
      ]),
    );
    expect(main).toContain(
      '<code class="unreadable-formula" title="Unexpected end of input in a macro argument, expected \'}\'">\\frac{1}</code>',
    );
    expect(main).toContain('<span class="missing">[picture not included: a]</span>');
    expect(main).toContain('<span class="missing">[picture not included: b]</span>');
    expect(main).toContain('<img src="data:image/png;base64,AQID" alt="c">');
  });
});

test("text is what a terminal would show in the end", () => {
  expect(plainText("\u001b[31mred\u001b[0m\r\n 1 %\r 50 %\r100 %\n\n")).toBe("red\n100 %");
  expect(plainText("a\r\nb\r")).toBe("a\nb");
});
