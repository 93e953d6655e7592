import type { Span } from "../expr/expr.js";

/**
 * A place in a formula that cannot be read. Like KaTeX's own errors it says where and shows the
 * place; unlike an InputError it never leaves the checker, which turns it into `unreadable`.
 */
export class ReadError extends Error {
  override readonly name = "ReadError";

  /**
   * @param problem what stands there and why it is not read: `an integral is not read yet`
   * @param span the offending part, offsets into the formula
   */
  constructor(
    readonly problem: string,
    readonly span: Span,
    options?: ErrorOptions,
  ) {
    super(problem, options);
  }
}

const around = 16;

/** `at position 7, "…\frac{a}{▸b◂}…": problem`; positions count from 1 as in KaTeX. */
export function describePlace(latex: string, span: Span, problem: string): string {
  const start = Math.min(Math.max(span.start, 0), latex.length);
  const end = Math.min(Math.max(span.end, start), latex.length, start + 40);
  const left = latex.slice(Math.max(0, start - around), start);
  const right = latex.slice(end, end + around);
  const before = start > around ? `…${left}` : left;
  const after = end + around < latex.length ? `${right}…` : right;
  return `at position ${start + 1}, "${before}▸${latex.slice(start, end)}◂${after}": ${problem}`;
}
