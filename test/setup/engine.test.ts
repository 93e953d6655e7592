import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Step, perform, reasonToMake } from "../../setup/engine.mjs";
import { runLogged } from "../../setup/run.mjs";
import { type Trial, createTrial, startProgram, withoutTimes } from "./support.js";

/** A step that copies `source` to `made/product`. */
function copying({ root, put }: Trial, make?: Step["make"]): { step: Step; times: () => number } {
  let count = 0;
  const step: Step = {
    name: "copy",
    log: "copy",
    stamp: () => join(root, "made", "stamp.json"),
    inputs: () => ({ source: readFileSync(join(root, "source"), "utf8") }),
    missing: () => (existsSync(join(root, "made", "product")) ? undefined : "made/product is missing"),
    make: (context) => {
      count += 1;
      if (make !== undefined) return make(context);
      put("made/product", readFileSync(join(root, "source"), "utf8"));
      return Promise.resolve("copied");
    },
  };
  return { step, times: () => count };
}

test("a step is done once, and again when an input changes or the product goes", async () => {
  const trial = createTrial();
  const { context, root, put } = trial;
  put("source", "one");
  const { step, times } = copying(trial);
  for (let run = 0; run < 2; run += 1) expect(await perform(context, step)).toBe(true);
  expect(times()).toBe(1);

  put("source", "two");
  expect(reasonToMake(context, step)).toBe("changed: source");
  await perform(context, step);
  expect(readFileSync(join(root, "made", "product"), "utf8")).toBe("two");

  rmSync(join(root, "made", "product"));
  expect(reasonToMake(context, step)).toBe("made/product is missing");
  await perform(context, step);
  rmSync(join(root, "made"), { recursive: true });
  expect(reasonToMake(context, step)).toBe("not finished yet");
  await perform(context, step);
  expect(times()).toBe(4);
  expect(trial.written()).toBe(
    [
      "✓ copy T s  copied",
      "✓ copy T s  up to date",
      "✓ copy T s  copied",
      "✓ copy T s  copied",
      "✓ copy T s  copied",
      "",
    ].join("\n"),
  );
});

test("an input that changes during the work leaves the step to be done again", async () => {
  const trial = createTrial();
  trial.put("source", "one");
  const { step } = copying(trial, () => {
    trial.put("made/product", "one");
    trial.put("source", "two");
    return Promise.resolve();
  });
  await perform(trial.context, step);
  expect(reasonToMake(trial.context, step)).toBe("changed: source");
});

test("a failing command: the whole message, and no stamp", async () => {
  const trial = createTrial();
  trial.put("source", "one");
  const { step } = copying(trial, (context) => {
    trial.put("made/product", "half");
    const script =
      "for (let i = 0; i < 20; i++) console.log('line', i); console.error('boom'); process.exit(3)";
    return runLogged(context, "copy", "node", ["-e", script]);
  });
  expect(await perform(trial.context, step)).toBe(false);
  const shown = trial.written().replace(/for \(let.*process\.exit\(3\)/, "SCRIPT");
  const last = Array.from({ length: 11 }, (_, i) => `    | line ${i + 9}\n`).join("");
  expect(shown).toBe(
    "✗ copy T s  failed\n" +
      "  What failed: node -e SCRIPT ended with status 3.\n" +
      `  The last lines of .setup/logs/copy.log:\n${last}    | boom\n` +
      `  To mend it: read ${trial.root}/.setup/logs/copy.log, remove the cause, then npm run setup\n`,
  );
  expect(reasonToMake(trial.context, step)).toBe("not finished yet");
});

test("a command that cannot be started, and one that a signal ends, say so", async () => {
  const trial = createTrial();
  trial.put("source", "one");
  const absent = copying(trial, (context) => runLogged(context, "copy", "no-such-program", ["x"])).step;
  const killed = copying(trial, (context) => runLogged(context, "copy", "sh", ["-c", "kill -9 $$"])).step;
  await perform(trial.context, absent);
  await perform(trial.context, killed);
  expect(trial.written()).toContain(
    "What failed: no-such-program x ended before it began: spawn no-such-program ENOENT.\n",
  );
  expect(trial.written()).toContain("What failed: sh -c kill -9 $$ ended by signal SIGKILL.\n");
});

test("work that ends well without its product is a failure", async () => {
  const trial = createTrial();
  trial.put("source", "one");
  const { step } = copying(trial, () => Promise.resolve());
  expect(await perform(trial.context, step)).toBe(false);
  expect(trial.written()).toBe(
    "✗ copy T s  failed\n" +
      "  What failed: copy: every command ended well, and yet made/product is missing.\n" +
      "  To mend it: npm run setup; if it happens again, this is a mistake of the set-up worth reporting\n",
  );
  expect(existsSync(step.stamp(trial.context))).toBe(false);
});

test("a set-up that is killed in the middle of a step leaves no stamp, even over an older one", async () => {
  const { root, context, put } = createTrial();
  put("made/product", "old");
  put("made/stamp.json", JSON.stringify({ inputs: { source: "old" } }));
  const program = await startProgram(`
    import { perform } from "./setup/engine.mjs";
    import { createContext } from "./setup/context.mjs";
    await perform(createContext({ root: ${JSON.stringify(root)}, isTerminal: false }), {
      name: "slow", log: "slow",
      stamp: () => ${JSON.stringify(join(root, "made", "stamp.json"))},
      inputs: () => ({ source: "new" }),
      missing: () => undefined,
      make: async () => {
        console.log("at work");
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      },
    });`);
  expect(program.firstLine).toBe("at work");
  process.kill(program.pid, "SIGKILL");
  expect(withoutTimes(await program.output)).toBe("at work\n");
  expect(existsSync(join(root, "made", "stamp.json"))).toBe(false);
  expect(existsSync(join(root, "made", "product"))).toBe(true);
  expect(context.root).toBe(root);
});
