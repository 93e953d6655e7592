/** Pieces of notebooks, as tests need them again and again. */
import { kernelspec, languageInfo, type Cell, type Notebook } from "../../src/notebook/format/notebook.js";

/** The front matter of every notebook in canonical form. */
export const front = `---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
    format_version: 0.13
kernelspec:
  display_name: TypeScript (Diffusion Workbook)
  language: typescript
  name: diffusion-workbook
---
`;

export const metadata = { kernelspec, language_info: languageInfo };

export const markdown = (id: string, source: string, meta = {}): Cell => ({
  type: "markdown",
  id,
  metadata: meta,
  source,
});

export const code = (id: string, source: string, meta = {}): Cell => ({
  type: "code",
  id,
  metadata: meta,
  source,
  outputs: [],
  executionCount: null,
});

export const notebook = (...cells: Cell[]): Notebook => ({ metadata, cells });
