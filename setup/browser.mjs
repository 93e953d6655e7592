/** Chromium, which the tests of the report and of JupyterLab drive; nothing else needs it. */
import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { StepFailure, explain } from "./failure.mjs";
import { logFile } from "./context.mjs";
import { movingLine, resultLine } from "./lines.mjs";
import { ask, clearLog, runLogged } from "./run.mjs";
import { systemOf } from "./steps/prerequisites.mjs";

/** @typedef {import("./context.mjs").Context} Context */

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const onMac = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * The browser's program; undefined if there is none. WORKBOOK_CHROMIUM names another.
 * @param {Pick<Context, "env" | "platform">} system
 * @returns {string | undefined}
 */
export function findBrowser({ env, platform }) {
  const wanted = env["WORKBOOK_CHROMIUM"];
  if (wanted !== undefined && wanted !== "") return wanted;
  const folders = (env["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  // Ubuntu's package chromium-browser is a script that only says to install the snap; one that cannot
  // tell its version is no browser.
  return [...(platform === "darwin" ? onMac : []), ...onPath]
    .filter((file) => existsSync(file))
    .find((file) => ask(file, ["--version"], env) !== undefined);
}

/**
 * Finds the browser, or installs it where the system's package manager may be used without a question.
 * Prints one line. A missing browser stops nothing: the tests that need it will say so.
 * @param {Context} context
 * @returns {Promise<string | undefined>}
 */
export async function provideBrowser(context) {
  const begun = performance.now();
  const present = findBrowser(context);
  if (present !== undefined) {
    context.write(resultLine(true, "browser for the tests", performance.now() - begun, present));
    return present;
  }
  const clear = movingLine(context, "browser for the tests", ".setup/logs/browser.log");
  try {
    const installed = await install(context);
    clear();
    context.write(resultLine(true, "browser for the tests", performance.now() - begun, installed));
    return installed;
  } catch (error) {
    clear();
    if (!(error instanceof StepFailure)) throw error;
    context.write(resultLine(false, "browser for the tests", performance.now() - begun, "failed"));
    context.write(explain(error.details, context.root));
    return undefined;
  }
}

/** @param {Context} context */
async function install(context) {
  const system = systemOf(context);
  const mend = {
    debian: "sudo apt-get install chromium (Ubuntu: sudo snap install chromium), then npm test",
    fedora: "sudo dnf install chromium, then npm test",
    macos: "brew install --cask google-chrome, then npm test",
    other: "install Chromium, or name it: WORKBOOK_CHROMIUM=/path/to/chromium npm test",
  }[system];
  const root = process.getuid?.() === 0;
  const mayInstall = system === "debian" && (root || ask("sudo", ["-n", "true"], context.env) !== undefined);
  if (!mayInstall) throw new StepFailure({ what: "no Chromium or Chrome was found.", mend });
  clearLog(context, "browser");
  const env = { ...context.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", "chromium"]]) {
    const [command, ...rest] = root ? ["apt-get", ...args] : ["sudo", "-n", "apt-get", ...args];
    await runLogged(context, "browser", command ?? "apt-get", rest, { env });
  }
  const browser = findBrowser(context);
  if (browser !== undefined) return browser;
  throw new StepFailure({
    what: "apt-get installed its package chromium, and yet no browser runs.",
    mend,
    log: logFile(context, "browser"),
  });
}
