import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanvas } from "@napi-rs/canvas";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crc32c } from "../../src/train/crc32c.js";
import { openEventFile } from "../../src/train/eventFile.js";
import { animatedGrid } from "../../src/figure/animation.js";
import { python } from "../support/python.js";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "events-"))));
afterAll(() => rmSync(folder, { recursive: true }));

describe("crc32c", () => {
  it.each([
    // RFC 3720, appendix B.4
    ["32 zeros", new Uint8Array(32), 0x8a9136aa],
    ["32 bytes of ones", new Uint8Array(32).fill(255), 0x62a8ab43],
    ["0 … 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ["31 … 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ])("of %s", (_, bytes, expected) => expect(crc32c(bytes)).toBe(expected));
});

describe("event files", () => {
  it("are read by TensorFlow as they were written", () => {
    const start = 1_700_000_000_500;
    const first = openEventFile(folder, 0, () => start);
    const large = 123_456_789_012;
    first.scalars(1, { loss: 0.25, "loss (mean)": -1.5e-7 });
    first.scalars(large, { loss: 2 ** 127 });
    const canvas = createCanvas(200, 130);
    first.image(300, "samples", {
      png: new Uint8Array(canvas.toBuffer("image/png")),
      width: 200,
      height: 130,
    });
    first.close();
    const second = openEventFile(folder, 300, () => start + 5000);
    second.scalars(301, { loss: 0.125 });
    second.close();
    expect(first.path).toBe(join(folder, "events.out.tfevents.1700000000.workbook.00000000"));
    const base = { kind: "summary", version: "", start: false, time: start / 1000 };
    const later = { ...base, time: start / 1000 + 5 };
    expect(python("readEvents.py", "events", first.path, second.path)).toEqual([
      [
        { ...base, kind: "file_version", version: "brain.Event:2", step: 0, values: {} },
        { ...base, step: 1, values: { loss: 0.25, "loss (mean)": Math.fround(-1.5e-7) } },
        { ...base, step: large, values: { loss: 2 ** 127 } },
        { ...base, step: 300, values: { samples: [200, 130, 4, 130, 200, 4] } },
      ],
      [
        { ...later, kind: "file_version", version: "brain.Event:2", step: 0, values: {} },
        // Readers drop what they hold of this step and later ones.
        { ...later, kind: "session_log", start: true, step: 301, values: {} },
        { ...later, step: 301, values: { loss: 0.125 } },
      ],
    ]);
  });
});

describe("animatedGrid", () => {
  it("is a GIF of all frames, in the grey levels it was given", () => {
    const frames = [-1, 0, 0.5, 1].map((level) => new Float32Array(2 * 3 * 3).fill(level));
    const file = join(folder, "frames.gif");
    const gif = animatedGrid(frames, [2, 3, 3, 1], { columns: 2, zoom: 4, delay: 70, lastDelay: 900 });
    writeFileSync(file, gif);
    const { shape, first, last } = python("readEvents.py", "gif", file) as {
      shape: number[];
      first: number[][][];
      last: number[][][];
    };
    // A border of 6, two tiles of 12 and a gap of 3 between them.
    expect(shape).toEqual([4, 24, 39, 3]);
    for (const [frame, level] of [
      [first, 0],
      [last, 255],
    ] as const)
      for (const [x, y] of [
        [6, 6],
        [17, 17],
        [21, 6],
        [32, 17],
      ] as const)
        expect(frame[y]?.[x]).toEqual([level, level, level]);
    // Times of the frames in hundredths of a second: graphic control extensions 21 F9 04 flags time.
    const bytes = readFileSync(file);
    const delays: number[] = [];
    for (let at = bytes.indexOf("21f904", "hex"); at >= 0; at = bytes.indexOf("21f904", at + 1, "hex"))
      delays.push(bytes.readUInt16LE(at + 4));
    expect(delays).toEqual([7, 7, 7, 90]);
    expect(bytes.includes("NETSCAPE2.0")).toBe(true);
  });
});
