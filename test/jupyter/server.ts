/** JupyterLab on a free port of this machine, without tokens, news, or questions to the network. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { once } from "node:events";
import type { JupyterHome } from "./home.js";

export interface LabServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const flags = (port: number, folder: string): string[] => [
  "--no-browser",
  "--allow-root",
  "--ServerApp.ip=127.0.0.1",
  `--ServerApp.port=${port}`,
  "--ServerApp.port_retries=0",
  `--ServerApp.root_dir=${folder}`,
  "--IdentityProvider.token=",
  "--LabApp.extension_manager=readonly",
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
];

/** Files of settings, below the configuration folder. */
const settings = {
  "labconfig/page_config.json": {
    disabledExtensions: { "@jupyterlab/apputils-extension:announcements": true },
  },
  // JupyterLab's own completion, words of the notebook, counts in UTF-16 and the protocol in characters; after a
  // 𝔼 it shifts the kernel's answers by one. And a busy machine may take longer than a second.
  "lab/user-settings/@jupyterlab/completer-extension/manager.jupyterlab-settings": {
    availableProviders: { "CompletionProvider:kernel": 550, "CompletionProvider:context": -1 },
    providerTimeout: 10_000,
  },
};

const startSeconds = 60;

/** @throws what JupyterLab said, if it ends or does not answer within a minute */
export async function openLab(home: JupyterHome): Promise<LabServer> {
  for (const [path, content] of Object.entries(settings)) {
    const file = join(home.config, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(content));
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = home.start("jupyter-lab", flags(port, home.notebooks), {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(child, "close");
  const begin = Date.now();
  while (!(await answers(`${url}/api/status`))) {
    if (child.exitCode !== null || Date.now() - begin > startSeconds * 1000) {
      child.kill("SIGKILL");
      throw new Error(`JupyterLab did not start:\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    close: async () => {
      // The server ends its kernels too.
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port on the loopback interface");
  return address.port;
}
