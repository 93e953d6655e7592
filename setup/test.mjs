/** `npm test`: see commands/test.mjs. */
import { onNewEnoughNode } from "./node.mjs";

onNewEnoughNode(() => import("./commands/test.mjs").then(({ test }) => test(process.argv.slice(2))));
