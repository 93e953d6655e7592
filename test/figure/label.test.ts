import { describe, expect, it } from "vitest";
import { parseLabel, plainLabel } from "../../src/figure/label.js";
import { refusal } from "../support/refusal.js";

const base = { italic: false, bold: false, script: "base" };

describe("parseLabel", () => {
  it("reads nested styles, entities and bare signs", () => {
    expect(parseLabel("√ᾱ<sub><i>t</i>−1</sub> &lt; 1 & <b>x</b>")).toEqual([
      { ...base, text: "√ᾱ" },
      { ...base, text: "t", italic: true, script: "sub" },
      { ...base, text: "−1", script: "sub" },
      { ...base, text: " " },
      { ...base, text: "<" },
      { ...base, text: " 1 " },
      { ...base, text: "&" },
      { ...base, text: " " },
      { ...base, text: "x", bold: true },
    ]);
  });

  it.each([
    ["a<br>b", "label a<br>b: <br>: expected <i>, <b>, <sub> or <sup>. Write &lt; for a bare <."],
    ["x<sub>t", "label x<sub>t: expected an end for <sub>. Close every tag."],
    [
      "<i>x<b>y</i></b>",
      "label <i>x<b>y</i></b>: </i>: expected the end of the tag opened last. Close tags in order.",
    ],
    ["x</i>", "label x</i>: </i>: expected the end of the tag opened last. Close tags in order."],
  ])("refuses %s", (label, message) => {
    expect(refusal(() => parseLabel(label))).toBe(message);
  });
});

describe("plainLabel", () => {
  it.each([
    ["<i>x</i><sub>0</sub>", "x_0"],
    ["<i>x</i><sub><i>t</i>−1</sub>", "x_{t−1}"],
    ["β̃<sub>t</sub>", "β̃_t"],
    ["10<sup>−4</sup>", "10^{−4}"],
    ["no markup", "no markup"],
  ])("writes %s as %s", (label, plain) => {
    expect(plainLabel(label)).toBe(plain);
  });
});
