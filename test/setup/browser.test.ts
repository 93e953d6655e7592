import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findBrowser, provideBrowser } from "../../setup/browser.mjs";
import { type Trial, createTrial } from "./support.js";

/** A machine whose programs are those that the test puts into bin/, and nothing else. */
function machine(osRelease: string): Trial {
  const trial = createTrial();
  const env = { PATH: join(trial.root, "bin") };
  return { ...trial, context: { ...trial.context, platform: "linux", osRelease, env } };
}

const browser = "#!/bin/sh\necho Chromium 140\n";

test("the browser is the first that runs, or the one that is named", () => {
  const { context, root, put } = machine("ID=debian\n");
  expect(findBrowser(context)).toBeUndefined();
  put("bin/google-chrome", browser);
  expect(findBrowser(context)).toBe(join(root, "bin", "google-chrome"));
  // As on Ubuntu, where the package is a note that says to install something else.
  put("bin/chromium-browser", "#!/bin/sh\nexit 1\n");
  expect(findBrowser(context)).toBe(join(root, "bin", "google-chrome"));
  expect(findBrowser({ ...context, env: { ...context.env, WORKBOOK_CHROMIUM: "/my/chrome" } })).toBe(
    "/my/chrome",
  );
});

test("on Debian, with the right to, it is installed by the system's package manager", async () => {
  const { context, root, put, written } = machine("ID=debian\n");
  put("bin/sudo", '#!/bin/sh\nshift\nexec "$@"\n');
  put("bin/true", "#!/bin/sh\n");
  const chromium = join(root, "bin", "chromium");
  put(
    "bin/apt-get",
    `#!/bin/sh\necho "$@" >>${root}/calls\n[ "$1" = install ] || exit 0\n` +
      `printf '#!/bin/sh\\necho Chromium 140\\n' >${chromium}\n/bin/chmod +x ${chromium}\n`,
  );
  expect(await provideBrowser(context)).toBe(chromium);
  expect(readFileSync(join(root, "calls"), "utf8")).toBe(
    "update\ninstall --yes --no-install-recommends chromium\n",
  );
  expect(written()).toBe(`✓ browser for the tests T s  ${chromium}\n`);
});

test("elsewhere it says what to install, and stops nothing", async () => {
  const { context, written } = machine("ID=fedora\n");
  expect(await provideBrowser(context)).toBeUndefined();
  expect(written()).toBe(
    "✗ browser for the tests T s  failed\n" +
      "  What failed: no Chromium or Chrome was found.\n" +
      "  To mend it: sudo dnf install chromium, then npm test\n",
  );
});
