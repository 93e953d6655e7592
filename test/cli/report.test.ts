import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { inFolder, read, workbook } from "../support/workbook.js";

const notebook = (title: string): string =>
  JSON.stringify({
    cells: [{ cell_type: "markdown", id: "a", metadata: {}, source: `# ${title}` }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

describe("workbook report", () => {
  test("takes all of out/ in order and writes out/report.html", async () => {
    const files = { "out/02.ipynb": notebook("Two"), "out/01.ipynb": notebook("One"), "out/x.json": "{}" };
    await inFolder(files, async (folder) => {
      const { status, out, err } = await workbook(folder, "report");
      expect([status, err]).toEqual([0, ""]);
      expect(out).toMatch(/^out\/report\.html: 2 notebooks, 0\.\d\d MB\n$/);
      const text = await read(folder, "out/report.html");
      expect([...text.matchAll(/<h[12][^>]*>([^<]*)/g)].map(([, title]) => title)).toEqual([
        "Diffusion workbook",
        "One",
        "Two",
      ]);
    });
  });

  test("makes the folder it is to write to, and takes a title", async () => {
    await inFolder({ "a.ipynb": notebook("A"), "b.ipynb": notebook("B") }, async (folder) => {
      await workbook(folder, "report", "a.ipynb", "b.ipynb", "--out", "new/deep/r.html", "--title", "T");
      expect(await read(folder, "new/deep/r.html")).toContain("<title>T</title>");
    });
  });

  test("takes pictures beside the notebook, and none from outside the project", async () => {
    const text = notebook("A ![in](in.png) ![out](../secret.png)");
    await inFolder({ "p/a.ipynb": text, "p/in.png": "in", "secret.png": "out" }, async (folder) => {
      await workbook(`${folder}/p`, "report", "a.ipynb", "--out", "r.html");
      const report = await read(folder, "p/r.html");
      expect(report).toContain(`src="data:image/png;base64,${Buffer.from("in").toString("base64")}"`);
      expect(report).toContain("[picture not included: out]");
    });
  });

  test.each([
    [
      "a file that is not there",
      ["missing.ipynb"],
      "missing.ipynb does not exist: expected an executed notebook. Check the path.",
    ],
    [
      "a file that is no notebook",
      ["list.ipynb"],
      "list.ipynb: expected an object with nbformat, metadata and cells. This is not a Jupyter notebook, or it is damaged.",
    ],
    [
      "nothing to report",
      [],
      "FOLDER/out: no .ipynb: expected executed notebooks. Run `npx workbook run` first, or name notebooks.",
    ],
    [
      "a folder that cannot be made",
      ["a.ipynb", "--out", "list.ipynb/r.html"],
      "FOLDER/list.ipynb cannot be made: expected a folder that may be written to. Choose another --out.",
    ],
  ])("refuses %s", async (_, args, message) => {
    await inFolder({ "list.ipynb": "[]", "a.ipynb": notebook("A") }, async (folder) => {
      const outcome = await workbook(folder, "report", ...args);
      expect(outcome).toEqual({
        status: 2,
        out: "",
        err: `workbook report: ${message.replace("FOLDER", folder)}\n`,
      });
    });
  });

  test("leaves an earlier report as it was when it cannot write, and no rubbish beside it", async () => {
    await inFolder({ "a.ipynb": notebook("A"), "out/report.html": "earlier" }, async (folder) => {
      // the name is taken by a folder, which no file can replace, whoever runs the test
      await mkdir(`${folder}/taken/r.html`, { recursive: true });
      await writeFile(`${folder}/taken/r.html/keep`, "");
      const { status, err } = await workbook(folder, "report", "a.ipynb", "--out", "taken/r.html");
      expect(status).toBe(2);
      expect(err).toMatch(
        /^workbook report: cannot write .*\/taken\/r\.html \(EISDIR.*\): expected a file\. Choose another name: a folder stands in its place\. An earlier file of this name is untouched\.\n$/,
      );
      expect(await readdir(`${folder}/taken`)).toEqual(["r.html"]);
      expect(await read(folder, "out/report.html")).toBe("earlier");
      if (process.getuid?.() === 0) return;
      await chmod(`${folder}/out`, 0o500);
      expect((await workbook(folder, "report", "a.ipynb")).status).toBe(2);
      await chmod(`${folder}/out`, 0o700);
      expect(await read(folder, "out/report.html")).toBe("earlier");
    });
  });
});
