/** Takes pictures of HTML pages with a headless Chromium, which is on developers' machines only. */
import { existsSync } from "node:fs";
import { InputError } from "../error.js";

export interface Photograph {
  readonly png: Uint8Array;
  /** Size in CSS pixels; the PNG has twice as many of its own. */
  readonly width: number;
  readonly height: number;
}

/** The few parts of playwright-core in use; the package itself is a development dependency. */
interface Playwright {
  readonly chromium: { readonly launch: (options: object) => Promise<Browser> };
}
interface Browser {
  readonly newPage: (options: object) => Promise<Page>;
  readonly close: () => Promise<void>;
}
interface Page {
  readonly route: (
    url: string,
    handler: (route: { abort: () => Promise<void> }) => Promise<void>,
  ) => Promise<void>;
  readonly setContent: (html: string) => Promise<void>;
  readonly evaluate: (expression: string) => Promise<unknown>;
  readonly locator: (selector: string) => Locator;
}
interface Locator {
  readonly boundingBox: () => Promise<{ width: number; height: number } | null>;
  readonly screenshot: (options: object) => Promise<Uint8Array>;
}

const remedy =
  "Install Chromium or Chrome and name it in WORKBOOK_CHROMIUM, or leave this figure out with --only.";

/** Where the usual packages put the browser. */
const usualPlaces = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** No sandbox: containers lack the rights for it, and the pages are ours. The rest keeps the browser quiet. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-sync",
  "--no-first-run",
];

/**
 * Draws one element of a page. The page gets no network.
 * @param selector the element, e.g. `#derivation`
 * @throws InputError if there is no browser, or playwright-core is not installed
 */
export async function photograph(
  html: string,
  selector: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Photograph> {
  const { chromium } = await loadPlaywright();
  const browser = await chromium.launch({ executablePath: findBrowser(env), args: flags });
  try {
    const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, deviceScaleFactor: 2 });
    await page.route("**/*", (route) => route.abort());
    await page.setContent(html);
    await page.evaluate("document.fonts.ready.then(() => undefined)");
    const element = page.locator(selector);
    const box = await element.boundingBox();
    if (box === null) throw new Error(`the page has no visible element ${selector}`);
    return {
      png: await element.screenshot({ animations: "disabled" }),
      width: box.width,
      height: box.height,
    };
  } finally {
    await browser.close();
  }
}

async function loadPlaywright(): Promise<Playwright> {
  // Not a literal, so that neither compiler nor bundler takes it for a dependency of the product.
  const name: string = "playwright-core";
  try {
    return (await import(name)) as Playwright;
  } catch (cause) {
    throw new InputError("playwright-core", "the package to be installed", "Run npm install.", { cause });
  }
}

function findBrowser(env: Readonly<Record<string, string | undefined>>): string {
  const named = env["WORKBOOK_CHROMIUM"];
  if (named !== undefined && !existsSync(named)) {
    throw new InputError(`WORKBOOK_CHROMIUM = ${named}`, "the path of a browser", remedy);
  }
  const found = named ?? usualPlaces.find((place) => existsSync(place));
  if (found === undefined) throw new InputError("no browser found", "Chromium or Chrome", remedy);
  return found;
}
