import type { Case } from "./hostileChild.js";

/** A document, and the number of statements in it or a part of the refusal. */
export interface HostileDocument extends Case {
  readonly expected: number | string;
}

const megabyte = 1_000_000;
const times = (piece: string, count: number): string => piece.repeat(count);
const fill = (piece: string): string => times(piece, Math.floor(megabyte / piece.length));

const letters = "abcdefghijklmnopqrstuvwxyz".split("", 26);

const markdown: Readonly<Record<string, readonly [string, number | string]>> = {
  "1 MB of dollars": [fill("$"), "dollars and brackets"],
  "50,000 dollars": [times("$", 50_000), 1],
  "dollars apart": [fill("$ "), "dollars and brackets: expected at most 60000"],
  "opened brackets": [fill("\\["), "dollars and brackets"],
  "opened round brackets": [fill("\\("), "dollars and brackets"],
  "1 MB of backticks": [fill("`"), "a paragraph with 1000000 marks"],
  "backticks of different lengths": [fill("` `` "), "marks: expected at most 5000"],
  "a fence that is not closed": [`\`\`\`math\n${times("x=1\n", 20_000)}`, 1],
  "200,000 lines": [`\`\`\`math\n${times("x=1\n", 200_000)}`, "200002 lines: expected at most 25000"],
  "fences that are not closed": [times("```math\n", 20_000), "marks"],
  "quotations in quotations": [`${times(">", 20_000)}$x=1$`, "nested 20000 deep: expected at most 100"],
  "lists in lists": [`${times("- ", 20_000)}$x=1$`, "nested 20000 deep"],
  "emphasis that is not closed": [fill("*a_"), "a paragraph with 666666 marks"],
  "links in links": [times("[a](", 100_000), "marks"],
  "elements of HTML": [times("<div>", 50_000), "marks"],
  "1 MB of empty lines": [fill("\n"), "1000001 lines"],
  "one line of 1 MB": [`${fill("a")}$x=1$`, 1],
  "NUL and half surrogates": ["\u0000$x=1$\u0000 \ud800$y=1$\udfff", 2],
  "100,000 formulas": [times("\\[x=1\\]\n", 100_000), "lines"],
};

const latex: Readonly<Record<string, readonly [string, number | string]>> = {
  "1 MB of dollars": [fill("$"), "250000 formulas: expected at most 20000"],
  "environments that are not closed": [fill("\\begin{equation}"), 0],
  "an environment of 1 MB": [times("\\begin{align}x&=1\\\\", 40_000), 0],
  "50,000 definitions": [`${times("\\def\\a{\\a\\a}", 50_000)}$\\a=1$`, 1],
  "100,000 definitions": [times("\\def\\a{b}", 100_000), 0],
  "definitions that are not closed": [times("\\newcommand{\\aa}{", 50_000), 0],
  "definitions that grow 10^26 times": [
    `${letters.map((c, at) => `\\def\\${c}{${at === 25 ? "x" : times(`\\${letters[at + 1] ?? ""}`, 10)}}`).join("\n")}$\\a=1$`,
    1,
  ],
  "verbatim that is not closed": [times("\\verb|", 100_000), 0],
  "verbatim environments": [times("\\begin{verbatim}", 50_000), 0],
  "1 MB of comments": [fill("%"), 0],
  "labels that are not closed": [`${times("\\label{", 100_000)}$x=1$`, 1],
  "1 MB of backslashes": [fill("\\"), 0],
  "1 MB of braces": [fill("{"), 0],
};

const html: Readonly<Record<string, readonly [string, number | string]>> = {
  "elements in elements": [fill("<div>"), "HTML that is not nested thousands deep"],
  "groups in a drawing": [`<svg>${times("<g>", 100_000)}`, "HTML that is not nested thousands deep"],
  "1 MB of brackets": [fill("<"), 0],
  "1 MB of dollars": [`<p>${fill("$")}`, "250000 formulas"],
  "scripts that are not closed": [times("<script type='math/tex'>", 40_000), 0],
  "a comment that is not closed": [`<!--${fill("-")}`, 0],
  "an attribute of 1 MB": [`<p data-tex="${fill("x")}">`, 1],
  "500,000 attributes": [`<${fill("a ")}>`, 0],
  "a script that would run": [
    `<script>globalThis.ran = true</script><img src=x onerror="globalThis.ran=true">$x=1$`,
    1,
  ],
};

const notebook: Readonly<Record<string, readonly [string, number | string]>> = {
  "no cells": ["{}", "an object with a list of cells"],
  "a list": ["[]", "an object with a list of cells"],
  null: ["null", "an object with a list of cells"],
  nothing: ["", "expected JSON"],
  "cells that are none": [
    '{"cells":[1,null,"x",[],{"cell_type":"markdown"},{"cell_type":"markdown","source":5},{"cell_type":"markdown","source":[null,{"a":1},"$x=1$"]},{"cell_type":"markdown","id":7,"source":"$x=1$"}]}',
    2,
  ],
  "lists 200,000 deep": [`{"cells":${times("[", 200_000)}${times("]", 200_000)}}`, 0],
  "a cell of 1 MB": [`{"cells":[{"cell_type":"markdown","source":"${fill("$ ")}"}]}`, "dollars and brackets"],
  "a prototype": ['{"__proto__":{"cells":[]}}', "an object with a list of cells"],
};

const list: Readonly<Record<string, readonly [string, number | string]>> = {
  "an object": ["{}", "a JSON list of statements"],
  "a number in it": ["[1]", "entry 1: expected an object whose latex is a string"],
  "null in it": ["[null]", "entry 1: expected an object whose latex is a string"],
  "latex that is a number": ['[{"latex":1}]', "entry 1: expected an object whose latex is a string"],
  "an id that is a number": ['[{"latex":"x","id":1}]', "entry 1: id: expected a string"],
  "a chain that is a list": ['[{"latex":"x","chain":[]}]', "entry 1: chain: expected a string"],
  "a line that is a string": ['[{"latex":"x","line":"1"}]', "entry 1: line: expected a number"],
  "1 MB of brackets": [fill("["), "expected JSON"],
  "lists 100,000 deep": [
    `${times("[", 100_000)}${times("]", 100_000)}`,
    "expected an object whose latex is a string",
  ],
  "names of prototypes": [
    '[{"latex":"x=1","__proto__":{"id":5}},{"latex":"a=1","id":"__proto__","chain":"__proto__"},{"latex":"=2","chain":"constructor"}]',
    3,
  ],
  "a formula of 1 MB": [JSON.stringify([{ latex: fill("x") }]), 1],
};

const of = (ending: string, cases: typeof markdown): readonly HostileDocument[] =>
  Object.entries(cases).map(([what, [text, expected]]) => ({
    name: `${ending}: ${what}`,
    file: `hostile.${ending}`,
    text,
    expected,
  }));

export const hostileDocuments: readonly HostileDocument[] = [
  ...of("md", markdown),
  ...of("tex", latex),
  ...of("html", html),
  ...of("ipynb", notebook),
  ...of("json", list),
  { name: "an unknown ending", file: "hostile.exe", text: "$x=1$", expected: "a file ending in .md" },
];
