/**
 * The first thing that runs. Its syntax, and that of the three programs which import it, is old enough
 * for any Node that knows modules, so that an old one gets a sentence instead of a syntax error.
 */

/** The oldest Node that will do: major, minor. */
export const minimumNode = [20, 19];

/**
 * @param {string} version without the leading v
 * @returns {boolean}
 */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = minimumNode;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

/**
 * Loads and runs a command if this Node is new enough for it, else says what to do.
 * @param {() => Promise<void>} command
 */
export function onNewEnoughNode(command) {
  if (isNewEnough(process.versions.node)) {
    command();
    return;
  }
  process.stderr.write(
    "The workbook needs Node " +
      minimumNode.join(".") +
      " or newer; this is " +
      process.versions.node +
      ".\n" +
      "To mend it: install Node 22 from https://nodejs.org/en/download (Fedora: sudo dnf install nodejs22;\n" +
      "macOS: brew install node@22), then run the same command again.\n",
  );
  process.exitCode = 1;
}
