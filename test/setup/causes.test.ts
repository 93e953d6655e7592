import { expect, test } from "vitest";
import { recogniseCause } from "../../setup/causes.mjs";
import { join } from "node:path";
import { createTrial } from "./support.js";

/** Lines as npm 11, pip 23 and g++ 12 write them. */
const logs: readonly (readonly [string, string, string])[] = [
  [
    "npm",
    "npm error code ENOTFOUND\nnpm error network request to x failed",
    "npm could not reach its registry (ENOTFOUND)",
  ],
  [
    "npm",
    "npm error code SELF_SIGNED_CERT_IN_CHAIN",
    "npm does not trust the certificate of its registry or proxy (SELF_SIGNED_CERT_IN_CHAIN)",
  ],
  [
    "npm",
    "npm error code E404\nnpm error 404 No match found",
    "the registry that npm is set to does not carry a version that the lockfile names",
  ],
  [
    "npm",
    "npm error `npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync.",
    "package.json and package-lock.json do not belong together",
  ],
  ["npm", "npm error code ENOSPC", "the disk is full"],
  [
    "python",
    "The virtual environment was not created successfully because ensurepip is not available.",
    "this Python comes without its venv module",
  ],
  [
    "python",
    "ERROR: No matching distribution found for tensorflow-cpu==2.21.0",
    "the index that pip is set to has no tensorflow-cpu==2.21.0 for this Python and this machine",
  ],
  [
    "python",
    "ERROR: Could not find a version that satisfies the requirement jupyterlab==4.6.6 (from versions: none)\nERROR: No matching distribution found for jupyterlab==4.6.6",
    "the index that pip is set to could not be reached, or offers nothing for jupyterlab==4.6.6",
  ],
  [
    "python",
    "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
    "pip could not reach its index (Temporary failure in name resolution)",
  ],
  [
    "python",
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "the disk is full",
  ],
  [
    "binding",
    "a.cc:23:10: fatal error: tensorflow/c/c_api.h: No such file or directory",
    "the compiler did not find the header tensorflow/c/c_api.h",
  ],
  [
    "binding",
    "c++: error: unrecognized command-line option '-std=c++17'",
    "the compiler is too old for C++17",
  ],
  ["binding", "c++: fatal error: Killed signal terminated program cc1plus", "the machine ran out of memory"],
  ["build", "src/a.ts(1,2): error TS2322: Type 'x'", "the TypeScript sources do not compile"],
];

test.each(logs)("%s: %s", (step, log, why) => {
  const { root, put } = createTrial();
  put("log", log);
  const cause = recogniseCause(step, join(root, "log"));
  expect(cause?.why).toBe(why);
  expect(cause?.mend).toMatch(/npm run setup|complete index/);
});

test("what is not known is not guessed", () => {
  const { root, put } = createTrial();
  put("log", "something else went wrong");
  expect(recogniseCause("npm", join(root, "log"))).toBeUndefined();
  expect(recogniseCause("npm", join(root, "no log"))).toBeUndefined();
});
