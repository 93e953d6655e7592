/** One kernel through a long day: nothing is lost, nothing is forgotten, and its memory stays flat. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  openJupyter,
  resultText,
  streamText,
  type Answer,
  type IopubMessage,
  type TestJupyter,
} from "./client.js";

const cells = 2000;
const displaysPerCell = 10;
const limit = 400_000;

let jupyter: TestJupyter;

beforeAll(() => {
  jupyter = openJupyter();
});
afterAll(() => jupyter.close());

const preparation = `
import { display, updateDisplay } from "diffusion-workbook";
let serial = 0;
let ran = 0;
let spins = 0;
/** Shows the next ones, in turn as new outputs and as new states of the last. */
function showNext(count: number): void {
  for (let i = 0; i < count; i++) {
    const bundle = { "text/plain": String(serial) };
    const displayId = \`display \${serial - (serial % 2)}\`;
    if (serial++ % 2 === 0) display(bundle, { displayId });
    else updateDisplay(displayId, bundle);
  }
}`;

/** What the notebook's n-th cell is, and what it has to say; of ten, five show, four compute, one is stopped. */
interface Cell {
  readonly code: string;
  readonly interrupted?: true;
  readonly result?: string;
  readonly error?: string;
  readonly printed?: string;
  readonly shows?: true;
}

const loops = [
  "ran++; console.log('go'); while (true) spins++;",
  "ran++; console.log('go'); await new Promise<void>(() => {});",
  "ran++; setInterval(() => spins++, 1); console.log('go'); await new Promise<void>(() => {});",
];

function cellAt(n: number): Cell {
  switch (n % 10) {
    case 5:
      return {
        code: `const value = ${n}; console.log("cell", value); ++ran`,
        printed: `cell ${n}\n`,
        result: `${n + 1}`,
      };
    case 6:
      return {
        code: `function twice(x: number): number { ran++; return 2 * x; }\ntwice(value)`,
        result: `${2 * (n - 1)}`,
      };
    case 7:
      return { code: `ran++; throw new RangeError("cell ${n}")`, error: `RangeError: cell ${n}` };
    case 8:
      return {
        code: `ran++; await new Promise<void>((r) => setTimeout(r, 1)); [value, twice(1), --ran]`,
        result: `[ ${n - 3}, 2, ${n + 1} ]`,
      };
    case 9:
      return {
        code: loops[Math.floor(n / 10) % loops.length] ?? "",
        interrupted: true,
        printed: "go\n",
        error: "Interrupted",
      };
    default:
      return { code: `showNext(${displaysPerCell}); ++ran`, shows: true, result: `${n + 1}` };
  }
}

test(
  "2,000 cells, 10,000 displays and 200 interrupts: every message arrives, memory is flat",
  { timeout: limit },
  async () => {
    const kernel = await jupyter.start();
    expect((await kernel.execute(preparation)).reply).toMatchObject({ status: "ok" });
    const memory: number[] = [];
    const stops: number[] = [];
    let shown = 0;
    for (let n = 0; n < cells; n++) {
      const cell = cellAt(n);
      const answer = await (cell.interrupted ? kernel.interrupt(cell.code, 0) : kernel.execute(cell.code));
      expect({ n, ...said(answer) }).toEqual({
        n,
        count: n + 2,
        states: "busy,idle",
        printed: cell.printed ?? "",
        result: cell.result,
        error: cell.error,
        displays: cell.shows ? displays(shown, shown + displaysPerCell) : [],
      });
      if (cell.shows) shown += displaysPerCell;
      if (answer.stoppedAfter !== undefined) stops.push(answer.stoppedAfter);
      if (n % 10 === 0) memory.push(await kernel.memory());
    }
    expect([shown, stops.length]).toEqual([10_000, 200]);
    expect(Math.max(...stops)).toBeLessThan(1);
    const end = await kernel.execute("[serial, ran, value, spins > 0]");
    expect(resultText(end)).toBe(`[ 10000, ${cells}, ${cells - 5}, true ]`);
    // V8 lets its heaps grow up to a point, and garbage that awaits its collection comes and goes: what is kept shows
    // in the lowest points of the second half. 40 MB over the 900 cells between are 44 kB per cell.
    const early = lowest(memory, 0.45, 0.55);
    const late = lowest(memory, 0.9, 1);
    expect(late - early, `MB from ${early} to ${late}: ${memory.map(Math.round).join()}`).toBeLessThan(40);
    expect(await kernel.shutDown()).toMatchObject({ printed: "" });
  },
);

/** The content of each display message, in order. */
function displays(from: number, to: number): unknown[] {
  return Array.from({ length: to - from }, (_, i) => {
    const serial = from + i;
    return [
      serial % 2 === 0 ? "display_data" : "update_display_data",
      { "text/plain": String(serial) },
      { display_id: `display ${serial - (serial % 2)}` },
    ];
  });
}

/** All that a cell has said. */
function said(answer: Answer): object {
  const of = (type: string): IopubMessage[] => answer.messages.filter((message) => message.type === type);
  const { status, ename, evalue, execution_count: count } = answer.reply ?? {};
  const error = ename === "Interrupted" ? ename : `${String(ename)}: ${String(evalue)}`;
  return {
    count: of("execute_input")[0]?.content["execution_count"] === count ? count : "two different ones",
    // After the request to interrupt, the kernel may say again that it is still busy with the cell.
    states: of("status")
      .map(({ content }) => content["execution_state"])
      .join()
      .replace("busy,busy", "busy"),
    printed: streamText(answer),
    result: resultText(answer),
    error:
      status === "ok" ? undefined : of("error")[0]?.content["ename"] === ename ? error : "two different ones",
    displays: answer.messages
      .filter(({ type }) => type.endsWith("display_data"))
      .map(({ type, content }) => [type, content["data"], content["transient"]]),
  };
}

function lowest(values: readonly number[], from: number, to: number): number {
  return Math.min(...values.slice(Math.floor(values.length * from), Math.floor(values.length * to)));
}

test.each([
  ["that reads as usual", undefined],
  ["whose sockets hold one message", 1],
])(
  "a loop that prints for ever, with a client %s and stops reading for four seconds",
  { timeout: limit },
  async (_, receiveQueue) => {
    const kernel = await jupyter.start(undefined, receiveQueue === undefined ? {} : { receiveQueue });
    await kernel.execute("let printed = 0;");
    const flood = await kernel.flood("while (true) console.log(String(printed++).padStart(1000));", 4);
    expect(flood.peak - flood.before, JSON.stringify(flood)).toBeLessThan(300);
    expect(flood.replyAfter, JSON.stringify(flood)).toBeLessThan(1);
    expect(flood.firstWrongLine).toBeNull();
    // What ran before the interrupt has printed: it may fall between a count and its print, and no earlier.
    const printed = Number(resultText(await kernel.execute("printed")));
    expect(printed - flood.lines, JSON.stringify({ ...flood, printed })).toBeOneOf([0, 1]);
    expect(flood.lines).toBeGreaterThan(1000);
    expect(await kernel.shutDown()).toMatchObject({ printed: "" });
  },
);
