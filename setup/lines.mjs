/** The one line that each step prints, with its time; while it works, a moving line on a terminal. */

/** @typedef {import("./context.mjs").Context} Context */

const width = 26;

/**
 * `✓ npm packages               12.3 s  changed: lockfile`
 * @param {boolean} good
 * @param {string} name
 * @param {number} milliseconds
 * @param {string} [note]
 */
export function resultLine(good, name, milliseconds, note = "") {
  const seconds = `${(milliseconds / 1000).toFixed(milliseconds < 100 ? 2 : 1)} s`;
  return `${good ? "✓" : "✗"} ${name.padEnd(width)}${seconds.padStart(8)}${note === "" ? "" : `  ${note}`}\n`;
}

/**
 * Shows that a step is at work and since when; the returned function takes the line away.
 * @param {Context} context
 * @param {string} name
 * @param {string} log where to look meanwhile, relative to the project
 * @returns {() => void}
 */
export function movingLine(context, name, log) {
  if (!context.isTerminal) return () => undefined;
  const begun = Date.now();
  const show = () => {
    const seconds = Math.floor((Date.now() - begun) / 1000);
    context.write(`\r… ${name.padEnd(width)}${`${seconds} s`.padStart(8)}  ${log}`);
  };
  show();
  const timer = setInterval(show, 1000);
  return () => {
    clearInterval(timer);
    context.write("\r\u001b[K");
  };
}
