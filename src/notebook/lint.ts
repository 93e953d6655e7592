/** What every notebook of the workbook keeps to, beyond being readable: see {@link lintNotebooks}. */
import { InputError } from "../error.js";
import { readIpynb } from "./format/ipynb.js";
import { readMyst } from "./format/mystRead.js";
import { kernelspec, sameJson, toJson, type Cell, type Notebook } from "./format/notebook.js";
import { checkFormulas } from "./formulas.js";
import type { Pair } from "./pair.js";
import { typecheckNotebooks } from "./typecheck.js";

/** One complaint, ready for people: `where` is file, line of the .md, cell and line in it. */
export interface LintProblem {
  readonly where: string;
  readonly message: string;
}

/** A notebook with what messages need. */
interface Source {
  readonly file: string;
  readonly absolute: string;
  readonly notebook: Notebook;
  /** For a .md, the line of the file on which each cell's source starts. */
  readonly lines: readonly number[] | undefined;
}

/**
 * Checks that each notebook names our kernel and its language; that no code cell holds a line
 * `// %%` (jupytext and VS Code split cells there); that KaTeX typesets every formula in its
 * strictest mode; that the code type-checks as strictly as `src/`; and that the .ipynb has no
 * outputs. Text is judged in the .md, or, where there is none, in the .ipynb.
 * @throws InputError if a file cannot be read as a notebook at all (its ids, for instance, clash)
 */
export function lintNotebooks(pairs: readonly Pair[]): readonly LintProblem[] {
  const sources = pairs.map(readSource);
  const typeProblems = typecheckNotebooks(
    sources.map(({ absolute, notebook }) => ({ file: absolute, notebook })),
  );
  return pairs.flatMap((pair, i) => {
    const source = sources[i];
    if (source === undefined) return [];
    const types = (typeProblems[i] ?? []).map(({ cell, line, column, message }) => ({
      where: place(source, cell, line, column),
      message,
    }));
    return [...lintText(source), ...types, ...lintOutputs(pair)];
  });
}

function readSource(pair: Pair): Source {
  if (pair.md !== undefined) {
    const notebook = readMyst(pair.md, `${pair.name}.md`);
    return { file: `${pair.name}.md`, absolute: `${pair.stem}.md`, notebook, lines: notebook.lines };
  }
  const file = `${pair.name}.ipynb`;
  if (pair.ipynb === undefined) throw new InputError(file, "a file that exists", "Check the path.");
  return { file, absolute: `${pair.stem}.ipynb`, notebook: readIpynb(pair.ipynb, file), lines: undefined };
}

/** `notebooks/01.md:57:3: cell 7 (closed-form), line 3`; without a .md the line of the file is left out. */
function place({ file, notebook, lines }: Source, index: number, line: number, column?: number): string {
  const start = lines?.[index];
  const inFile =
    start === undefined ? file : `${file}:${start + line - 1}${column === undefined ? "" : `:${column}`}`;
  return `${inFile}: cell ${index + 1} (${notebook.cells[index]?.id ?? ""}), line ${line}`;
}

function lintText(source: Source): readonly LintProblem[] {
  const spec = source.notebook.metadata["kernelspec"] ?? null;
  const kernel = sameJson(toJson(spec, "kernelspec"), toJson(kernelspec, "kernelspec"))
    ? []
    : [
        {
          where: source.file,
          message: `kernelspec is ${JSON.stringify(spec)}: expected ${JSON.stringify(kernelspec)}`,
        },
      ];
  return [...kernel, ...source.notebook.cells.flatMap((cell, i) => lintCell(cell, i, source))];
}

function lintCell(cell: Cell, index: number, source: Source): readonly LintProblem[] {
  if (cell.type === "markdown") {
    return checkFormulas(cell.source).map(({ line, message }) => ({
      where: place(source, index, line),
      message,
    }));
  }
  if (cell.type === "raw") return [];
  return cell.source.split("\n").flatMap((text, i) =>
    /^\s*\/\/ ?%%/.test(text)
      ? [
          {
            where: place(source, index, i + 1),
            message: "a line // %% splits the cell in jupytext and VS Code",
          },
        ]
      : [],
  );
}

function lintOutputs({ name, ipynb }: Pair): readonly LintProblem[] {
  if (ipynb === undefined) return [];
  const file = `${name}.ipynb`;
  const executed = readIpynb(ipynb, file).cells.filter(
    (cell) => cell.type === "code" && (cell.outputs.length > 0 || cell.executionCount !== null),
  );
  return executed.map((cell) => ({
    where: `${file}: cell ${cell.id}`,
    message: "has outputs or an execution count; to remove them: npx workbook sync",
  }));
}
