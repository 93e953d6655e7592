import { fileURLToPath } from "node:url";

/** The root folder of this package, the same from src/ and from dist/; ends with a separator. */
export const packageRoot = fileURLToPath(new URL("../../", import.meta.url));
