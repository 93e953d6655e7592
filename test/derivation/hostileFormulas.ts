/** Formulas that try to hang, exhaust or take over the checker, and what may be said of them. */
export interface HostileFormula {
  readonly name: string;
  readonly latex: string;
  /** The verdicts of its lines, joined. */
  readonly verdict: string;
  /** A part of the reason that must be given. */
  readonly reason?: string;
}

const tex = String.raw;
const times = (piece: string, count: number): string => piece.repeat(count);
const nest = (open: string, inside: string, close: string, depth: number): string =>
  times(open, depth) + inside + times(close, depth);

const refused = (name: string, latex: string, reason: string): HostileFormula => ({
  name,
  latex,
  verdict: "unreadable",
  reason,
});
const open = (name: string, latex: string, reason: string): HostileFormula => ({
  name,
  latex,
  verdict: "undecided",
  reason,
});
const holds = (latex: string): HostileFormula => ({ name: latex, latex, verdict: "holds" });
const fails = (latex: string): HostileFormula => ({ name: latex, latex, verdict: "fails" });
const defines = (latex: string): HostileFormula => ({ name: latex, latex, verdict: "defines" });

const megabyte = 1_000_000;
const tooLong = "characters; at most 20000 are read";
const tooMany = "at most 400 are judged";
// The limit of one relation, or of the formula as a whole, whichever comes first.
const steps = "00000 steps";

const letters = "abcdefghijklmnopqrstuvwxyz".split("", 26);

/** \def\a{xx}\def\b{\a\a\a\a}… */
const exponential = letters
  .map((letter, at) => `\\def\\${letter}{${at === 0 ? "xx" : times(`\\${letters[at - 1] ?? ""}`, 4)}}`)
  .join("");

const sizes: readonly HostileFormula[] = [
  refused("a sum of 1 MB", `x${times("+x", megabyte / 2)}=1`, tooLong),
  refused("a product of 1 MB", `${times(tex`\alpha_t `, megabyte / 9)}=1`, tooLong),
  refused("a name of 1 MB", `${times("a", megabyte)}=1`, tooLong),
  refused("a number of 1 MB", `${times("1", megabyte)}=1`, tooLong),
  refused("braces of 1 MB", nest("{", "x", "}", megabyte / 2), tooLong),
  refused("10,000 braces", nest("{", "x", "}", 9_000), "nested more than 120 deep"),
  refused("10,000 fractions", nest(tex`\frac{1}{`, "x", "}", 10_000), tooLong),
  refused("fractions below the limit", nest(tex`\frac{1}{`, "x", "}", 1_800), "nested more than 120 deep"),
  refused("roots", nest(tex`\sqrt{`, "2", "}", 2_400), "nested more than 120 deep"),
  refused("superscripts", nest("x^{", "2", "}", 4_900), "nested more than 120 deep"),
  refused("superscripts without braces", `x${times("^x", 9_000)}`, "Double superscript"),
  refused("left and right", `${nest(tex`\left(`, "x", tex`\right)`, 1_500)}=1`, "nested too deeply"),
  refused("brackets", `${nest("(", "x", ")", 9_000)}=1`, "brackets nested more than 60 deep"),
  refused("fractions without braces", `${times(tex`\frac1`, 3_000)}2=1`, "KaTeX refuses"),
  refused("accents", `${times(tex`\hat`, 4_900)}x=1`, "KaTeX refuses"),
  refused("signs", `${times("-", 19_000)}1=1`, "is not expected here"),
  refused("bars", `${times("|", 5_000)}x=1`, "encloses nothing"),
  refused("environments", times(tex`\begin{aligned}`, 1_000), "nested too deeply"),
  refused("colours", `${times(tex`\color{red}`, 1_500)}x=1`, "nested too deeply"),
  refused("accents of Unicode", `x${times("\u0301", 5_000)}=1`, "nested more than 120 deep"),
  refused("100,000 rows", tex`\begin{aligned}${times("\\\\", 100_000)}\end{aligned}`, tooLong),
  refused("9,000 rows", tex`\begin{aligned}${times("\\\\", 9_000)}\end{aligned}`, "a formula was expected"),
  refused(
    "3,900 rows that claim something",
    tex`\begin{aligned}x&=1${times(tex`\\&=1`, 3_900)}\end{aligned}`,
    tooMany,
  ),
  refused("10,000 equals signs", `1${times("=1", 9_999)}`, tooMany),
  refused("4,900 equations of states", `x_t${times("=x_t", 4_900)}`, tooMany),
  refused("4,000 noises", tex`z_1${times(",z_1", 4_000)}\sim N(0,I)`, tooMany),
  open("9,000 commas", `${times("x,", 9_000)}y=1`, "a list or a set has no value"),
  { name: "900 roots", latex: tex`\bar\alpha_t${times(tex`+\sqrt{\bar\alpha_t}`, 900)}=1`, verdict: "fails" },
  {
    name: "a fraction 100 deep",
    latex: `${nest(tex`\frac{1}{1+`, tex`\beta_t`, "}", 100)}=1`,
    verdict: "fails",
  },
  open("exponentials 50 deep", `${nest(tex`\exp(`, tex`\beta_t`, ")", 50)}=1`, "exp of a number beyond"),
];

const macros: readonly HostileFormula[] = [
  refused("a macro of itself", tex`\def\a{\a}\a=1`, "Too many expansions"),
  refused("macros in a circle", tex`\def\a{\b}\def\b{\a}\a=1`, "Too many expansions"),
  refused("macros that grow 4^25 times", tex`${exponential}\z=1`, "Too many expansions"),
  refused("a new command of itself", tex`\newcommand{\f}[1]{\f{#1#1}}\f{x}=1`, "nested too deeply"),
  refused("expanded at once", tex`\edef\a{\a\a}\a`, "Undefined control sequence"),
  // What is typeset is checked: the fraction is a root of 1 here, and only here.
  holds(tex`\gdef\frac{\sqrt}\frac{1}=1`),
  holds(tex`\frac{1}{2}+\frac{1}{2}=1`),
];

const numbers: readonly HostileFormula[] = [
  open("10^{10^9}", tex`10^{10^9}=1`, "an exponent beyond 1000"),
  open("a tower", tex`2^{2^{2^{2^{2}}}}=65536`, "an exponent beyond 1000"),
  open("x^{-10^9}", tex`x^{-10^9}=1`, "an exponent beyond 1000"),
  open(
    "powers of powers, up",
    tex`(((((2^{1000})^{1000})^{1000})^{1000})^{1000})^{1000}=1`,
    "a power beyond",
  ),
  open(
    "powers of powers, to zero",
    tex`(((((2^{-1000})^{1000})^{1000})^{1000})^{1000})^{1000}=0`,
    "a power beyond",
  ),
  open("exp of exp", tex`\exp(\exp(\exp(9)))=3`, "exp of a number beyond"),
  open("10^9 terms", tex`\sum_{i=1}^{1000000000} i=3`, "more than 10000 terms"),
  open("limits written as powers", tex`\sum_{i=1}^{10^9} i=3`, "is not a time"),
  fails(tex`\sum_{i=1}^{9999}\sum_{j=1}^{9999}\sum_{k=1}^{9999} 1=3`),
  open("10^8 terms that differ", tex`\sum_{i=1}^{9999}\sum_{j=1}^{9999}\frac{1}{j+i}=1`, steps),
  open("10^8 states", tex`\sum_{i=1}^{9999}\sum_{j=1}^{9999}\frac{x_t}{2}=x_t`, steps),
  open("10^4 roots of states", tex`\sum_{i=1}^{9999} \sqrt{i} z = z`, steps),
  open("10^4 densities", tex`\sum_{i=1}^{9999} q(x_t|x_{t-1}) = 1`, steps),
  open("10^4 normal densities", tex`\sum_{i=1}^{9999} N(x_t; i x_0, I) = 1`, steps),
  open("10^4 divergences", tex`\sum_{i=1}^{9999} D_{KL}(q(x_t|x_0)\|q(x_t|x_{t-1}))=1`, steps),
  open("10^8 unknowns", tex`\sum_{i=1}^{9999}\sum_{j=1}^{9999} a=1`, steps),
  open("a product of 2^8 states", tex`\mathbb{E}_{q(x_{1:T}|x_0)}[\prod_{t=1}^{T}(x_t^2+1)]=1`, steps),
  { name: "30 sums", latex: `${times(tex`\sum_{i=1}^{99}`, 30)}\\log(i)=1`, verdict: "fails" },
  open("0/0", tex`\frac{0}{0}=1`, "a denominator is zero"),
  open("1/0", tex`\frac{1}{0}=1`, "a denominator is zero"),
  open("a zero that is not written", tex`\frac{\beta_t}{\beta_t-\beta_t}=1`, "a denominator is zero"),
  open("0^0", "0^0=1", "zero is raised to a power"),
  open("log 0", tex`\log(0)=1`, "the logarithm of zero"),
];

/** Cancellation: each true one beside a false one. */
const small: readonly HostileFormula[] = [
  holds(tex`(1+10^{-60})-1=10^{-60}`),
  fails(tex`(1+10^{-60})-1=2\cdot10^{-60}`),
  holds(tex`(1+10^{-100})-1=10^{-100}`),
  fails(tex`(1+10^{-100})-1=2\cdot10^{-100}`),
  fails(tex`(1+10^{-100})-1=0`),
  fails(tex`1+10^{-100}=1`),
  fails(tex`1+10^{-41}=1`),
  fails(tex`\beta_t(1+10^{-45})=\beta_t`),
  fails(tex`\beta_t+10^{-200}=\beta_t`),
  holds(tex`(\beta_t+10^{-200})-\beta_t=10^{-200}`),
  fails(tex`x_t+10^{-100}x_0=x_t`),
  fails(tex`\sqrt{1+10^{-100}}=1`),
  fails(tex`\exp(10^{-100})=1`),
  fails(tex`2^{10^{-100}}=1`),
  fails(tex`\log(1+10^{-100})=0`),
  fails(tex`\mathbb{E}_{q(x_t|x_0)}[1+10^{-100}]=1`),
  holds(tex`1+10^{-100}>1`),
  fails(tex`1+10^{-100}<1`),
  open("beyond 512 digits", tex`1+10^{-900}=1`, "512 digits do not tell"),
];

const unclosed: readonly HostileFormula[] = [
  ...[
    tex`\begin{aligned} x &= 1`,
    "x_{t",
    tex`\left( x=1`,
    tex`\begin{cases} 1`,
    "}",
    tex`\end{aligned}`,
    "x_",
    "^",
    "\\",
    tex`\frac`,
    "$x$",
    "#1",
  ].map((latex) => refused(latex, latex, "KaTeX refuses")),
  refused("(x=1", "(x=1", "is never closed"),
  refused("&", "&", "a formula was expected"),
  refused("%", "%", "a formula was expected"),
  refused("nothing", "", "a formula was expected"),
];

const characters: readonly HostileFormula[] = [
  refused("half a surrogate pair", "\ud800=1", "KaTeX refuses"),
  refused("the other half", "x\udfff=1", "KaTeX refuses"),
  refused("NUL", "x\u0000=1", "KaTeX refuses"),
  refused("right to left", "\u202ex=1", "is not expected here"),
  refused("a mark of direction", "\u200fx_t=x_t", "is not expected here"),
  refused("a byte order mark", "\ufeffx_t=x_t", "is not expected here"),
  refused("a picture", "😀=1", "is not expected here"),
  refused("10,000 marks", times("\u202e", 10_000), "is not expected here"),
];

const commands: readonly HostileFormula[] = [
  open("a link that runs", tex`\href{javascript:alert(1)}{x}=1`, "no readable line"),
  open("a file", tex`\includegraphics{/etc/passwd}=1`, "no readable line"),
  open("attributes", tex`\htmlData{a=b}{x}=1`, "no readable line"),
  open("an address", tex`\url{file:///etc/passwd}=1`, "no readable line"),
  ...[
    tex`\input{/etc/passwd}`,
    tex`\write18{ls}`,
    tex`\require{fs}`,
    tex`\constructor=1`,
    tex`\toString=1`,
  ].map((latex) => refused(latex, latex, "Undefined control sequence")),
  refused("an environment named so", tex`\begin{constructor}x\end{constructor}`, "No such environment"),
];

/** Names mean nothing but themselves, whatever JavaScript or mathjs call so. */
const names: readonly HostileFormula[] = [
  ...["constructor", "toString", "hasOwnProperty", "valueOf", "prototype"].map((name) =>
    defines(tex`\mathrm{${name}}_t=\beta_t`),
  ),
  ...["import", "createUnit", "evaluate", "parse", "derivative", "config", "eval"].map((name) =>
    defines(tex`\mathrm{${name}}(1)=2`),
  ),
  defines("x_{constructor}=1"),
  fails(tex`\mathrm{import}(t)=\beta_t,\quad \mathrm{import}(t)=\alpha_t`),
  open("none is known", tex`\operatorname{constructor}(t)=\operatorname{toString}(t)`, "is not known"),
  { name: "simplify", latex: tex`\mathrm{simplify}(x)=x`, verdict: "defines" },
  refused("__proto__", tex`\mathrm{__proto__}=1`, "KaTeX refuses"),
  { name: "__proto__ with escapes", latex: tex`\text{\_\_proto\_\_}=1`, verdict: "undecided" },
];

export const hostileFormulas: readonly HostileFormula[] = [
  ...sizes,
  ...macros,
  ...numbers,
  ...small,
  ...unclosed,
  ...characters,
  ...commands,
  ...names,
];
