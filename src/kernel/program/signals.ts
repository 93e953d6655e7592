/** Memory that the main thread and the watch thread share: what one must learn while the other stands still. */

/** Index 0: answers to questions so far. Index 1: whether the program is asked to stop. */
export type Signals = Int32Array<SharedArrayBuffer>;

const answers = 0;
const stop = 1;

export function createSignals(): Signals {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

export function countAnswer(signals: Signals): void {
  Atomics.add(signals, answers, 1);
  Atomics.notify(signals, answers);
}

/** Stands still until `take` gives something; it is asked again after every answer. */
export function waitFor<T>(signals: Signals, take: () => T | undefined): T {
  for (;;) {
    const before = Atomics.load(signals, answers);
    const taken = take();
    if (taken !== undefined) return taken;
    Atomics.wait(signals, answers, before);
  }
}

export function requestStop(signals: Signals): void {
  Atomics.store(signals, stop, 1);
}

export function stopRequested(signals: Signals): boolean {
  return Atomics.load(signals, stop) === 1;
}

/** The main thread has stopped the program. */
export function clearStop(signals: Signals): void {
  Atomics.store(signals, stop, 0);
}
