/** Code in colour: the text is coloured when the report is built, with classes that the style sheet fills. */
import { createCssVariablesTheme, createHighlighter } from "shiki";
import { safe, type Html } from "../typeset/html.js";

const languages = ["typescript", "javascript", "json", "python", "shellscript", "latex", "yaml"] as const;
/** The names that code blocks in Markdown use. */
const aliases = new Map<string, (typeof languages)[number]>([
  ["bash", "shellscript"],
  ["js", "javascript"],
  ["py", "python"],
  ["sh", "shellscript"],
  ["tex", "latex"],
  ["ts", "typescript"],
  ["yml", "yaml"],
]);
const theme = createCssVariablesTheme({ name: "workbook", variablePrefix: "--" });

/** Colours code of a named language; unknown languages stay plain. */
export type Highlight = (code: string, language: string) => Html;

/** Grammars take a tenth of a second to load and do not change, so all reports of a process share them. */
let loaded: ReturnType<typeof createHighlighter> | undefined;

export async function createHighlight(): Promise<Highlight> {
  loaded ??= createHighlighter({ themes: [theme], langs: [...languages] });
  const highlighter = await loaded;
  return (code, language) => {
    const known = aliases.get(language) ?? languages.find((one) => one === language);
    if (known === undefined) return safe`${code}`;
    const lines = highlighter.codeToTokensBase(code, { lang: known, theme });
    return safe`${lines.flatMap((tokens, i) => [
      ...(i === 0 ? [] : ["\n"]),
      ...tokens.map(({ content, color }) => {
        // var(--token-string-expression) becomes the class t-string-expression
        const kind = /--token-([\w-]+)/.exec(color ?? "")?.[1];
        return kind === undefined ? content : safe`<span class="t-${kind}">${content}</span>`;
      }),
    ])}`;
  };
}
