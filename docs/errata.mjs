/** Makes docs/errata.md from docs/errata.json: `npm run errata`, after a build. */
import { readFile, writeFile } from "node:fs/promises";
import { errataMarkdown } from "../dist/derivation/errata.js";

const here = (/** @type {string} */ name) => new URL(name, import.meta.url);
const errata = JSON.parse(await readFile(here("errata.json"), "utf8"));
await writeFile(here("errata.md"), errataMarkdown(errata));
