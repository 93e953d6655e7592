import { describe, expect, it } from "vitest";
import { pictureDerivation } from "../../src/cli/derivationPicture.js";
import { derivationHtml } from "../../src/figure/derivationHtml.js";

describe("the derivation of the README", () => {
  const derivation = pictureDerivation(1);
  const html = derivationHtml(derivation);

  it("holds but for one mistake on purpose", () => {
    expect(derivation.lines.map(({ verdict, inLaw, expect: wanted }) => [verdict, inLaw, wanted])).toEqual([
      ["holds", false, undefined],
      ["holds", false, undefined],
      ["fails", false, "fails"],
      ["holds", true, undefined],
      ["holds", false, undefined],
    ]);
  });

  it("is one page that asks the network for nothing", () => {
    const addresses = Array.from(html.matchAll(/url\(([^)]{0,24})/gu), ([, address]) => address);
    expect(addresses.length).toBeGreaterThan(15);
    expect(addresses.every((address) => address === "data:font/woff2;base64,d")).toBe(true);
    const requests = Array.from(
      html.matchAll(/<script|<link|<img|@import|https?:[^"' ]*/gu),
      ([text]) => text,
    );
    // A namespace is a name; nothing is fetched from there.
    expect(requests.filter((text) => text !== "http://www.w3.org/2000/svg")).toEqual([]);
  });

  it("has a row for each line, with formula, reason and verdict in words", () => {
    const cells = (kind: string): string[] =>
      Array.from(html.matchAll(new RegExp(`<td class="${kind}">([^]*?)</td>`, "gu")), ([, text = ""]) =>
        text.replaceAll(/<[^>]*>/gu, ""),
      );
    expect(html.match(/<tr class="(\w+)">/gu)).toEqual(
      ["holds", "holds", "caught", "holds", "holds"].map((kind) => `<tr class="${kind}">`),
    );
    expect(cells("number")).toEqual(["1", "2", "3", "4", "5"]);
    expect(cells("mark")).toEqual(["✓", "✓", "×", "✓", "✓"]);
    expect(cells("because")[2]).toBe("a forgotten root");
    expect(cells("verdict")[2]).toMatch(/^fails, as it should \(16 worlds, error 0\.\d+\)$/u);
    expect(cells("formula").every((text) => text.length > 5)).toBe(true);
    // The sentence of the repair, its two formulas typeset.
    const repairs = html.split(`<div class="repair">`).slice(1);
    expect(repairs.map((text) => text.split("</div>")[0]?.match(/^[^<]*|class="katex"/gu))).toEqual([
      ["holds if the term ", `class="katex"`, `class="katex"`],
    ]);
  });
});
