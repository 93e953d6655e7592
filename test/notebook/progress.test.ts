import { afterEach, describe, expect, it, vi } from "vitest";
import { progress, progressLine } from "../../src/notebook/progress.js";
import { track } from "../../src/notebook/track.js";
import { recordDisplays, removeSink } from "./sink.js";

afterEach(() => {
  removeSink();
  vi.restoreAllMocks();
});

describe("progress in a notebook", () => {
  it("replaces one line, at most twice a second, with the time that is left", () => {
    const messages = recordDisplays();
    let now = 0;
    const line = progress("training", 100, { clock: () => now });
    for (let step = 1; step <= 30; step++) {
      now += 100;
      line.update(step, { loss: 1 / step });
    }
    line.done();
    line.done();
    line.update(31);
    expect(messages.map(({ data }) => data["text/plain"])).toEqual([
      "training  0/100  0 %",
      "training  5/100  5 %  0:10 left  loss 0.200",
      "training  10/100  10 %  0:09 left  loss 0.100",
      "training  15/100  15 %  0:09 left  loss 0.0667",
      "training  20/100  20 %  0:08 left  loss 0.0500",
      "training  25/100  25 %  0:08 left  loss 0.0400",
      "training  30/100  30 %  0:07 left  loss 0.0333",
      "training  30/100  30 %  stopped after 0:03  loss 0.0333",
    ]);
    expect(messages.map(({ update }) => update)).toEqual([false, true, true, true, true, true, true, true]);
    expect(new Set(messages.map(({ displayId }) => displayId)).size).toBe(1);
    expect(messages.at(-1)?.data["text/html"]).toBe(
      '<label><progress value="30" max="100" style="width: 14em"></progress> ' +
        "training  30/100  30 %  stopped after 0:03  loss 0.0333</label>",
    );
  });

  it("forgets a slow start", () => {
    const messages = recordDisplays();
    let now = 0;
    const line = progress("training", 200, { clock: () => now });
    now = 60_000;
    line.update(1);
    for (let step = 2; step <= 100; step++) {
      now += 1000;
      line.update(step);
    }
    // 100 steps of one second are left; the first, of a minute, is out of the window.
    expect(messages.at(-1)?.data["text/plain"]).toBe("training  100/200  50 %  1:40 left");
  });
});

describe("progress without a notebook", () => {
  it("prints lines sparsely, the last always", () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
    let now = 0;
    const line = progress("sampling", 50, { clock: () => now, to: "lines" });
    for (let step = 1; step <= 50; step++) {
      now += 500;
      line.update(step);
    }
    line.done();
    expect(lines).toEqual([
      "sampling  0/50  0 %",
      "sampling  20/50  40 %  0:15 left",
      "sampling  40/50  80 %  0:05 left",
      "sampling  50/50  100 %  took 0:25",
    ]);
  });

  it.each([0, -1, 1.5, Number.NaN])("refuses a total of %d", (total) => {
    expect(() => progress("x", total)).toThrow(
      `total = ${total}: expected a whole number from 1. Say how many steps there will be.`,
    );
  });
});

describe("progressLine", () => {
  it("writes hours, words and escapes nothing", () => {
    const state = { title: "t", done: 1, total: 3, values: { stage: "a<b" }, elapsed: 0, finished: false };
    expect(progressLine({ ...state, remaining: 3725 })).toBe("t  1/3  33 %  1:02:05 left  stage a<b");
  });
});

describe("track", () => {
  async function* steps(
    count: number,
    onClose?: () => void,
  ): AsyncGenerator<{ step: number; steps: number; loss: number }> {
    try {
      for (let step = 1; step <= count; step++) {
        await Promise.resolve();
        yield { step, steps: count, loss: 1 / step };
      }
    } finally {
      onClose?.();
    }
  }

  it("passes every value on and takes total, position and loss from the values", async () => {
    const messages = recordDisplays();
    const seen: number[] = [];
    for await (const { step } of track(steps(4), { title: "training", clock: () => 0 })) seen.push(step);
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(messages.map(({ data }) => data["text/plain"])).toEqual([
      "training  0/4  0 %",
      "training  4/4  100 %  took 0:00  loss 0.250",
    ]);
  });

  it("takes them from options where the values lack them", async () => {
    const messages = recordDisplays();
    const options = {
      title: "sampling",
      total: 3,
      values: (t: number) => ({ t: String(t) }),
      clock: () => 0,
    };
    for await (const t of track([2, 1, 0], options)) expect(t).toBeLessThan(3);
    expect(messages.at(-1)?.data["text/plain"]).toBe("sampling  3/3  100 %  took 0:00  t 0");
  });

  it("closes the process and the line when the loop is left early", async () => {
    const messages = recordDisplays();
    const close = vi.fn();
    for await (const { step } of track(steps(100, close), { title: "training", clock: () => 0 })) {
      if (step === 3) break;
    }
    expect(close).toHaveBeenCalledOnce();
    expect(messages.at(-1)?.data["text/plain"]).toBe("training  3/100  3 %  stopped after 0:00  loss 0.333");
  });

  it("lets errors through, with the line closed", async () => {
    const messages = recordDisplays();
    async function* broken(): AsyncGenerator<{ step: number; steps: number }> {
      yield { step: 1, steps: 2 };
      await Promise.reject(new Error("loss is NaN"));
    }
    const all = async (): Promise<void> => {
      for await (const { step } of track(broken(), { title: "t", clock: () => 0 })) expect(step).toBe(1);
    };
    await expect(all()).rejects.toThrow("loss is NaN");
    expect(messages.at(-1)?.data["text/plain"]).toBe("t  1/2  50 %  stopped after 0:00");
  });

  it("refuses values that do not say how many there will be", async () => {
    recordDisplays();
    await expect(track([1, 2], { title: "t" }).next()).rejects.toThrow(
      "total = NaN: expected a whole number from 1.",
    );
  });
});
