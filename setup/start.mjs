/** `npm start`: see commands/start.mjs. */
import { onNewEnoughNode } from "./node.mjs";

onNewEnoughNode(() => import("./commands/start.mjs").then(({ start }) => start(process.argv.slice(2))));
