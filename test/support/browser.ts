import { pathToFileURL } from "node:url";
import { chromium, type Browser, type Page } from "playwright-core";
import { findBrowser } from "../../setup/browser.mjs";

/** A browser without network habits of its own. @throws if this machine has none, saying how to get one */
export async function openBrowser(): Promise<Browser> {
  const { env, platform } = process;
  const executablePath = findBrowser({ env, platform });
  if (executablePath === undefined) {
    throw new Error(
      "No Chromium or Chrome found. Install one (Debian and Ubuntu: sudo apt-get install chromium; " +
        "macOS: brew install --cask chromium), or say where it is: WORKBOOK_CHROMIUM=/path/to/chromium npm test",
    );
  }
  const quiet = "background-networking component-update sync gpu quic"
    .split(" ")
    .map((name) => `--disable-${name}`);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--no-first-run", ...quiet] });
}

/** A page that shows a file, and everything it asked for, wrote to the console or threw. */
export interface OpenPage {
  readonly page: Page;
  /** Addresses asked for besides the file itself and what the page made in memory (blob:). */
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly colorScheme?: "light" | "dark";
  readonly javaScriptEnabled?: boolean;
}

export async function openFile(browser: Browser, file: string, options: PageOptions = {}): Promise<OpenPage> {
  const { width = 1280, ...rest } = options;
  const isPhone = width < 600;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    hasTouch: isPhone,
    isMobile: isPhone,
    offline: true,
    ...rest,
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  const url = pathToFileURL(file).href;
  page.on("request", (request) => {
    if (request.url() !== url && !request.url().startsWith("blob:")) requests.push(request.url());
  });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, requests, complaints };
}
