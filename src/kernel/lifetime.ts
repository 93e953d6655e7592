/** The ends of a kernel: when it is told to, and when the server that started it is gone. */

/** A main thread that cannot exit by itself within this time is killed. */
const exitMs = 300;
const checkMs = 2000;

/** Asks the main thread to exit, and insists. */
export function endProcess(askMainThread: () => void): void {
  askMainThread();
  setTimeout(kill, exitMs);
}

/** A kernel whose server was killed would stay for ever: nobody could reach it any more. */
export function endWithParent(): void {
  if (process.env["JPY_PARENT_PID"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) kill();
  }, checkMs).unref();
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}
