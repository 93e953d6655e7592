import { displaySinkKey, type DisplayMessage } from "../../src/notebook/display.js";

/** Installs a display sink like the kernel's and returns what it receives; undo it with {@link removeSink}. */
export function recordDisplays(): DisplayMessage[] {
  const messages: DisplayMessage[] = [];
  Reflect.set(globalThis, displaySinkKey, (message: DisplayMessage) => messages.push(message));
  return messages;
}

export function removeSink(): void {
  Reflect.deleteProperty(globalThis, displaySinkKey);
}
