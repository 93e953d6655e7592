/** The report in a browser: offline, drawn, accessible, and unharmed by what a notebook may contain. */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readIpynb } from "../../src/notebook/format/ipynb.js";
import { buildReport } from "../../src/report/report.js";
import { openBrowser, openFile } from "../support/browser.js";

let browser: Browser;
let folder: string;
let report: string;

/** Builds a report of notebooks in test/input/report. */
async function build(...names: readonly string[]): Promise<string> {
  const sources = names.map((name) => {
    const file = `test/input/report/${name}.ipynb`;
    return { file, notebook: readIpynb(readFileSync(file, "utf8"), file), readBeside: () => undefined };
  });
  return buildReport(sources);
}

async function save(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

/** What an expression is in the page; the types of a browser are not those of this project. */
async function probe<T = unknown>(page: Page, expression: string): Promise<T> {
  return page.evaluate<T>(expression);
}

/** All in the page that could act or load. */
const traces = `(() => {
  const attributes = [...document.querySelectorAll("main *")].flatMap((element) => [...element.attributes]);
  const texts = (list) => list.map(({ name, value }) => name + "=" + value);
  return {
    hacked: "hacked" in globalThis,
    handlers: texts(attributes.filter(({ name }) => name.startsWith("on"))),
    schemes: texts(attributes.filter(({ value }) => /^\\s*(javascript|vbscript|data:text)/i.test(value))),
    elements: document.querySelectorAll("main :is(script:not(.plot-data), iframe, object, form, style, video)").length,
    sources: texts(attributes.filter(({ name, value }) => name === "src" && !value.startsWith("data:image/"))),
  };
})()`;

/** The faces of KaTeX that stand in the page, and those that elements with text of their own ask for. */
const faces = `(() => {
  const name = (style) => [style.fontFamily.split(",")[0].replaceAll('"', ""), style.fontWeight, style.fontStyle].join(" ");
  const texts = [...document.querySelectorAll(".katex-html *")]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && /[^\\s\\u200b]/.test(node.data)));
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return {
    used: [...new Set(texts.map((element) => name(getComputedStyle(element))))],
    held: rules.filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => name(rule.style)),
  };
})()`;

const charts = "figure.chart";
const drawn = `${charts}[data-drawn] .plot .main-svg`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "workbook-report-"));
  browser = await openBrowser();
  report = await save("sample.html", await build("sample"));
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

describe("offline", () => {
  test("asks for nothing, complains of nothing and draws its charts", async () => {
    const { page, requests, complaints } = await openFile(browser, report);
    await page.locator(`${charts}[data-drawn]`).nth(1).waitFor();
    // the curves of the first chart, as paths with many points
    const paths = await probe<readonly number[]>(
      page,
      `[...document.querySelectorAll("${drawn} .scatterlayer .trace path.js-line")]
        .map((line) => line.getAttribute("d").split(/[LC]/).length)`,
    );
    expect(paths.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...paths.slice(0, 2))).toBeGreaterThan(20);
    expect(await page.locator(`${charts} img`).filter({ visible: true }).count()).toBe(0);
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test("holds every font face that its formulas use", async () => {
    const latex = String.raw`\mathbb E_q \mathcal N \mathscr L \mathfrak g \mathbf x \boldsymbol\mu \mathit d
      \textbf{a\textit{b}} \mathsf s \mathtt t \sum_x \prod \int \Big( \bigg[ \Bigg| \left(\frac{\frac12}{\frac12}\right)^2
      \sqrt{\frac{1}{2}} \overbrace{x} \triangleq \text{words} \operatorname{Var}`;
    const source = `# A $\\alpha$\n\n$$\n${latex}\n$$\n\n**bold $x$** *italic $x$* $\\sum_i \\textstyle\\int$`;
    const cells = [{ type: "markdown", id: "a", metadata: {}, source }] as const;
    const text = await buildReport([
      { file: "a.ipynb", notebook: { metadata: {}, cells }, readBeside: () => undefined },
    ]);
    const { page } = await openFile(browser, await save("fonts.html", text));
    const { used, held } = await probe<Record<"used" | "held", readonly string[]>>(page, faces);
    expect(used.length).toBeGreaterThan(14);
    expect(held).toEqual(expect.arrayContaining([...used]));
  });

  test("fits a telephone: nothing but formulas, code and tables scrolls sideways", async () => {
    const { page } = await openFile(browser, report, { width: 360 });
    await page.waitForSelector(drawn);
    expect(await probe(page, "document.documentElement.scrollWidth")).toBe(360);
  });

  test("makes a wide formula a little smaller, and only then lets it scroll, by keyboard too", async () => {
    const wide = `[...document.querySelectorAll(".formula")].map((formula) => [
      Number(formula.style.fontSize.replace("em", "") || 1), formula.tabIndex, formula.scrollWidth > formula.clientWidth + 1])`;
    const measure = async (width: number): Promise<readonly [number, number, boolean][]> => {
      const { page } = await openFile(browser, report, { width });
      await page.waitForSelector(drawn);
      return probe(page, wide);
    };
    expect(
      (await measure(1280)).every(([size, tabIndex, scrolls]) => size === 1 && tabIndex === -1 && !scrolls),
    ).toBe(true);
    const onPhone = await measure(360);
    expect(onPhone.at(-1)).toEqual([0.75, 0, true]);
    expect(
      onPhone.some(([size, tabIndex, scrolls]) => size < 1 && size > 0.75 && tabIndex === -1 && !scrolls),
    ).toBe(true);
    expect(onPhone.filter(([, tabIndex, scrolls]) => (tabIndex === 0) !== scrolls)).toEqual([]);
  });

  test("shows formulas, pictures and code without JavaScript", async () => {
    const { page, requests } = await openFile(browser, report, { javaScriptEnabled: false });
    const visible = async (selector: string): Promise<number> =>
      page.locator(selector).filter({ visible: true }).count();
    expect(await visible(".katex-display")).toBe(8);
    expect(await visible("figure img")).toBe(3);
    await page.locator("details.code summary").first().click();
    expect(await visible("details.code pre")).toBe(1);
    expect(requests).toEqual([]);
  });

  test("prints pictures instead of charts, and code only where it is open", async () => {
    const { page } = await openFile(browser, report);
    await page.waitForSelector(drawn);
    await page.emulateMedia({ media: "print" });
    const shown = async (selector: string): Promise<number> =>
      page.locator(selector).filter({ visible: true }).count();
    expect([
      await shown("figure img"),
      await shown(".plot"),
      await shown("details.code"),
      await shown("nav"),
    ]).toEqual([3, 0, 0, 0]);
    await page.evaluate("document.querySelector('#show-code').click()");
    expect(await shown("details.code pre")).toBe(6);
  });
});

describe("accessible", () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe);
    const { violations: found } = await probe<AxeResults>(page, "axe.run()");
    return found.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ""}`),
    );
  }

  test.each([
    ["in the dark", { width: 1280, colorScheme: "dark" }],
    ["on a telephone", { width: 390, colorScheme: "light" }],
  ] as const)("axe finds nothing in any kind of output %s, with all code open", async (_, options) => {
    const { page } = await openFile(browser, await save("outputs.html", await build("outputs")), options);
    await page.waitForSelector(drawn);
    await page.click("#show-code");
    expect(await violations(page)).toEqual([]);
  });

  test("axe finds nothing in a report of several notebooks, and sees what is wrong elsewhere", async () => {
    const { page } = await openFile(browser, await save("two.html", await build("outputs", "sample")));
    await page.waitForSelector(drawn);
    expect(await violations(page)).toEqual([]);
    const text = await build("outputs");
    const broken = text.replace('<html lang="en">', "<html>").replaceAll(/ alt="[^"]*"/g, "");
    const { page: other } = await openFile(browser, await save("broken.html", broken));
    const found = new Set((await violations(other)).map((line) => line.split(":")[0]));
    expect([...found]).toEqual(expect.arrayContaining(["html-has-lang", "image-alt"]));
  });

  test("the keyboard reaches the text first, and headings are in order", async () => {
    const { page } = await openFile(browser, report);
    await page.keyboard.press("Tab");
    expect(await probe(page, "document.activeElement.textContent")).toBe("Skip to the text");
    await page.keyboard.press("Enter");
    expect(await probe(page, "document.activeElement.tagName")).toBe("MAIN");
    const levels = await probe(
      page,
      `[...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((h) => h.tagName)`,
    );
    expect(levels).toEqual(["H1", "H2", "H2", "H3", "H2"]);
  });
});

describe("hostile notebooks", () => {
  test("run nothing and load nothing, even without the policy in the head", async () => {
    const text = await build("hostile");
    const bare = text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, "");
    expect(bare).not.toBe(text);
    const { page, requests, complaints } = await openFile(browser, await save("hostile.html", bare));
    // a click on every link, and the time for a handler to act
    await page.evaluate(
      `document.querySelectorAll("main a").forEach((link) => link.dispatchEvent(new Event("click")))`,
    );
    await page.waitForTimeout(300);
    const findings = await probe(page, traces);
    expect(findings).toEqual({ hacked: false, handlers: [], schemes: [], elements: 0, sources: [] });
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test("the policy stops a script that would have come through", async () => {
    const text = (await build("sample")).replace("</main>", "<script>globalThis.hacked = 1</script></main>");
    const { page } = await openFile(browser, await save("injected.html", text));
    await page.waitForSelector(drawn);
    expect(await probe(page, `"hacked" in globalThis`)).toBe(false);
  });
});
