import { beforeAll, describe, expect, test } from "vitest";
import { answersOf, type Answer } from "./hostileChild.js";
import { hostileDocuments } from "./hostileDocuments.js";
import { hostileFormulas } from "./hostileFormulas.js";

/** Limits of one formula or document: two seconds of processor time, 500 MB in all. */
const limits = { took: 2_000, memory: 500 } as const;

function within(answer: Answer | undefined): Answer {
  if (answer === undefined) throw new Error("no answer");
  expect(answer.took).toBeLessThan(limits.took);
  expect(answer.memory).toBeLessThan(limits.memory);
  return answer;
}

describe("hostile formulas get an answer or a refusal with its reason", () => {
  let answers: ReadonlyMap<string, Answer>;
  beforeAll(async () => {
    answers = await answersOf(hostileFormulas.map(({ name, latex }) => ({ name, text: latex })));
  });

  test.each(
    hostileFormulas.map(({ name, verdict, reason }) => [name.slice(0, 60), name, verdict, reason] as const),
  )("%s", (_, name, verdict, reason) => {
    const { said, thrown } = within(answers.get(name));
    expect(thrown).toBeUndefined();
    expect(said.map((line) => line.verdict).join()).toBe(verdict);
    if (reason !== undefined) expect(said[0]?.reason).toContain(reason);
    if (verdict === "undecided" || verdict === "unreadable") expect(said[0]?.reason).not.toBe("");
  });
});

describe("hostile documents are read or refused", () => {
  let answers: ReadonlyMap<string, Answer>;
  beforeAll(async () => {
    answers = await answersOf(hostileDocuments);
  });

  test.each(hostileDocuments.map(({ name, expected }) => [name, expected] as const))(
    "%s",
    (name, expected) => {
      const { said, thrown } = within(answers.get(name));
      if (typeof expected === "number") {
        expect(thrown).toBeUndefined();
        expect(said.length).toBe(expected);
      } else {
        expect(thrown?.[0]).toBe("InputError");
        expect(thrown?.[1]).toContain(expected);
      }
    },
  );
});

test("a document of 10,000 formulas is checked", async () => {
  const text = "$$x_t = \\sqrt{\\alpha_t} x_{t-1} + \\sqrt{\\beta_t} z_t$$\n\n".repeat(10_000);
  const answer = (await answersOf([{ name: "many", file: "many.md", text }])).get("many");
  expect(answer?.thrown).toBeUndefined();
  expect(new Set(answer?.said.map(({ verdict }) => verdict))).toEqual(new Set(["holds"]));
  expect(answer?.memory).toBeLessThan(limits.memory);
});
