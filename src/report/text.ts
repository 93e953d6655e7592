/** Text outputs: streams, values and errors, as a terminal would have shown them in the end. */
import { stripVTControlCharacters } from "node:util";
import type { Output } from "../notebook/format/notebook.js";
import { safe, nothing, type Html } from "../typeset/html.js";

/** Without colours, and with `\r` obeyed: a progress line that overwrites itself is its last state. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map(
      (line) =>
        line
          .split("\r")
          .filter((part) => part !== "")
          .at(-1) ?? "",
    )
    .join("\n")
    .replace(/\n+$/, "");
}

export function renderStream({ name, text }: Extract<Output, { type: "stream" }>): Html {
  const shown = plainText(text);
  if (shown === "") return nothing;
  const label = name === "stderr" ? safe`<p class="stream-name">standard error</p>` : nothing;
  return safe`${label}<pre class="stream ${name}">${shown}</pre>`;
}

export function renderText(text: string): Html {
  const shown = plainText(text);
  return shown === "" ? nothing : safe`<pre class="value">${shown}</pre>`;
}

export function renderError({ name, message, traceback }: Extract<Output, { type: "error" }>): Html {
  const trace = plainText(traceback.join("\n"));
  const details =
    trace === "" ? nothing : safe`<details><summary>Where it happened</summary><pre>${trace}</pre></details>`;
  return safe`<div class="error"><p><strong>${name}</strong>: ${plainText(message)}</p>${details}</div>`;
}
