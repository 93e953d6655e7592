import { describe, expect, test } from "vitest";
import { readIpynb } from "../../src/notebook/format/ipynb.js";
import type { Pair } from "../../src/notebook/pair.js";
import { planSync, type Half } from "../../src/notebook/sync.js";
import { refusal } from "../support/refusal.js";
import { front } from "../support/notebookPieces.js";

const text = `${front}
# Title

\`\`\`{code-cell} typescript
const a = 1;
\`\`\`
`;
const pair = (md: string | undefined, ipynb: string | undefined): Pair => ({
  name: "n",
  stem: "/x/n",
  md,
  ipynb,
});

/** The texts of both halves after a sync. */
function synced(before: Pair, from?: Half): Pair {
  const plan = planSync(before, from);
  return { ...before, md: plan.md ?? before.md, ipynb: plan.ipynb ?? before.ipynb };
}
const equal = synced(pair(text, undefined));

/** The .ipynb as another program left it. */
function editIpynb(ipynb: string | undefined, edit: (root: Root) => void): string {
  const root = JSON.parse(ipynb ?? "") as Root;
  edit(root);
  return JSON.stringify(root);
}
interface Root {
  metadata: Record<string, unknown>;
  cells: { id?: string; source: string[]; outputs?: unknown[]; execution_count?: number; metadata: object }[];
}
const emptyCell = (): Root["cells"][number] => ({ source: [], metadata: {} });
const editedMd = text.replace("const a = 1", "const a = 2");
const editedIpynb = editIpynb(equal.ipynb, ({ cells }) => (cells[0] ?? emptyCell()).source.push("\n\nMore."));

describe("a missing half is made", () => {
  test("the .ipynb, without outputs and with the hash of the text", () => {
    const plan = planSync(pair(text, undefined));
    expect(plan).toMatchObject({ source: "md", md: undefined, summary: "n: .ipynb made from .md" });
    const { metadata, cells } = readIpynb(plan.ipynb ?? "", "n");
    expect(metadata["diffusion_workbook"]).toEqual({
      // printf of the text above | sha256sum
      source_hash: "sha256:d4efb10d426ad9a3c59eaa50d125f86ba4e43ee52e0511157f981158725af2de",
    });
    expect(cells.map((cell) => cell.id)).toEqual(["title", "const-a-1"]);
  });

  test("the .md", () => {
    expect(planSync(pair(undefined, equal.ipynb))).toEqual({
      source: "ipynb",
      md: text,
      ipynb: undefined,
      summary: "n: .md made from .ipynb",
    });
  });
});

describe("the edited half wins", () => {
  test("nothing happens to equal halves", () => {
    expect(planSync(equal)).toEqual({ source: "both", md: undefined, ipynb: undefined, summary: "n: equal" });
  });

  test("the .md", () => {
    const after = synced({ ...equal, md: editedMd });
    expect(after.md).toBe(editedMd);
    expect(readIpynb(after.ipynb ?? "", "n").cells[1]?.source).toBe("const a = 2;");
    expect(planSync(after).summary).toBe("n: equal");
  });

  test("the .ipynb, whose cell keeps its id although its first words changed", () => {
    const ipynb = editIpynb(equal.ipynb, ({ cells }) =>
      (cells[1] ?? emptyCell()).source.unshift("// First\n"),
    );
    const after = synced({ ...equal, ipynb });
    expect(after.md).toBe(text.replace("const a", ":id: const-a-1\n\n// First\nconst a"));
    expect(planSync(after).summary).toBe("n: equal");
  });

  test("running the .ipynb is no edit; its outputs go, and this is said", () => {
    const ipynb = editIpynb(equal.ipynb, ({ cells, metadata }) => {
      Object.assign(cells[1] ?? {}, {
        outputs: [{ output_type: "stream", name: "stdout", text: "1" }],
        execution_count: 1,
        metadata: { execution: { started: "…" }, scrolled: true },
      });
      metadata["language_info"] = { name: "typescript", version: "5.0.4" };
    });
    expect(planSync({ ...equal, md: editedMd, ipynb })).toMatchObject({ source: "md" });
    const plan = planSync({ ...equal, ipynb });
    expect(plan).toMatchObject({
      md: undefined,
      ipynb: equal.ipynb,
      summary: "n: same text, .ipynb put in order, without outputs of 1 cell",
    });
  });

  test("blank edges and empty cells of Markdown from Jupyter are tidied, and this is said", () => {
    const ipynb = editIpynb(equal.ipynb, ({ cells }) => {
      cells[0]?.source.push("\n", "\n");
      cells.push({ ...emptyCell(), id: "e", ...{ cell_type: "markdown" } });
    });
    expect(planSync({ ...equal, ipynb })).toMatchObject({
      ipynb: equal.ipynb,
      summary:
        "n: same text, .ipynb put in order, without blank edges of 1 cell and 1 cell of empty Markdown",
    });
  });

  test("an unchanged cell keeps the id Jupyter gave it when the .md is edited", () => {
    const ipynb = editIpynb(equal.ipynb, ({ cells }) => Object.assign(cells[1] ?? {}, { id: "6f1e" }));
    const both = synced({ ...equal, ipynb });
    const withoutId = both.md?.replace(":id: 6f1e\n\n", "").replace("# Title", "# Other title");
    expect(synced(pair(withoutId, both.ipynb)).md).toBe(both.md?.replace("# Title", "# Other title"));
  });
});

describe("a conflict is refused", () => {
  const remedy =
    "expected at most one of them to have changed. Keep one and overwrite the other: workbook sync --from md n (or --from ipynb).";

  test("when both were edited", () => {
    expect(refusal(() => planSync({ ...equal, md: editedMd, ipynb: editedIpynb }))).toBe(
      `n.md and n.ipynb were both edited since the last sync: ${remedy}`,
    );
  });

  test("when there is no record of when they were equal", () => {
    const ipynb = editIpynb(editedIpynb, ({ metadata }) => delete metadata["diffusion_workbook"]);
    expect(refusal(() => planSync({ ...equal, ipynb }))).toBe(
      `n.md and n.ipynb differ and were never synced: ${remedy}`,
    );
  });

  test("but not when both were edited alike", () => {
    const ipynb = synced(pair(editedMd, undefined)).ipynb?.replace(/sha256:\w+/, "sha256:0");
    expect(planSync({ ...equal, md: editedMd, ipynb })).toMatchObject({ source: "both", md: undefined });
  });

  test("--from decides it, even if the other half cannot be read", () => {
    expect(synced({ ...equal, md: editedMd, ipynb: editedIpynb }, "md").md).toBe(editedMd);
    expect(synced({ ...equal, md: editedMd, ipynb: editedIpynb }, "ipynb").md).toBe(
      text.replace("# Title", "# Title\n\nMore."),
    );
    expect(synced({ ...equal, md: "no notebook" }, "ipynb")).toEqual(equal);
    expect(synced({ ...equal, ipynb: "{" }, "md")).toEqual(equal);
    expect(refusal(() => planSync(pair(text, undefined), "ipynb"))).toBe(
      "n.ipynb does not exist: expected the file named by --from. Leave --from out.",
    );
  });
});
