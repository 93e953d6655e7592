import { readdir } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { inFolder, read, workbook } from "../support/workbook.js";
import { front } from "../support/notebookPieces.js";

const text = `${front}
# Title

\`\`\`{code-cell} typescript
const a = 1;
\`\`\`
`;

describe("workbook sync", () => {
  test("makes the missing half, then finds both equal; README.md is no notebook", async () => {
    await inFolder({ "notebooks/01.md": text, "notebooks/README.md": "# Read me" }, async (folder) => {
      expect(await workbook(folder, "sync", "--check")).toEqual({
        status: 1,
        out: "differs: notebooks/01: .ipynb to be made from .md\n1 of 1 notebook to be changed. To mend them: npx workbook sync\n",
        err: "",
      });
      expect(await readdir(`${folder}/notebooks`)).toEqual(["01.md", "README.md"]);
      expect(await workbook(folder, "sync")).toEqual({
        status: 0,
        out: "notebooks/01: .ipynb made from .md\n",
        err: "",
      });
      expect(await workbook(folder, "sync", "--check")).toEqual({
        status: 0,
        out: "1 notebook: .md and .ipynb are equal\n",
        err: "",
      });
    });
  });

  test("takes any of the names of a notebook, once", async () => {
    await inFolder({ "a.md": text }, async (folder) => {
      const { out } = await workbook(folder, "sync", "a", "a.md", `${folder}/a.ipynb`);
      expect(out).toBe("a: .ipynb made from .md\n");
    });
  });

  test("refuses a conflict, touches neither half, and still syncs the others", async () => {
    await inFolder({ "notebooks/01.md": text, "notebooks/02.md": text }, async (folder) => {
      await workbook(folder, "sync", "notebooks/01");
      const ipynb = (await read(folder, "notebooks/01.ipynb")).replace("const a = 1", "const a = 3");
      const md = text.replace("const a = 1", "const a = 2");
      await inFolder({ "n.md": md, "n.ipynb": ipynb, "o.md": text }, async (inner) => {
        expect(await workbook(inner, "sync", "n", "o")).toEqual({
          status: 1,
          out: "o: .ipynb made from .md\n",
          err: "workbook sync: n.md and n.ipynb were both edited since the last sync: expected at most one of them to have changed. Keep one and overwrite the other: workbook sync --from md n (or --from ipynb).\n",
        });
        expect([await read(inner, "n.md"), await read(inner, "n.ipynb")]).toEqual([md, ipynb]);
        const { status } = await workbook(inner, "sync", "--from", "ipynb", "n");
        expect([status, await read(inner, "n.md")]).toEqual([
          0,
          text.replace("= 1", "= 3").replace("const", ":id: const-a-1\n\nconst"),
        ]);
      });
    });
  });

  test("refuses what is not there and what it does not know", async () => {
    await inFolder({}, async (folder) => {
      expect(await workbook(folder, "sync", "n.md")).toEqual({
        status: 2,
        out: "",
        err: "workbook sync: n: neither n.md nor n.ipynb exists: expected a notebook. Check the path.\n",
      });
      expect(await workbook(folder, "sync", "--from", "html")).toEqual({
        status: 2,
        out: "",
        err: "workbook sync: --from html: expected md or ipynb. Name the half that is right.\n",
      });
      expect(await workbook(folder, "sync")).toEqual({
        status: 2,
        out: "",
        err: `workbook sync: ${folder}/notebooks cannot be listed: expected a folder notebooks/ here. Run this in the project's folder, or name the notebooks.\n`,
      });
    });
  });
});
