import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import type { ShellCommand } from "./shell-commands.ts";

// Nothing listens on port 1 (tcpmux, never assigned to a service on this machine's loopback): no request gets out.
const NOWHERE = "http://127.0.0.1:1";
const SECONDS = 20;

/** Asks the real kubectl what it thinks of command lines. */
export class KubectlArguments {
  readonly #path: string;
  readonly #home: string;
  readonly #answers = new Map<string, Promise<string | undefined>>();

  /** `home` is a folder for it alone: there are no clusters and no plug-ins there. */
  private constructor(path: string, home: string) {
    this.#path = path;
    this.#home = home;
  }

  /** `contexts` are those that a command may name. */
  static async open(path: string, home: string, contexts: readonly string[]): Promise<KubectlArguments> {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, "config"), kubeconfig(contexts));
    return new KubectlArguments(path, home);
  }

  /**
   * What is wrong with the arguments, or nothing. kubectl reads all of them before it asks the cluster, and the cluster that it is
   * given is nowhere: a refused connection means that it understood. Never touches a real cluster, whatever the arguments say.
   */
  problem(command: ShellCommand): Promise<string | undefined> {
    const key = JSON.stringify([command.args, command.input]);
    const known = this.#answers.get(key) ?? this.#ask(command);
    this.#answers.set(key, known);
    return known;
  }

  async #ask({ args, input }: ShellCommand): Promise<string | undefined> {
    const end = args.indexOf("--");
    const own = end < 0 ? args : args.slice(0, end);
    // The last of several wins, so that no address of the command line's own is used.
    const bound = [
      ...own,
      `--kubeconfig=${join(this.#home, "config")}`,
      `--server=${NOWHERE}`,
      "--request-timeout=2s",
    ];
    const result = await execa(this.#path, [...bound, ...(end < 0 ? [] : args.slice(end))], {
      cwd: this.#home,
      // A proxy that is nowhere, too: `-f URL` must fetch nothing. Without a PATH no plug-in is found.
      env: {
        HOME: this.#home,
        PATH: "/nonexistent",
        HTTP_PROXY: NOWHERE,
        HTTPS_PROXY: NOWHERE,
        NO_COLOR: "1",
      },
      extendEnv: false,
      reject: false,
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
      timeout: SECONDS * 1000,
      forceKillAfterDelay: 1000,
    });
    if (result.timedOut || result.exitCode === 0) return undefined;
    return complaintIn(`${result.stdout}\n${result.stderr}`);
  }
}

// kubectl understood, and then found no cluster, no file or no input.
const UNDERSTOOD = [
  /was refused|connection refused|connect: |dial tcp|proxyconnect|bad port|i\/o timeout|context deadline/,
  /the path "[^"]*" (does not exist|cannot be accessed)|no such file|no objects passed|cannot rename the context/,
];

function complaintIn(said: string): string | undefined {
  if (UNDERSTOOD.some((pattern) => pattern.test(said))) return undefined;
  const lines = said
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^See 'kubectl|^[EIW]\d{4} /.test(line));
  return (lines.find((line) => /^error:/i.test(line)) ?? lines[0] ?? "failed and did not say why").replace(
    /^error: /i,
    "",
  );
}

function kubeconfig(contexts: readonly string[]): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "nowhere", cluster: { server: NOWHERE } }],
    users: [{ name: "nobody", user: {} }],
    contexts: contexts.map((name) => ({ name, context: { cluster: "nowhere", user: "nobody" } })),
    "current-context": contexts[0] ?? "",
  });
}
