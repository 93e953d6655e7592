import { hasScripts, type Token } from "./token.js";

type Bar = Token & { kind: "separator"; text: "|" | "||" };

/**
 * Bars carry no side. Those that enclose something (`|\Sigma|`, `\|v\|^2`) become groups here; a bar
 * that separates (`q(x | y)`, `\mathrm{KL}(p \| q)`) stays. Between brackets only one bar separates, so:
 * a bar where a quantity must begin opens, and bars behind a quantity open if they come in pairs.
 * @param enclosed whether the tokens stand between brackets
 */
export function pairBars(tokens: readonly Token[], enclosed: boolean): readonly Token[] {
  const paired: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const close =
      isBar(token) && opens(paired.at(-1), tokens.slice(at), token, enclosed)
        ? closing(tokens, at, token)
        : undefined;
    const partner = close === undefined ? undefined : tokens[close];
    if (close === undefined || partner === undefined || token.kind !== "separator") {
      paired.push(token);
      continue;
    }
    const bars = token.text === "||" ? "\\|" : "|";
    paired.push({
      kind: "group",
      left: bars,
      right: bars,
      body: tokens.slice(at + 1, close),
      span: { start: token.span.start, end: partner.span.end },
      ...(partner.sub === undefined ? {} : { sub: partner.sub }),
      ...(partner.sup === undefined ? {} : { sup: partner.sup }),
    });
    at = close;
  }
  return paired;
}

const isBar = (token: Token | undefined): token is Bar =>
  token?.kind === "separator" && (token.text === "|" || token.text === "||");

function opens(before: Token | undefined, rest: readonly Token[], bar: Bar, enclosed: boolean): boolean {
  if (hasScripts(bar)) return false;
  if (beginsQuantity(before)) return true;
  const left = rest.filter((token) => isBar(token) && token.text === bar.text).length;
  // Single bars separate too (`q(x | y)`), but nowhere outside of brackets: `(2\pi)^d|\Sigma|`.
  return (bar.text === "||" || !enclosed) && left >= 2 && left % 2 === 0;
}

/** Whether a quantity must begin behind this token. */
const beginsQuantity = (before: Token | undefined): boolean =>
  before === undefined || beginners.has(before.kind);

const beginners: ReadonlySet<Token["kind"]> = new Set([
  "operator",
  "relation",
  "separator",
  "function",
  "series",
  "integral",
  "extremum",
  "gradient",
]);

/** The next bar of the same kind behind the end of a quantity. */
function closing(tokens: readonly Token[], open: number, bar: Bar): number | undefined {
  const found = tokens.findIndex(
    (token, at) =>
      at > open + 1 && isBar(token) && token.text === bar.text && !beginsQuantity(tokens[at - 1]),
  );
  // A comma or a relation between the bars: they belong to different things.
  const parts = tokens.slice(open + 1, found);
  const one = !parts.some(
    (token) => token.kind === "relation" || (token.kind === "separator" && !isBar(token)),
  );
  return found < 0 || !one ? undefined : found;
}
