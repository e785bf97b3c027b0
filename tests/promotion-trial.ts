// A project under Git whose production is a lab and a namespace of a local cluster, and people with keys of their own: all that a release passes through.
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { LedgerRecord, StoredRecord } from "../delivery/ledger/record.ts";
import { createProject } from "../init/index.ts";
import { labFolder } from "../lab/index.ts";
import { labToken } from "../lab/parts/orchestrator.ts";
import { type Said, type TemporaryLabs, temporaryLabs } from "../lab/temporary-labs.ts";
import { packageFile } from "../package-root.ts";
import { requireTool, startCluster } from "../tools/index.ts";
import { edit } from "./project-folder.ts";

export const CATALOG = "catalog/platforms/weathervane/index.ts";
const MINUTES = 60_000;

/** Who is there, and in which roles; the four of WV-19, of which two may not write the ledger, and who asks. */
const people = {
  rita: ["promoter", "cost"],
  ann: ["promoter", "architecture-review"],
  paul: ["promoter", "production-authority"],
  cora: ["cost"],
  sven: ["security"],
} as const;
export type Person = keyof typeof people;

/** How a command is run. */
interface As {
  by?: Person;
  cwd?: string;
  env?: Record<string, string>;
}

/** Makes all of it. `remove` takes it away again, also when the start failed half-way. */
export class PromotionTrial {
  folder = "";
  project = "";
  #labs: TemporaryLabs | undefined;
  #env: Record<string, string> = {};
  #kubectl = "";
  #stop: () => Promise<void> = async () => {};

  async start(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), "fairlead-promotion-"));
    this.project = join(this.folder, "project");
    await createProject(this.project);
    for (const place of ["catalog/platforms/hello", "policies/hello"])
      await rm(join(this.project, place), { recursive: true });
    await cp(packageFile("tests/fixtures/promotion"), this.project, { recursive: true });
    this.#kubectl = await requireTool("kubectl");
    await Promise.all([this.#startCluster(), this.#startLab()]);
    await this.#introduce();
    await execa("git", ["init", "--quiet", "--bare", join(this.folder, "remote.git")]);
    await this.git("init", "--quiet", "--initial-branch=main");
    await this.git("remote", "add", "origin", join(this.folder, "remote.git"));
    await this.commit("The platform");
  }

  async remove(): Promise<void> {
    await this.#labs?.close();
    await this.#stop();
    if (this.folder !== "") await rm(this.folder, { recursive: true, force: true });
  }

  readonly fairlead = async (args: readonly string[], as: As = {}): Promise<Said> => {
    const { exitCode, stdout, stderr } = await this.begin(args, as);
    return { stdout, stderr, ...(exitCode !== undefined && { exitCode }) };
  };

  /** Starts `fairlead` as one of the people would: with their key, and without a terminal. */
  begin(args: readonly string[], { by = "rita", cwd = this.project, env = {} }: As = {}) {
    return execa(process.execPath, [packageFile("dist/cli/main.js"), ...args], {
      cwd,
      env: { ...this.#env, FAIRLEAD_KEY: join(this.folder, `${by}.pem`), ...env },
      reject: false,
      stdin: "ignore",
      timeout: 10 * MINUTES,
    });
  }

  readonly git = async (...args: string[]): Promise<string> =>
    (
      await execa("git", ["-c", "user.name=rita", "-c", "user.email=rita@example.com", ...args], {
        cwd: this.project,
      })
    ).stdout;

  async commit(message: string): Promise<void> {
    await this.git("add", "--all");
    await this.git("commit", "--quiet", `--message=${message}`);
    await this.git("push", "--quiet", "origin", "main");
  }

  readonly kubectl = async (...args: string[]): Promise<string> =>
    (await execa(this.#kubectl, ["--kubeconfig", this.#env.KUBE_CONFIG_PATH ?? "", ...args])).stdout;

  /** The ledger's records as they lie in Git, a line each. */
  async records(): Promise<LedgerRecord[]> {
    const args = ["grep", "-h", "", "refs/fairlead/weathervane", "--", "records"];
    const { stdout } = await execa("git", args, { cwd: join(this.folder, "remote.git") });
    return stdout.split("\n").map((line) => (JSON.parse(line) as StoredRecord).record);
  }

  /** Where a part of the lab answers. */
  url(part: string): string {
    return this.#labs?.state("weathervane").parts[part]?.addresses.url ?? "";
  }

  /** What an orchestrator says of a flag. */
  async flag(name: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#env.FAIRLEAD_ORCHESTRATOR_TOKEN}` };
    const answer = await fetch(`${this.url("orchestrator-1")}/v1/flags/${name}`, {
      headers,
      signal: AbortSignal.timeout(20_000),
    });
    return answer.json();
  }

  async #startCluster(): Promise<void> {
    const cluster = await startCluster({ stateDir: join(this.folder, "cluster") });
    this.#env.KUBE_CONFIG_PATH = cluster.kubeconfig;
    this.#stop = cluster.stop;
  }

  /** Two orchestrators: the first runs what is there, the second what comes. */
  async #startLab(): Promise<void> {
    this.#labs = await temporaryLabs(this.project);
    const FAIRLEAD_LABS = this.#labs.folder;
    const up = await this.#labs.fairlead(["lab", "up", "--platform", "weathervane", "--replicas", "2"]);
    if (up.exitCode !== 0) throw new Error(up.stderr);
    const lab = labFolder("weathervane", { FAIRLEAD_LABS });
    const token = await labToken(lab, { subject: "rita", roles: ["operator"], seconds: 6 * 3_600 });
    const [STABLE, CANARY] = [this.url("orchestrator-1"), this.url("orchestrator-2")];
    const known = { NO_COLOR: "1", FAIRLEAD_LABS, FAIRLEAD_ORCHESTRATOR_TOKEN: token };
    Object.assign(this.#env, known, { STABLE, CANARY, SHOWN_AT: STABLE });
    await edit(
      this.project,
      CATALOG,
      'prometheus: "http://127.0.0.1:9090"',
      `prometheus: "${this.url("prometheus")}"`,
    );
  }

  async #introduce(): Promise<void> {
    const keys: unknown[] = [];
    for (const by of Object.keys(people) as Person[]) {
      const roles = people[by].flatMap((role) => ["--role", role]);
      const made = await this.fairlead(["key", by, ...roles], { by });
      if (made.exitCode !== 0) throw new Error(made.stderr);
      keys.push(JSON.parse(made.stdout));
    }
    await writeFile(join(this.project, "approvers.json"), `${JSON.stringify({ keys }, undefined, 2)}\n`);
  }
}

/** A copy of the project and of its remote, with one record of the ledger altered in the copy as somebody could who may push. Gives the copy's folder. */
export async function withAlteredRecord(
  { folder, project }: PromotionTrial,
  { number, alter }: { number: number; alter: (text: string) => string },
): Promise<string> {
  const [copy, remote] = [join(folder, "copy"), join(folder, "copy.git")];
  await cp(project, copy, { recursive: true });
  await cp(join(folder, "remote.git"), remote, { recursive: true });
  const ref = "refs/fairlead/weathervane";
  const path = `records/${String(number).padStart(8, "0")}.json`;
  const env = {
    ...{ GIT_DIR: remote, GIT_INDEX_FILE: join(folder, "copy.index") },
    ...{ GIT_AUTHOR_NAME: "x", GIT_AUTHOR_EMAIL: "x@y", GIT_COMMITTER_NAME: "x", GIT_COMMITTER_EMAIL: "x@y" },
  };
  const git = async (args: string[], input?: string) =>
    (await execa("git", args, { env, ...(input !== undefined && { input }), stripFinalNewline: false }))
      .stdout;
  const text = await git(["show", `${ref}:${path}`]);
  const altered = alter(text);
  if (altered === text) throw new Error(`${path} does not hold what was to be altered`);
  const blob = (await git(["hash-object", "-w", "--stdin"], altered)).trim();
  await git(["read-tree", ref]);
  await git(["update-index", "--cacheinfo", `100644,${blob},${path}`]);
  const tree = (await git(["write-tree"])).trim();
  const commit = (await git(["commit-tree", tree, "-p", ref, "-m", "x"])).trim();
  await git(["update-ref", ref, commit]);
  await execa("git", ["remote", "set-url", "origin", remote], { cwd: copy });
  return copy;
}
