/** `npm run setup`: see commands/setup.mjs. */
import { onNewEnoughNode } from "./node.mjs";

onNewEnoughNode(() => import("./commands/setup.mjs").then(({ setup }) => setup(process.argv.slice(2))));
