import { hasScripts, type Token } from "./token.js";

/**
 * Words that authors type as bare letters (`log p`, `where z_1`). TeX sets them as a product of
 * letters, and no formula of this field multiplies w, h, e, r, e.
 */
const spelled: readonly { readonly word: string; readonly token: (span: Token["span"]) => Token }[] = [
  { word: "where", token: (span) => ({ kind: "text", text: "where", span }) },
  { word: "argmax", token: (span) => ({ kind: "extremum", which: "argmax", span }) },
  { word: "argmin", token: (span) => ({ kind: "extremum", which: "argmin", span }) },
  { word: "arg", token: (span) => ({ kind: "extremum", which: "arg", span }) },
  { word: "log", token: (span) => ({ kind: "function", name: "log", span }) },
  { word: "exp", token: (span) => ({ kind: "function", name: "exp", span }) },
  { word: "KL", token: (span) => ({ kind: "symbol", name: "\\mathrm{KL}", span }) },
  { word: "Var", token: (span) => ({ kind: "symbol", name: "\\mathrm{Var}", span }) },
];

/** Joins spelled words and the digits of numbers. */
export function joinRuns(tokens: readonly Token[]): readonly Token[] {
  const joined: Token[] = [];
  for (let at = 0; at < tokens.length;) {
    const found =
      wordAt(tokens, at) ??
      numberAt(tokens, at) ??
      headAt(tokens, at) ??
      twoFontsAt(tokens, at) ??
      constantAt(tokens, at) ??
      textAt(tokens, at) ??
      pointsAt(tokens, at) ??
      barsAt(tokens, at);
    if (found !== undefined) {
      joined.push(found.token);
      at = found.next;
    } else {
      const token = tokens[at];
      if (token !== undefined) joined.push(token);
      at++;
    }
  }
  return withExtrema(joined);
}

interface Run {
  readonly token: Token;
  readonly next: number;
}

function wordAt(tokens: readonly Token[], at: number): Run | undefined {
  for (const { word, token } of spelled) {
    const run = tokens.slice(at, at + word.length);
    const first = run[0];
    const last = run[run.length - 1];
    if (first === undefined || last === undefined || run.length < word.length) continue;
    const spells = run.every((each, place) => each.kind === "symbol" && each.name === word[place]);
    const bare = run.slice(0, -1).every((each) => each.sub === undefined && each.sup === undefined);
    if (!spells || !bare) continue;
    const whole = token({ start: first.span.start, end: last.span.end });
    return { token: { ...whole, ...scriptsOf(last) }, next: at + word.length };
  }
  return undefined;
}

/** Digits with at most one point between them; only the last may carry scripts. */
function numberAt(tokens: readonly Token[], at: number): Run | undefined {
  const first = tokens[at];
  if (first?.kind !== "number") return undefined;
  let text = first.text;
  let last: Token = first;
  let next = at + 1;
  for (; last.sub === undefined && last.sup === undefined; next++) {
    const token = tokens[next];
    if (token?.kind === "number") {
      text += token.text;
    } else if (isPoint(token) && !text.includes(".") && tokens[next + 1]?.kind === "number") {
      text += ".";
    } else break;
    last = token;
  }
  return {
    token: {
      kind: "number",
      text,
      span: { start: first.span.start, end: last.span.end },
      ...scriptsOf(last),
    },
    next,
  };
}

/** `\text{SNR}(t)`: text right before an opening bracket, or with scripts, is a name. */
function headAt(tokens: readonly Token[], at: number): Run | undefined {
  const token = tokens[at];
  if (token?.kind !== "text" || !/^[A-Za-z]{2,}$/.test(token.text) || connectives.has(token.text))
    return undefined;
  const next = tokens[at + 1];
  const opens = next?.kind === "group" || (next?.kind === "bracket" && next.side === "open");
  if (!opens && !hasScripts(token)) return undefined;
  return {
    token: { kind: "symbol", name: `\\mathrm{${token.text}}`, span: token.span, ...scriptsOf(token) },
    next: at + 1,
  };
}

/** `\mathbb{V}\mathrm{ar}`: one word in two fonts. */
function twoFontsAt(tokens: readonly Token[], at: number): Run | undefined {
  const [first, second] = [tokens[at], tokens[at + 1]];
  if (first?.kind !== "symbol" || second?.kind !== "symbol" || hasScripts(first)) return undefined;
  const initial = /^\\mathbb\{([A-Z])\}$/.exec(first.name)?.[1];
  const rest = /^\\mathrm\{([a-z]+)\}$/.exec(second.name)?.[1];
  if (initial === undefined || rest === undefined) return undefined;
  const span = { start: first.span.start, end: second.span.end };
  return { token: { ...second, name: `\\mathrm{${initial}${rest}}`, span }, next: at + 2 };
}

/** `+ \text{const.}`: a term of which the text says only that it is constant. */
function constantAt(tokens: readonly Token[], at: number): Run | undefined {
  const [before, token] = [tokens[at - 1], tokens[at]];
  if (before?.kind !== "operator" || token?.kind !== "text" || hasScripts(token)) return undefined;
  if (!/^\(?const(?:ant)?\.?\)?$/i.test(token.text)) return undefined;
  return { token: { kind: "symbol", name: "\\mathrm{const}", span: token.span }, next: at + 1 };
}

/** East Asian words: KaTeX gives their letters one by one. */
function textAt(tokens: readonly Token[], at: number): Run | undefined {
  const [first, second] = [tokens[at], tokens[at + 1]];
  if (first?.kind !== "text" || second?.kind !== "text" || hasScripts(first)) return undefined;
  if (first.span.end !== second.span.start || !isWide(first.text) || !isWide(second.text)) return undefined;
  let [next, text, end] = [at + 1, first.text, first.span.end];
  for (
    let token: Token | undefined = second;
    token?.kind === "text" && isWide(token.text);
    token = tokens[next]
  ) {
    if (token.span.start !== end) break;
    [text, end, next] = [text + token.text, token.span.end, next + 1];
  }
  return { token: { kind: "text", text, span: { start: first.span.start, end } }, next };
}

const isWide = (text: string): boolean => /^[^\p{ASCII}]+$/u.test(text);

/** `...` typed as three points. */
function pointsAt(tokens: readonly Token[], at: number): Run | undefined {
  const [first, second, third] = tokens.slice(at, at + 3);
  if (first === undefined || third === undefined || ![first, second, third].every(isPoint)) return undefined;
  return { token: { kind: "dots", span: { start: first.span.start, end: third.span.end } }, next: at + 3 };
}

/** `||` typed as two bars. */
function barsAt(tokens: readonly Token[], at: number): Run | undefined {
  const [first, second] = [tokens[at], tokens[at + 1]];
  const bar = (token: Token | undefined): boolean =>
    token?.kind === "separator" && token.text === "|" && !hasScripts(token);
  const raised = second?.kind === "separator" && second.text === "|";
  if (first === undefined || second === undefined || !bar(first) || !raised) return undefined;
  // `|x| \mid |y|`: bars of different spelling, or with space between them, are two.
  const length = ({ span }: Token): number => span.end - span.start;
  const adjacent = first.span.end === second.span.start || length(first) > 1;
  if (!adjacent || (length(first) !== length(second) && !hasScripts(second))) return undefined;
  const span = { start: first.span.start, end: second.span.end };
  return { token: { kind: "separator", text: "||", span, ...scriptsOf(second) }, next: at + 2 };
}

/** `\arg\max_\theta` is typed as two operators. */
function withExtrema(tokens: readonly Token[]): readonly Token[] {
  return tokens.flatMap((token, at): readonly Token[] => {
    const [before, after] = [tokens[at - 1], tokens[at + 1]];
    if (isArg(token) && isBound(after)) return [];
    if (!isArg(before) || !isBound(token)) return [token];
    const span = { start: before.span.start, end: token.span.end };
    return [{ ...token, which: `arg${token.which}`, span }];
  });
}

type Extremum = Token & { kind: "extremum" };

const isArg = (token: Token | undefined): token is Extremum =>
  token?.kind === "extremum" && token.which === "arg" && !hasScripts(token);

const isBound = (token: Token | undefined): token is Extremum & { which: "max" | "min" } =>
  token?.kind === "extremum" && (token.which === "max" || token.which === "min");

const connectives = new Set([
  "where",
  "with",
  "and",
  "or",
  "if",
  "for",
  "when",
  "as",
  "so",
  "thus",
  "otherwise",
  "else",
]);

const isPoint = (token: Token | undefined): token is Token & { kind: "other" } =>
  token?.kind === "other" && token.text === "." && token.sub === undefined && token.sup === undefined;

function scriptsOf(token: Token): Pick<Token, "sub" | "sup"> {
  return {
    ...(token.sub === undefined ? {} : { sub: token.sub }),
    ...(token.sup === undefined ? {} : { sup: token.sup }),
  };
}
