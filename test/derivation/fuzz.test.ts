import { expect, test } from "vitest";
import { createRandom, type Random } from "../../src/random/random.js";
import { truths } from "./formulas.js";
import { answersOf, type Case } from "./hostileChild.js";
import { hostileFormulas } from "./hostileFormulas.js";

const seed = 20_26;
const pieces = [
  ..."x y z t T s i q p N E 0 1 2 9 = + - * / < > ( ) [ ] { } | ^ _ & , ; : . ' ! % # $ ~ ` @ \"".split(" "),
  ...String.raw`\alpha \beta \bar \tilde \hat \mu \theta \epsilon \sigma \mathcal \mathbf \mathbb \mathrm \text \frac \sqrt \sum \prod \int \log \exp \left( \right) \left. \right| \| \mid \cdot \times \cdots \ldots \sim \propto \le \ge := \approx \to \begin{aligned} \end{aligned} \begin{cases} \end{cases} \\ \quad \, \tag{1} \underbrace \overset \nabla \arg \max \infty \in \not \limits \def\a \a \color{red} \phantom \operatorname \bm \boldsymbol`.split(
    " ",
  ),
  "x_t",
  "x_{t-1}",
  "x_0",
  String.raw`\bar\alpha_t`,
  String.raw`\mathbb{E}_{q(x_{1:T}|x_0)}[`,
  "q(x_t|x_{t-1})",
  String.raw`p_\theta(x_{t-1}|x_t)`,
  String.raw`\sum_{s=1}^{t}`,
  String.raw`\sum_{i=1}^{9999}`,
  "10^{99}",
  "\u0000",
  "\ud800",
  "😀",
  "‮",
];

const tame = [
  ...String.raw`x_t x_0 \beta_t \alpha_t \bar\alpha_t \epsilon t T 1 2 + - = = \cdot < x_{t-1} z_t \sqrt{\beta_t} \frac{1}{2} q(x_t|x_0) a \sum_{s=1}^{t}`.split(
    " ",
  ),
];

const pick = <T>(values: readonly T[], random: Random): T =>
  values[random.integer(0, values.length - 1)] as T;

/** Every second one of quantities and signs alone, so that some can be read. */
function soup(random: Random): string {
  const from = random.uniform() < 0.5 ? pieces : tame;
  return Array.from({ length: random.integer(1, 14) }, () => pick(from, random)).join(
    pick(["", " "], random),
  );
}

/** A true formula with characters deleted, doubled, exchanged or put in. */
function mutated(random: Random): string {
  const valid = [
    ...truths,
    ...hostileFormulas.filter(({ verdict }) => verdict === "holds").map(({ latex }) => latex),
  ];
  let text = pick(valid, random);
  for (let changes = random.integer(1, 4); changes > 0; changes--) {
    const [from, other] = [random.integer(0, text.length), random.integer(0, text.length)];
    const to = Math.min(text.length, from + random.integer(1, 6));
    const cut = text.slice(from, to);
    const kinds = [
      text.slice(0, from) + text.slice(to),
      text.slice(0, from) + cut + text.slice(from),
      text.slice(0, from) + text.slice(to, to + 1) + cut + text.slice(to + 1),
      text.slice(0, other) + cut + text.slice(other),
      text.slice(0, from) + pick(pieces, random) + text.slice(from),
    ];
    text = pick(kinds, random);
  }
  return text;
}

const cases = (kind: string, count: number, make: (random: Random) => string): readonly Case[] =>
  Array.from({ length: count }, (_, at) => {
    const text = make(createRandom(seed).fork(kind, at));
    return { name: `${kind} ${at}: ${JSON.stringify(text)}`, text };
  });

const verdicts = new Set(["holds", "fails", "defines", "undecided", "unreadable"]);

test.each([
  ["soup", 4_000, 4, soup],
  ["mutated", 1_500, 4, mutated],
] as const)(
  "%s: %i formulas of seed 2026 are answered in time, and nothing is thrown",
  async (kind, count, least, make) => {
    const all = cases(kind, count, make);
    const answers = [...(await answersOf(all)).values()];
    expect(answers.length).toBe(count);
    expect(answers.filter(({ thrown }) => thrown !== undefined)).toEqual([]);
    expect(answers.filter(({ took }) => took > 2_000)).toEqual([]);
    expect(Math.max(...answers.map(({ memory }) => memory))).toBeLessThan(500);
    const said = answers.flatMap((answer) => answer.said.map((line) => ({ ...line, name: answer.name })));
    expect(said.filter(({ verdict }) => !verdicts.has(verdict))).toEqual([]);
    const unexplained = said.filter(
      ({ verdict, reason }) => (verdict === "undecided" || verdict === "unreadable") && reason === "",
    );
    expect(unexplained).toEqual([]);
    // Not everything is refused: the cases reach what lies behind the reader.
    expect(new Set(said.map(({ verdict }) => verdict)).size).toBeGreaterThanOrEqual(least);
  },
);
