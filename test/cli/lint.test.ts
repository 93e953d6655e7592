import { describe, expect, test } from "vitest";
import { inFolder, read, workbook } from "../support/workbook.js";

const front = `---
kernelspec:
  display_name: TypeScript (Diffusion Workbook)
  language: typescript
  name: diffusion-workbook
---
`;

describe("workbook lint", () => {
  test("says where in the file and in which cell each problem is", async () => {
    const md = `${front}
# Title with $\\nix$

\`\`\`{code-cell} typescript
:tags: [a]

const a: string = 1;
// %% not here
\`\`\`
`;
    await inFolder({ "notebooks/01.md": md }, async (folder) => {
      expect(await workbook(folder, "lint")).toEqual({
        status: 1,
        out: [
          'notebooks/01.md:8: cell 1 (title-with-nix), line 1: Undefined control sequence: \\nix in "\\\\nix"',
          "notebooks/01.md:14: cell 2 (const-a-string-1), line 2: a line // %% splits the cell in jupytext and VS Code",
          "notebooks/01.md:13:7: cell 2 (const-a-string-1), line 1: TS2322: Type 'number' is not assignable to type 'string'.",
          "1 notebook, 3 wrong\n",
        ].join("\n"),
        err: "",
      });
    });
  });

  test("finds a foreign kernel, and outputs in the .ipynb; sync removes these", async () => {
    await inFolder(
      { "n.md": `${front}\n\`\`\`{code-cell} typescript\nconst a = 1;\n\`\`\`\n` },
      async (folder) => {
        await workbook(folder, "sync", "n");
        const executed = (await read(folder, "n.ipynb"))
          .replace('"execution_count": null', '"execution_count": 1')
          .replace('"name": "diffusion-workbook"', '"name": "tslab"');
        await inFolder({ "n.ipynb": executed }, async (inner) => {
          expect(await workbook(inner, "lint", "n")).toEqual({
            status: 1,
            out: [
              'n.ipynb: kernelspec is {"display_name":"TypeScript (Diffusion Workbook)","language":"typescript","name":"tslab"}: expected {"display_name":"TypeScript (Diffusion Workbook)","language":"typescript","name":"diffusion-workbook"}',
              "n.ipynb: cell const-a-1: has outputs or an execution count; to remove them: npx workbook sync",
              "1 notebook, 2 wrong\n",
            ].join("\n"),
            err: "",
          });
        });
        expect(await workbook(folder, "lint", "n")).toEqual({
          status: 0,
          out: "1 notebook, nothing wrong\n",
          err: "",
        });
      },
    );
  });

  test("refuses a file that is no notebook", async () => {
    await inFolder({ "n.md": "# Title\n" }, async (folder) => {
      expect(await workbook(folder, "lint", "n")).toEqual({
        status: 2,
        out: "",
        err: 'workbook lint: n.md:1: "# Title": expected front matter: a line ---, the notebook\'s metadata as YAML, a line ---. Copy it from another notebook.\n',
      });
    });
  });
});
