/**
 * The one door through which the library shows something in a notebook. The kernel installs a sink
 * under a registered symbol, so the library needs no import of the kernel and works without one:
 * where no sink is installed (a script, a test), the text/plain part is printed.
 */

/** MIME type to content: text as a string, images as base64, `+json` types as a plain object. */
export type MimeBundle = Readonly<Record<string, unknown>> & { readonly "text/plain": string };

/** What a notebook is told to show, or to take away. */
export type DisplayMessage = ShownMessage | ClearMessage;

/** `clear_output` of the Jupyter protocol: at once, or when the next output of the cell comes. */
export interface ClearMessage {
  readonly clear: "now" | "wait";
}

/** One display message of the Jupyter protocol: `display_data`, or `update_display_data` if `update`. */
export interface ShownMessage {
  readonly data: MimeBundle;
  /** Keyed by MIME type, e.g. `{"image/png": {alt: "…"}}`. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Names an output so that a later message can replace it in place. */
  readonly displayId?: string;
  readonly update: boolean;
}

export type DisplaySink = (message: DisplayMessage) => void;

/** `globalThis[displaySinkKey]` is where the kernel puts its sink, before any cell runs. */
export const displaySinkKey = Symbol.for("diffusion-workbook.display");

function currentSink(): DisplaySink {
  const sink: unknown = Reflect.get(globalThis, displaySinkKey);
  if (typeof sink === "function") return (message) => void Reflect.apply(sink, undefined, [message]);
  return (message) => {
    // What was printed stays printed.
    if (!("clear" in message)) console.log(message.data["text/plain"]);
  };
}

/** Shows one bundle. With `displayId` it can be replaced by {@link updateDisplay}. */
export function display(
  data: MimeBundle,
  options: { metadata?: ShownMessage["metadata"]; displayId?: string } = {},
): void {
  const { metadata = {}, displayId } = options;
  currentSink()({ data, metadata, update: false, ...(displayId === undefined ? {} : { displayId }) });
}

/** Replaces what was shown under `displayId`, also from a later cell. */
export function updateDisplay(
  displayId: string,
  data: MimeBundle,
  options: { metadata?: ShownMessage["metadata"] } = {},
): void {
  currentSink()({ data, metadata: options.metadata ?? {}, displayId, update: true });
}

/**
 * Takes away what the running cell has shown so far. With `wait` only when its next output comes, so that a
 * picture that changes does not flicker. Where no notebook is, it does nothing.
 */
export function clearOutput(options: { wait?: boolean } = {}): void {
  currentSink()({ clear: options.wait === true ? "wait" : "now" });
}
