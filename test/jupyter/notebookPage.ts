/** JupyterLab as a user sees it: what a notebook shows, and the few things that are done to it. */
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { kernelSpec } from "../../src/kernel/install.js";

/** Waiting longer than this for anything on the screen means that it does not come. */
const patienceMs = 10_000;

export interface LabPage {
  readonly page: Page;
  /** Addresses of other machines that the page asked for. */
  readonly foreign: readonly string[];
  /** The notebook that is in front. */
  readonly notebook: Locator;
}

export async function openLabPage(browser: Browser, url: string): Promise<LabPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.setDefaultTimeout(patienceMs);
  const foreign: string[] = [];
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(url) && !/^(data|blob):/.test(asked)) foreign.push(asked);
  });
  await page.goto(`${url}/lab`);
  await page.locator(".jp-Launcher").waitFor();
  return { page, foreign, notebook: page.locator(".jp-NotebookPanel").filter({ visible: true }) };
}

/** All cells of the notebook in front. */
export function cells({ notebook }: LabPage): Locator {
  return notebook.locator(".jp-Notebook .jp-CodeCell");
}

/** Pastes a cell's text into the last cell, whatever stood there, and leaves the cursor behind it. */
export async function write(lab: LabPage, source: string): Promise<Locator> {
  const cell = cells(lab).nth((await cells(lab).count()) - 1);
  await cell.locator(".cm-content").click();
  await lab.page.keyboard.press("ControlOrMeta+A");
  await lab.page.keyboard.insertText(source);
  return cell;
}

/** Runs the cell in which the cursor is; a new one below it gets the cursor. */
export async function start(lab: LabPage): Promise<void> {
  const before = await cells(lab).count();
  await lab.page.keyboard.press("Shift+Enter");
  await cells(lab).nth(before).waitFor();
}

/** Writes a cell, runs it and waits for its end. */
export async function run(lab: LabPage, source: string): Promise<Locator> {
  const cell = await write(lab, source);
  await start(lab);
  await ended(cell);
  return cell;
}

/** Waits until the cell bears a number, which it does when it has ended. */
export async function ended(cell: Locator): Promise<void> {
  await cell.locator(".jp-InputArea-prompt", { hasText: /\[\d+\]:/ }).waitFor();
}

/** What stands below the cell, without the numbers before it. */
export async function output(cell: Locator): Promise<string> {
  const texts = await cell.locator(".jp-OutputArea-output").allInnerTexts();
  return texts.map((text) => text.trim()).join("\n");
}

/** The number before the cell: "[3]:", "[*]:" or "[ ]:". */
export async function prompt(cell: Locator): Promise<string> {
  return cell.locator(".jp-InputArea-prompt").innerText();
}

/** Chooses a command of the menu bar. */
export async function choose({ page }: LabPage, menu: string, item: string): Promise<void> {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: new RegExp(`^${menu}$`) }).click();
  await page.locator(".lm-Menu-itemLabel", { hasText: new RegExp(`^${item}$`) }).click();
}

/**
 * Waits until the kernel of the notebook in front is connected and idle. (The circle beside its name is empty
 * before there is a kernel, too.)
 */
export async function idle({ page }: LabPage): Promise<void> {
  await page.locator("#jp-main-statusbar", { hasText: `${kernelSpec().display_name} | Idle` }).waitFor();
}

/** For people: a picture of the whole window. */
export async function photograph({ page }: LabPage, folder: string, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
