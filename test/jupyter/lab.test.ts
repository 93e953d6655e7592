/**
 * JupyterLab itself, in a browser: one session with the kernel, as a user has it. Pictures of its stages are
 * left in out/jupyter/lab.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";
import { kernelSpec } from "../../src/kernel/install.js";
import { derivationBundle } from "../../src/notebook/derivationBundle.js";
import { checkLines } from "../../src/notebook/derive.js";
import { writeIpynb } from "../../src/notebook/format/ipynb.js";
import { packageRoot } from "../../src/notebook/root.js";
import { openBrowser } from "../support/browser.js";
import { code, notebook } from "../support/notebookPieces.js";
import { openHome, type JupyterHome } from "./home.js";
import {
  cells,
  choose,
  ended,
  idle,
  openLabPage,
  output,
  photograph,
  prompt,
  run,
  start,
  write,
  type LabPage,
} from "./notebookPage.js";
import { openLab } from "./server.js";

const pictures = join(packageRoot, "out", "jupyter", "lab");
const displayName = kernelSpec().display_name;

let home: JupyterHome;
let lab: LabPage;
/** Ends what has been started, last first, also where the rest could not be started. */
const closers: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  rmSync(pictures, { recursive: true, force: true });
  mkdirSync(pictures, { recursive: true });
  home = openHome();
  closers.unshift(home.close);
  for (const [name, sources] of Object.entries(files)) {
    const whole = notebook(...sources.map((source, index) => code(`cell-${index}`, source)));
    writeFileSync(join(home.notebooks, name), writeIpynb(whole));
  }
  writeFileSync(join(home.notebooks, "untrusted.ipynb"), foreignNotebook());
  const browser = await openBrowser();
  closers.unshift(() => browser.close());
  const server = await openLab(home);
  closers.unshift(server.close);
  lab = await openLabPage(browser, server.url);
  await photograph(lab, pictures, "launcher");
  await lab.page.locator(`.jp-LauncherCard[data-category="Notebook"][title="${displayName}"]`).click();
  await idle(lab);
});
afterEach(async ({ task }) => {
  if (task.result?.state === "fail")
    await photograph(lab, pictures, `failed: ${task.name.replaceAll("/", "-")}`);
});
afterAll(async () => {
  for (const close of closers) await close();
});

/** What `derive` shows, as the file of a notebook that comes from elsewhere. */
function foreignNotebook(): string {
  const lines = [{ latex: String.raw`x_t = \sqrt{\alpha_t}\,x_{t-1} + \sqrt{1-\alpha_t}\,z_t` }];
  const data = derivationBundle(checkLines(checkStatements, lines, {}));
  const output = { output_type: "display_data", data, metadata: {} };
  const text = writeIpynb(notebook(code("cell-0", "derive(…)")));
  return text.replace('"outputs": []', () => `"outputs": [${JSON.stringify(output)}]`);
}

/** Notebooks that are there before JupyterLab starts. */
const files = {
  "whole.ipynb": [
    `import { linearSchedule } from "diffusion-workbook";\nconst { T } = linearSchedule({ T: 100 });`,
    `for (let i = 0; i < 3; i++) console.log(\`step \${i} of \${T}\`);`,
    "T * 2",
  ],
  "stops.ipynb": [
    `"first"`,
    `function half(x: number): number {\n  throw new RangeError("on purpose");\n}\nhalf(3)`,
    `"never"`,
  ],
};

/** What an <img> is in a browser, whose types are not those of this project. */
interface Picture {
  readonly decode: () => Promise<void>;
  readonly naturalWidth: number;
  readonly alt: string;
}

async function chooseTheme(name: string): Promise<void> {
  const { page } = lab;
  await page.locator(".lm-MenuBar-itemLabel", { hasText: /^Settings$/ }).click();
  await page.locator(".lm-Menu-itemLabel", { hasText: /^Theme$/ }).hover();
  await page.locator(".lm-Menu-itemLabel", { hasText: new RegExp(`^${name}$`) }).click();
  await page.locator(`body[data-jp-theme-name="${name}"]`).waitFor({ state: "attached" });
  await page.locator("#jupyterlab-splash").waitFor({ state: "detached" });
}

async function openFile(name: string): Promise<void> {
  await lab.page.locator(".jp-DirListing-item", { hasText: name }).dblclick();
  await lab.page.locator(".jp-NotebookPanel:visible", { has: lab.page.locator(".jp-Notebook") }).waitFor();
  await lab.page.locator(".lm-TabBar-tab.lm-mod-current", { hasText: name }).waitFor();
  await idle(lab);
}

test("a cell that is typed and run with Shift+Enter shows its number and its result", async () => {
  await cells(lab).first().locator('.cm-content[data-language="typescript"]').click();
  await lab.page.keyboard.type("const answer: number = 6 * 7; answer");
  await start(lab);
  const cell = cells(lab).first();
  await ended(cell);
  expect(await prompt(cell)).toBe("[1]:");
  expect(await output(cell)).toBe("42");
  await photograph(lab, pictures, "result");
});

describe("what a cell shows", () => {
  test("a figure: a picture that has loaded, with its alternative text", async () => {
    const cell = await run(
      lab,
      `import { linearSchedule, posteriorVarianceCurves, show } from "diffusion-workbook";\n` +
        `show(posteriorVarianceCurves(linearSchedule({ T: 1000 })));`,
    );
    const image = cell.locator(".jp-OutputArea-output img");
    await image.waitFor();
    const { naturalWidth, alt } = await image.evaluate(async (element) => {
      const picture = element as unknown as Picture;
      await picture.decode();
      return { naturalWidth: picture.naturalWidth, alt: picture.alt };
    });
    expect(naturalWidth).toBeGreaterThan(400);
    expect(alt).toMatch(/^\w.{40,}/);
    const box = await image.boundingBox();
    expect(box?.width).toBeGreaterThan(400);
    await photograph(lab, pictures, "figure");
  });

  test("an equation and a derivation, typeset, with a verdict on each line", async () => {
    const equation = await run(
      lab,
      `import { derive, tex } from "diffusion-workbook";\n` +
        "show(tex`$$\\tilde\\beta_t = \\frac{1-\\bar\\alpha_{t-1}}{1-\\bar\\alpha_t}\\,\\beta_t$$`);",
    );
    await equation.locator("mjx-container mjx-mfrac").first().waitFor();
    const derivation = await run(
      lab,
      "derive('The posterior variance', [\n" +
        "  { latex: tex`\\tilde\\beta_t = 1 \\Big/ \\left(\\frac{\\alpha_t}{\\beta_t} + \\frac{1}{1-\\bar\\alpha_{t-1}}\\right)`, because: 'completing the square' },\n" +
        "  { latex: tex`= \\frac{1-\\bar\\alpha_{t-1}}{1-\\bar\\alpha_t}\\,\\beta_t`, because: 'one denominator' },\n]);",
    );
    await derivation.locator("table .katex-html").nth(1).waitFor();
    // The source of the formulas is for notebooks that are not trusted.
    expect(await derivation.locator(".source:visible").count()).toBe(0);
    const fonts = await lab.page.evaluate<string[]>(
      "[...document.fonts].filter(({ family }) => /^F\\w+_/.test(family)).map(({ family, status }) => family.replace(/^\\w+_/, '') + ' ' + status)",
    );
    expect(fonts).toEqual(expect.arrayContaining(["Math loaded", "Main loaded", "Size3 loaded"]));
    const verdicts = await derivation.locator("tbody tr td:last-child").allInnerTexts();
    expect(verdicts).toEqual([expect.stringMatching(/defines|holds/), expect.stringContaining("holds")]);
    await photograph(lab, pictures, "derivation");
    await chooseTheme("JupyterLab Dark");
    await derivation.locator(".summary").scrollIntoViewIfNeeded();
    await photograph(lab, pictures, "derivation-dark");
    await chooseTheme("JupyterLab Light");
  });

  test("a derivation of a notebook that is not trusted, typeset by JupyterLab", async () => {
    const before = lab.page.locator(".lm-TabBar-tab.lm-mod-current .lm-TabBar-tabLabel", {
      hasText: "Untitled",
    });
    await openFile("untrusted.ipynb");
    const shown = cells(lab).first().locator(".jp-OutputArea-output");
    await shown.locator("mjx-container:visible mjx-msqrt").first().waitFor();
    expect(await shown.locator("style, .katex math, svg").count()).toBe(0);
    expect(await shown.locator(".typeset:visible").count()).toBe(0);
    expect(await shown.locator("tbody td:last-child").first().innerText()).toContain("holds (16 worlds");
    await photograph(lab, pictures, "derivation-untrusted");
    await lab.page.locator(".lm-TabBar-tab", { hasText: "Untitled.ipynb" }).click();
    await before.waitFor();
    await idle(lab);
  });

  test("an error with its name, the cell and the author's line", async () => {
    const cell = await run(
      lab,
      `const table = [1, 2];\nconst nothing: number[] | undefined = undefined;\nthrow new TypeError(\`no \${String(nothing)} in \${table.length}\`);`,
    );
    const text = await output(cell);
    const number = (await prompt(cell)).replace(":", "");
    expect(text).toContain("TypeError: no undefined in 2");
    expect(text).toContain(`at cell ${number}, line 3`);
    expect(text).not.toContain("\u001b");
    await photograph(lab, pictures, "error");
  });

  test("clearOutput empties what was shown before", async () => {
    const cell = await run(
      lab,
      `import { clearOutput } from "diffusion-workbook";\nconsole.log("before");\nclearOutput();\nconsole.log("after");`,
    );
    expect(await output(cell)).toBe("after");
  });
});

describe("help while writing", () => {
  for (const before of ["", `const law = "𝔼 of 𝓝"; `]) {
    test(`Tab completes what stands before the cursor${before === "" ? "" : ", after 𝔼"}`, async () => {
      const cell = await write(lab, `${before}Math.c`);
      await lab.page.keyboard.press("Tab");
      const entries = lab.page.locator(".jp-Completer-item");
      await entries.first().waitFor();
      await photograph(lab, pictures, before === "" ? "completion" : "completion-after-wide-characters");
      const labels = await entries.locator(".jp-Completer-match").allInnerTexts();
      // JupyterLab puts inexact matches below them.
      expect(labels.slice(0, 5)).toEqual(["cbrt", "ceil", "clz32", "cos", "cosh"]);
      await entries.locator(".jp-Completer-match", { hasText: /^ceil$/ }).click();
      await cell.locator(".cm-content", { hasText: /^.*Math\.ceil$/ }).waitFor();
      expect(await cell.locator(".cm-content").innerText()).toBe(`${before}Math.ceil`);
      await lab.page.keyboard.insertText("(1.5)");
      await start(lab);
      await ended(cell);
      expect(await output(cell)).toBe("2");
    });

    test(`Shift+Tab tells the signature${before === "" ? "" : ", after 𝔼"}`, async () => {
      const cell = await write(lab, `${before === "" ? "" : `"𝔼 of 𝓝"; `}Math.hypot`);
      await lab.page.keyboard.press("Shift+Tab");
      const tooltip = lab.page.locator(".jp-Tooltip");
      await tooltip.waitFor();
      expect(await tooltip.innerText()).toContain("hypot(...values: number[]): number");
      await photograph(lab, pictures, before === "" ? "inspection" : "inspection-after-wide-characters");
      await lab.page.keyboard.press("Escape");
      await tooltip.waitFor({ state: "detached" });
      await cell.locator(".cm-content").click();
      await lab.page.keyboard.press("End");
      await lab.page.keyboard.insertText("(3, 4)");
      await start(lab);
      await ended(cell);
      expect(await output(cell)).toBe("5");
    });
  }
});

test("prompt shows an input box and returns what was typed", async () => {
  const cell = await write(lab, `const name: string | null = prompt("Name? "); \`Hello, \${name}\``);
  await start(lab);
  const box = cell.locator("input.jp-Stdin-input");
  await box.waitFor();
  expect(await cell.locator(".jp-Stdin-prompt").innerText()).toBe("Name? ");
  await photograph(lab, pictures, "input");
  await box.fill("Ada 𝔼");
  await box.press("Enter");
  await ended(cell);
  expect(await output(cell)).toContain("'Hello, Ada 𝔼'");
});

describe("the kernel's state", () => {
  test("the stop button ends a loop within seconds and keeps the variables", async () => {
    await run(lab, "let rounds = 0;");
    const cell = await write(lab, "while (true) { rounds += 1; }");
    await start(lab);
    await cell.locator(".jp-InputArea-prompt", { hasText: "[*]:" }).waitFor();
    await lab.notebook.locator('.jp-Notebook-ExecutionIndicator[data-status="busy"]').waitFor();
    await photograph(lab, pictures, "busy");
    const begin = Date.now();
    await lab.notebook.locator('jp-button[data-command="notebook:interrupt-kernel"]').click();
    await ended(cell);
    expect(Date.now() - begin).toBeLessThan(3000);
    expect(await output(cell)).toMatch(/Interrupted/);
    await photograph(lab, pictures, "interrupted");
    expect(await output(await run(lab, "rounds > 0"))).toBe("true");
  });

  test("a restart forgets them and counts from one", async () => {
    await run(lab, "const kept = 7; kept");
    await choose(lab, "Kernel", "Restart Kernel…");
    await photograph(lab, pictures, "restart");
    await lab.page.locator(".jp-Dialog .jp-mod-accept").click();
    await lab.page.locator(".jp-Dialog").waitFor({ state: "detached" });
    const cell = await run(lab, "typeof kept");
    expect(await prompt(cell)).toBe("[1]:");
    expect(await output(cell)).toMatch(/Cannot find name 'kept'|'undefined'/);
  });
});

describe("Run All", () => {
  test("runs every cell of a notebook in order", async () => {
    await openFile("whole.ipynb");
    await choose(lab, "Run", "Run All Cells");
    await ended(cells(lab).nth(2));
    expect(await Promise.all((await cells(lab).all()).map(prompt))).toEqual(["[1]:", "[2]:", "[3]:"]);
    expect(await Promise.all((await cells(lab).all()).map(output))).toEqual([
      "",
      "step 0 of 100\nstep 1 of 100\nstep 2 of 100",
      "200",
    ]);
    await photograph(lab, pictures, "run-all");
  });

  test("stops at a cell that fails, whose traceback names cell and line", async () => {
    await openFile("stops.ipynb");
    await choose(lab, "Run", "Run All Cells");
    await ended(cells(lab).nth(1));
    await idle(lab);
    expect(await Promise.all((await cells(lab).all()).map(prompt))).toEqual(["[1]:", "[2]:", "[ ]:"]);
    const text = await output(cells(lab).nth(1));
    expect(text).toContain("RangeError: on purpose");
    expect(text).toContain("at half, cell [2], line 2");
    expect(text).toContain("at cell [2], line 4");
    expect(await output(cells(lab).nth(2))).toBe("");
    await photograph(lab, pictures, "run-all-stopped");
  });
});

test("nothing was asked of another machine", () => {
  expect(lab.foreign).toEqual([]);
});
