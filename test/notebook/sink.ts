import { displaySinkKey, type ShownMessage } from "../../src/notebook/display.js";

/** Installs a display sink like the kernel's and returns what it receives; undo it with {@link removeSink}. */
export function recordDisplays(): ShownMessage[] {
  const messages: ShownMessage[] = [];
  Reflect.set(globalThis, displaySinkKey, (message: ShownMessage) => messages.push(message));
  return messages;
}

export function removeSink(): void {
  Reflect.deleteProperty(globalThis, displaySinkKey);
}
