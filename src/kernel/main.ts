/**
 * The kernel process: `node dist/kernel/main.js CONNECTION_FILE`, as the kernelspec has it. It speaks with
 * Jupyter and compiles; the user's program runs in a process of its own, so that the heartbeat, interrupts,
 * completion and streaming output work while it is inside a loop, and nothing it does can take them away.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startCompiler } from "./compiler/client.js";
import { endWithParent } from "./lifetime.js";
import { readConnection } from "./protocol/connection.js";
import { createExecutions, type Executions } from "./protocol/executions.js";
import { createHistory } from "./protocol/history.js";
import { kernelInfo } from "./protocol/info.js";
import { startProgram } from "./protocol/programProcess.js";
import { answer, type RequestParts } from "./protocol/requests.js";
import { openSockets, type RequestChannel, type Sockets } from "./protocol/sockets.js";
import { createSpeaker } from "./protocol/speaker.js";
import { textField, type Message } from "./protocol/wire.js";
import { packageRoot } from "../notebook/root.js";

/** More output than this, in bytes, may not wait for the clients: the program has to wait for them. */
const backlogLimit = 16 * 2 ** 20;
/** At shutdown, clients have this long to take what was sent. */
const flushMs = 300;

async function startKernel(connectionFile: string): Promise<void> {
  const compiler = startCompiler(process.cwd(), (packages) => executions.preload(packages));
  const program = startProgram({
    said: (message) => executions.said(message),
    wrote: (name, text) => executions.wrote(name, text),
    died: (error) => {
      executions.programDied(error);
      void compiler.reset();
    },
  });
  const connection = readConnection(connectionFile);
  const sockets = await openSockets(
    connection,
    (channel, message) => receive(desk, channel, message),
    (bytes) => program.hold(bytes > backlogLimit),
  );
  const speaker = createSpeaker(sockets);
  const history = createHistory();
  const executions: Executions = createExecutions({ speaker, history, compiler, program });
  const shutDown = (): void => {
    executions.flush();
    void endAfter(sockets, program.end());
  };
  const desk: Desk = {
    executions,
    speaker,
    history,
    introspection: compiler,
    kernelInfo: kernelInfo(packageVersion()),
    ports: connection.ports,
    interrupt: executions.interrupt,
    shutDown,
  };
  speaker.status("starting", {});
  endWithParent();
  process.on("SIGINT", () => void executions.interrupt());
  process.on("SIGTERM", shutDown);
}

interface Desk extends RequestParts {
  readonly executions: Executions;
}

function receive(desk: Desk, channel: RequestChannel, message: Message): void {
  const { speaker, executions } = desk;
  const { header, content } = message;
  if (channel === "stdin") {
    if (header.msg_type === "input_reply") executions.inputReplied(textField(content, "value"));
  } else if (channel === "shell" && header.msg_type === "execute_request") {
    executions.add(message);
  } else {
    speaker.status("busy", header);
    void answer(desk, channel, message).then(() => {
      speaker.status("idle", header);
      const running = executions.running();
      // Front ends show the latest state; a quick question must not make a long cell look finished.
      if (running !== undefined) speaker.status("busy", running.header);
    });
  }
}

async function endAfter(sockets: Sockets, programEnded: Promise<void>): Promise<void> {
  // In the next turn, so that the reply and the idle status are part of what is flushed.
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.race([sockets.flushed(), new Promise((resolve) => setTimeout(resolve, flushMs))]);
  await programEnded;
  sockets.close();
  process.exit(0);
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

const [connectionFile] = process.argv.slice(2);
if (connectionFile === undefined) {
  process.stderr.write("Usage: node dist/kernel/main.js CONNECTION_FILE (Jupyter starts kernels itself)\n");
  process.exitCode = 2;
} else {
  await startKernel(connectionFile);
}
