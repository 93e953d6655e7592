/**
 * HTML that is safe by construction: the tag `safe` escapes every text put into it, and only what
 * it made itself (or what was declared trusted, once, where it is made) goes in as it is. It is not
 * called `html`, since formatters would then add white space to the templates.
 */
export interface Html {
  readonly html: string;
}

type Value = Html | string | number | undefined | readonly Value[];

/** safe`<p title="${text}">${parts}</p>`: texts are escaped, also for attributes in double quotes. */
export function safe(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return trusted(parts.reduce((all, part, i) => all + insert(values[i - 1]) + part));
}

/** Markup from a library whose output is known to be escaped, such as KaTeX. */
export function trusted(markup: string): Html {
  return { html: markup };
}

export const nothing: Html = trusted("");

function insert(value: Value): string {
  if (value === undefined) return "";
  if (typeof value === "string" || typeof value === "number") return escapeText(String(value));
  return "html" in value ? value.html : value.map(insert).join("");
}

function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** JSON inside a script element: no `</script>` and no `<!--` can occur in it. */
export function jsonScript(value: unknown): Html {
  return trusted(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
