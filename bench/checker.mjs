/**
 * What `checker.py` measures inside one process of Node: times of the checker when it is warm, as JSON. "Warm" is
 * the process, not the formula: each is read and evaluated anew, in worlds of its own.
 */
import { readFileSync } from "node:fs";
import { checkStatements } from "../dist/derivation/check.js";
import { linearSchedule } from "../dist/diffusion/schedules.js";

/** @param {string} name @returns {readonly {id: string, latex: string, chain?: string}[]} */
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
/** Milliseconds on the clock and of the processor. @param {() => unknown} run @returns {[number, number]} */
const timed = (run) => {
  const [start, used] = [performance.now(), process.cpuUsage()];
  run();
  return [performance.now() - start, process.cpuUsage(used).user / 1e3];
};

const formulas = read("formulas.json");
const identities = read("identities.json");
const chains = [...new Set(formulas.flatMap(({ chain }) => chain ?? []))];
const alone = formulas.filter(({ chain }) => chain === undefined);
const { beta } = linearSchedule({ T: 1000 });
const schedule = { name: "linear", betas: beta.slice(1) };

checkStatements(formulas);
const single = alone.map((formula) => timed(() => checkStatements([formula])));
const lines = chains.flatMap((name) => {
  const chain = formulas.filter((formula) => formula.chain === name);
  const whole = timed(() => checkStatements(chain));
  return chain.map(() => whole.map((each) => each / chain.length));
});
const report = checkStatements(identities);
const long = checkStatements(identities, { schedule });
process.stdout.write(
  JSON.stringify({
    warm: [...single, ...lines],
    identities: timed(() => checkStatements(identities)),
    schedule: timed(() => checkStatements(identities, { schedule })),
    verdicts: report.statements.map(({ verdict }) => verdict),
    scheduleVerdicts: long.statements.map(({ verdict }) => verdict),
  }),
);
