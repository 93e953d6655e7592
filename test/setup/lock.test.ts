import { existsSync, readFileSync, readdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { identify, withLock } from "../../setup/lock.mjs";
import { createTrial, startProgram } from "./support.js";

/** A program that takes the lock of a folder, says so, and keeps it. */
function holder(root: string, work: string): string {
  return `
    import { withLock } from "./setup/lock.mjs";
    import { createContext } from "./setup/context.mjs";
    import { runLogged } from "./setup/run.mjs";
    const context = createContext({ root: ${JSON.stringify(root)}, isTerminal: false });
    await withLock(context, async (context) => { ${work} });`;
}

test("the second of two set-ups waits for the first, and says so", async () => {
  const { context, root, written } = createTrial();
  const first = await startProgram(
    holder(
      root,
      `console.log("held"); await new Promise((resolve) => setTimeout(resolve, 700)); console.log("done");`,
    ),
  );
  let firstWasDone = false;
  void first.output.then((text) => (firstWasDone = text === "held\ndone\n"));
  await withLock(context, async () => {
    // The owner prints before it lets go; its output may arrive a little after its lock is gone.
    for (let wait = 0; wait < 50 && !firstWasDone; wait += 1) await sleep(20);
    expect(firstWasDone).toBe(true);
  });
  expect(written()).toBe(
    `… another set-up (process ${first.pid} on ${hostname()}) is at work here; waiting for it\n`,
  );
  expect(readdirSync(join(root, ".setup"))).toEqual([]);
});

test("never two at once, however many ask", async () => {
  const { root } = createTrial();
  const file = JSON.stringify(join(root, "inside"));
  const work = `
    const { appendFileSync } = await import("node:fs");
    appendFileSync(${file}, "in ");
    await new Promise((resolve) => setTimeout(resolve, 30));
    appendFileSync(${file}, "out ");`;
  const programs = await Promise.all(
    Array.from({ length: 5 }, () => startProgram(`console.log("up"); ${holder(root, work)}`)),
  );
  await Promise.all(programs.map(({ output }) => output));
  expect(readFileSync(join(root, "inside"), "utf8")).toBe("in out ".repeat(5));
});

test("a killed owner's lock is taken over, and the command it left is stopped first", async () => {
  const { context, root, written } = createTrial();
  const owner = await startProgram(
    holder(
      root,
      `setTimeout(() => console.log("held"), 500); await runLogged(context, "x", "sleep", ["600"]);`,
    ),
  );
  const lock = join(root, ".setup", "lock.json");
  const { child } = JSON.parse(readFileSync(lock, "utf8")) as { child: { pid: number; started: string } };
  expect(identify(child.pid)).toEqual(child);
  process.kill(owner.pid, "SIGKILL");
  await owner.output;
  expect(identify(child.pid)).toEqual(child);
  await withLock(context, () => {
    expect(identify(child.pid)).toBeUndefined();
    return Promise.resolve();
  });
  expect(written()).toBe("");
  expect(existsSync(lock)).toBe(false);
});

test.each([
  [
    "of a process that ended and whose id another has now",
    { host: hostname(), owner: { pid: 1, started: "0" } },
  ],
  ["that is damaged", "not JSON"],
])("a lock %s is no obstacle", async (_, content) => {
  const { context, put, written } = createTrial();
  put(".setup/lock.json", typeof content === "string" ? content : JSON.stringify(content));
  expect(await withLock(context, () => Promise.resolve("done"))).toBe("done");
  expect(written()).toBe("");
});

test("an error inside lets go of the lock and passes on", async () => {
  const { context, root } = createTrial();
  await expect(withLock(context, () => Promise.reject(new Error("inside")))).rejects.toThrow("inside");
  expect(existsSync(join(root, ".setup", "lock.json"))).toBe(false);
});
