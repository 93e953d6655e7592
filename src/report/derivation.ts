/** A checked derivation: every line with its formula, its reason and, in words and colour, its verdict. */
import {
  summaryWords,
  verdictWords,
  type Derivation,
  type DerivationLine,
  type Verdict,
} from "../figure/derivation.js";
import { isJsonObject, type Json, type JsonObject } from "../notebook/format/notebook.js";
import type { ReportContext } from "./context.js";
import { safe, nothing, type Html } from "../typeset/html.js";
import { renderInline } from "./markdown.js";
import { inlineText } from "../typeset/inlineText.js";
import { renderMath } from "../typeset/math.js";

const verdicts: readonly Verdict[] = ["holds", "fails", "defines", "undecided", "unreadable"];

/** The derivation in the JSON of an output, or undefined if it is not one (another version's, or damaged). */
export function readDerivation(json: Json | undefined): Derivation | undefined {
  if (!isJsonObject(json) || !Array.isArray(json["lines"])) return undefined;
  const lines = json["lines"].filter(isLine);
  const { summary, seed, digits, title } = json;
  const isWhole = lines.length === json["lines"].length && isSummary(summary);
  if (!isWhole || typeof seed !== "number" || typeof digits !== "number") return undefined;
  return { ...(typeof title === "string" ? { title } : {}), lines, summary, seed, digits };
}

function isLine(value: Json): value is JsonObject & DerivationLine {
  if (!isJsonObject(value)) return false;
  const {
    latex,
    verdict,
    inLaw,
    maxRelativeError: error,
    worlds,
    because,
    counterexample,
    reason,
    expect,
    repairs,
    chainRepair,
  } = value;
  const isOptional = (text: Json | undefined): boolean => text === undefined || typeof text === "string";
  return (
    typeof latex === "string" &&
    verdicts.some((one) => one === verdict) &&
    typeof inLaw === "boolean" &&
    (error === null || typeof error === "number") &&
    typeof worlds === "number" &&
    [because, counterexample, reason, expect, chainRepair].every(isOptional) &&
    (repairs === undefined || (Array.isArray(repairs) && repairs.every(isRepair)))
  );
}

const isRepair = (value: Json): boolean =>
  isJsonObject(value) && typeof value["text"] === "string" && typeof value["latex"] === "string";

function isSummary(value: Json | undefined): value is Derivation["summary"] & JsonObject {
  return isJsonObject(value) && verdicts.every((verdict) => typeof value[verdict] === "number");
}

export function renderDerivation(derivation: Derivation, context: ReportContext): Html {
  const { title, lines } = derivation;
  const head = title === undefined ? nothing : safe`<p class="title">${renderInline(title, context)}</p>`;
  const items = lines.map((line) => renderLine(line, context));
  const summary = safe`<p class="summary">${summaryWords(derivation)}</p>`;
  return safe`<div class="derivation">${head}<ol>${items}</ol>${summary}</div>`;
}

function renderLine(line: DerivationLine, context: ReportContext): Html {
  const { latex, because, counterexample, verdict, expect } = line;
  const tone = expect === verdict ? "expected" : verdict;
  const { name, facts } = splitWords(line);
  const row = safe`<div class="row">${renderMath(latex, true)}<p class="verdict ${tone}">${name}</p></div>`;
  const reason =
    because === undefined ? nothing : safe`<p class="because">${renderInline(because, context)}</p>`;
  const details = facts === "" ? nothing : safe`<p class="facts">${facts}</p>`;
  const wrong = safe`${renderCounterexample(counterexample, tone === "fails")}${renderRepairs(line)}`;
  return safe`<li>${row}${reason}${details}${wrong}</li>`;
}

/** What would make the line true, with the line as it would hold. */
function renderRepairs({ repairs = [], chainRepair }: DerivationLine): Html {
  const items = repairs.map(
    ({ text, latex }) =>
      safe`<div class="repair"><p>${inlineText(text, (part) => renderMath(part, false))}:</p>${renderMath(latex, true)}</div>`,
  );
  const whole = chainRepair === undefined ? nothing : safe`<p class="repair">${chainRepair}</p>`;
  return safe`${items}${whole}`;
}

/** The verdict itself, which stands beside the formula, and how it was found, which stands below. */
function splitWords(line: DerivationLine): { name: string; facts: string } {
  const words = verdictWords(line);
  const numbers = words.indexOf(" (");
  const reason = line.reason === undefined ? -1 : words.indexOf(`: ${line.reason}`);
  const end = numbers >= 0 && (reason < 0 || numbers < reason) ? numbers : reason;
  if (end < 0) return { name: words, facts: "" };
  return {
    name: words.slice(0, end),
    facts: words
      .slice(end)
      .replace(/^(: | \()/, "")
      .replace(/\)(?=:|$)/, ""),
  };
}

/** Open where something is wrong that should not be. */
function renderCounterexample(text: string | undefined, isOpen: boolean): Html {
  if (text === undefined) return nothing;
  const open = isOpen ? safe` open` : nothing;
  return safe`<details${open}><summary>Where it fails</summary><pre>${text}</pre></details>`;
}
