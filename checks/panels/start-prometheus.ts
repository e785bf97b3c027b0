import { execa } from "execa";

/** Where it runs: its program, a folder of its own with `prometheus.yaml` and its blocks in `data/`, and what ends it. */
export interface Home {
  path: string;
  folder: string;
  signal?: AbortSignal | undefined;
}

/** A Prometheus that answers at `http://ADDRESS`, and how to end it. */
export interface Running {
  address: string;
  end(): Promise<void>;
}

// It takes less than a second; a crowded machine has other things to do.
const SECONDS_TO_START = 60;

/** Starts a Prometheus on a free port of the loopback interface; once this resolves it answers. `args` come beside the usual ones. */
export async function startPrometheus(home: Home, args: readonly string[] = []): Promise<Running> {
  const server = launch(home, args);
  const end = async () => {
    server.kill();
    await server;
  };
  try {
    const address = await addressOf(server);
    await untilReady(address, home.signal);
    return { address, end };
  } catch (error) {
    await end();
    throw error;
  }
}

function launch({ path, folder, signal }: Home, args: readonly string[]) {
  const usual = [
    "--config.file=prometheus.yaml",
    "--storage.tsdb.path=data",
    // By age, counted from the newest block: nothing is to be removed.
    "--storage.tsdb.retention.time=10y",
    "--web.listen-address=127.0.0.1:0",
  ];
  return execa(path, [...usual, ...args], {
    cwd: folder,
    env: { HOME: folder },
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    forceKillAfterDelay: 5000,
    ...(signal && { cancelSignal: signal }),
  });
}

/** Where it listens, as it says itself: no port is free for sure until it is taken. */
async function addressOf(server: ReturnType<typeof launch>): Promise<string> {
  const said: string[] = [];
  return new Promise<string>((resolve, reject) => {
    const tooLong = setTimeout(
      () => reject(new Error(`Prometheus did not start within ${SECONDS_TO_START} s`)),
      SECONDS_TO_START * 1000,
    );
    server.stderr.on("data", (chunk: Buffer) => {
      said.push(String(chunk));
      const found = /Listening on".*?address=(127\.0\.0\.1:\d+)/.exec(said.join(""))?.[1];
      if (found !== undefined) resolve(found);
    });
    void server.then(({ signal: killed, exitCode }) =>
      reject(new Error(`Prometheus ended with ${killed ?? exitCode}: ${said.join("").slice(-500)}`)),
    );
    void server.finally(() => clearTimeout(tooLong));
  });
}

async function untilReady(address: string, signal: AbortSignal | undefined): Promise<void> {
  const until = Date.now() + SECONDS_TO_START * 1000;
  while (Date.now() < until) {
    signal?.throwIfAborted();
    const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Prometheus was not ready within ${SECONDS_TO_START} s`);
}
