import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { removeStamp, staleness, writeStamp } from "../../setup/stamp.mjs";
import { createTrial } from "./support.js";

test("a stamp tells which inputs changed, in words", () => {
  const stamp = join(createTrial().root, "product", ".stamp.json");
  expect(staleness(stamp, { lockfile: "1" })).toBe("not finished yet");
  writeStamp(stamp, { lockfile: "1", platform: "linux" });
  expect(staleness(stamp, { lockfile: "1", platform: "linux" })).toBeUndefined();
  expect(staleness(stamp, { lockfile: "2", platform: "mac" })).toBe("changed: lockfile, platform");
  // An input that came or went since counts, too.
  expect(staleness(stamp, { lockfile: "1" })).toBe("changed: platform");
  expect(staleness(stamp, { lockfile: "1", platform: "linux", Node: "20" })).toBe("changed: Node");
  removeStamp(stamp);
  expect(existsSync(stamp)).toBe(false);
});

test.each(["", "{", "null", "3", '{"inputs":null}', "{}"])("a damaged stamp (%j) is none", (content) => {
  const stamp = join(createTrial().root, "stamp.json");
  writeFileSync(stamp, content);
  expect(staleness(stamp, {})).toBe("not finished yet");
});

test("writing leaves nothing beside the stamp", () => {
  const { root } = createTrial();
  writeStamp(join(root, "stamp.json"), {});
  expect(readdirSync(root)).toEqual(["stamp.json"]);
});
