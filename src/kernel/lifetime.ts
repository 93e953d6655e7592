/** A kernel whose server was killed would stay for ever: nobody could reach it any more. */

const checkMs = 2000;

/** Ends this process when the one that started it has gone. Only where Jupyter says that it is the parent. */
export function endWithParent(): void {
  if (process.env["JPY_PARENT_PID"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, checkMs).unref();
}
