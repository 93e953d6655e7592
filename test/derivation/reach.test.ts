import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/derivation/check.js";

const tex = String.raw;
const check = (
  ...chain: readonly string[]
): readonly { readonly verdict: string; readonly reason: string }[] =>
  checkStatements(
    chain.map((latex) => ({ latex, chain: "one" })),
    { worlds: 3 },
  ).statements.map(({ verdict, reason }) => ({ verdict, reason: reason ?? "" }));

const wide = "with \\log reaching over the whole term";
const narrow = "with \\log reaching over the first factor alone";

describe("a logarithm without brackets", () => {
  test.each([
    [tex`\log\frac{\alpha_t}{\beta_t}\cdot\frac{\beta_t}{\alpha_t} = 0`, wide],
    [tex`\log\alpha_t\beta_t = \log(\alpha_t) + \log(\beta_t)`, wide],
    [tex`\log\alpha_t^2 = 2\log(\alpha_t)`, wide],
    [tex`\log\alpha_t/\beta_t = \log(\alpha_t) - \log(\beta_t)`, wide],
    [tex`\log\alpha_t \log\beta_t = \log(\beta_t)\cdot\log(\alpha_t)`, narrow],
    [tex`\log\alpha_t\cdot\beta_t = \beta_t\log(\alpha_t)`, narrow],
    [
      tex`\sum_{s=1}^t \log\frac{\alpha_s}{\beta_s}\cdot\beta_s = \log\left(\prod_{s=1}^t\alpha_s\right)`,
      wide,
    ],
  ])("is read as what makes the statement true: %s", (latex, reason) =>
    expect(check(latex)).toEqual([{ verdict: "holds", reason }]),
  );

  test.each([
    tex`\log\frac{\alpha_t}{\beta_t}\cdot\frac{\beta_t}{\alpha_t} = 1`,
    tex`\log\alpha_t\beta_t = \log(\alpha_t) - \log(\beta_t)`,
    tex`\log\alpha_t^2 = \log(\alpha_t)`,
    tex`\log\alpha_t \log\beta_t = \log(\beta_t)`,
  ])("fails where neither reading is true: %s", (latex) => {
    const [found] = check(latex);
    expect(found?.verdict).toBe("fails");
    expect(found?.reason).toContain("however far \\log is taken to reach");
  });

  test("defines nothing, as it may mean two things", () => {
    const [first, second] = check(tex`\lambda_t = \log\alpha_t\beta_t`, tex`\kappa_t = \lambda_t`);
    expect(first?.verdict).toBe("undecided");
    expect(first?.reason).toContain("brackets would tell");
    expect(second).toMatchObject({ verdict: "defines" });
    expect(second?.reason).toContain("\\lambda_{t} is not known");
  });

  test("the next line goes on from the reading that was meant", () => {
    const lines = [
      tex`\log(\alpha_t) + \log(\beta_t) = \log\alpha_t\beta_t`,
      tex`= \log(\beta_t\alpha_t)`,
      tex`= \log(\alpha_t)\cdot\beta_t`,
    ];
    expect(check(...lines).map(({ verdict }) => verdict)).toEqual(["holds", "holds", "fails"]);
  });

  test("both sides are read alike", () => {
    // True with the left side read narrowly and the right one widely only.
    const [found] = check(
      tex`\log\alpha_t\cdot 2 + \log(2\beta_t) = \log\alpha_t\cdot\alpha_t + \log 2\cdot\beta_t`,
    );
    expect(found?.verdict).toBe("fails");
  });

  test("with brackets nothing is guessed", () => {
    expect(check(tex`\log(\alpha_t)\beta_t = \log(\alpha_t\beta_t)`)[0]?.verdict).toBe("fails");
    expect(check(tex`\log(\alpha_t\beta_t) = \log(\alpha_t) + \log(\beta_t)`)[0]).toEqual({
      verdict: "holds",
      reason: "",
    });
  });

  test("a long row of them is read at once", () => {
    const start = performance.now();
    check(`${tex`\log\alpha_t `.repeat(400)} = 0`);
    expect(performance.now() - start).toBeLessThan(4000);
  });
});

describe("a step of the bound with a product behind \\log", () => {
  const line = (ratio: string): string =>
    tex`\mathbb E_{q(x_{1:T}|x_0)}\left[\sum_{t=2}^T \log\frac{q(x_{t-1}|x_t,x_0)}{p_\theta(x_{t-1}|x_t)}` +
    tex`\cdot${ratio}\right] = \mathbb E_{q(x_{1:T}|x_0)}\left[\sum_{t=2}^T \log\frac{q(x_t|x_{t-1})}{p_\theta(x_{t-1}|x_t)}\right]`;
  test("holds with the whole product under it", () =>
    expect(check(line(tex`\frac{q(x_t|x_0)}{q(x_{t-1}|x_0)}`))).toEqual([
      { verdict: "holds", reason: wide },
    ]));
  test("fails where the ratio is upside down", () =>
    expect(check(line(tex`\frac{q(x_{t-1}|x_0)}{q(x_t|x_0)}`))[0]?.verdict).not.toBe("holds"));
});

describe("the data point and the label of the model", () => {
  test.each([
    tex`p(x) = p_\theta(x_0)`,
    tex`\log p(\boldsymbol{x}|\theta) = \log p_\theta(x_0)`,
    tex`p_\theta(x; \theta) = p\theta(x_0)`,
    tex`p\theta(x_{t-1}|x_t) = p_\theta(x_{t-1}|x_t, \theta)`,
    tex`\log p\theta(x_0|x_1) = \log(P_\theta(x_0|x_1))`,
    tex`q(x_{1:T}|x) = q(x_{1:T}|x_0)`,
  ])("%s", (latex) => expect(check(latex)[0]?.verdict).toBe("holds"));
  test.each([
    tex`p(x) = p_\theta(x_1)`,
    tex`p(x_1|\theta) = p_\theta(x_0)`,
    tex`p\theta(x_{t-1}|x_t) = p_\theta(x_t|x_{t-1})`,
  ])("fails: %s", (latex) => expect(check(latex)[0]?.verdict).toBe("fails"));
  test("where no state of the process is named, x is any variable", () =>
    expect(check(tex`p(x|\theta) = p(x)`)[0]?.verdict).not.toBe("holds"));
});
