// The cluster that a plan is for: found by the kubeconfig's context, asked with kubectl.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { PlannedChange } from "../../delivery/plan/changes.ts";
import type { SavedPlan } from "../../delivery/plan/saved-plan.ts";
import { explained } from "../../delivery/plan/terraform-words.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { runProgram } from "../../programs/run-program.ts";
import { requireTool } from "../../tools/index.ts";

/** Which cluster, and by which kubeconfig. */
export interface Access {
  kubeconfig: string;
  context: string;
  /** Address of the API server that the context leads to; empty where the kubeconfig has none. */
  server: string;
  signal: AbortSignal;
}

/** What is said of the context: what the plan is for, and what the user has confirmed. */
export interface Asked extends Pick<SavedPlan, "platform" | "environment" | "stage" | "context"> {
  confirmedContext?: string | undefined;
  signal: AbortSignal;
}

/**
 * The kubeconfig that KUBE_CONFIG_PATH names, once it has the environment's context and, in production, the user has named that context too.
 * Throws a ProblemsError; nothing is asked of any cluster yet.
 */
export async function accessFor(asked: Asked): Promise<Access> {
  const { context, stage, environment, confirmedContext, signal } = asked;
  const path = process.env.KUBE_CONFIG_PATH;
  if (!path) throw refused("plan/no-kubeconfig", NO_KUBECONFIG);
  const kubeconfig = resolve(path.replace(/^~(?=\/)/, homedir()));
  const servers = await serversIn(kubeconfig);
  const server = servers.get(context);
  const names = [...servers.keys()].map((name) => `"${name}"`).join(", ");
  if (server === undefined)
    throw refused("plan/no-context", {
      message: `environment "${environment}" is deployed in context "${context}", and ${path} has ${names || "no context"}`,
      fix: "name the kubeconfig that has it in KUBE_CONFIG_PATH, or correct the environment's context in the catalog",
    });
  const mustConfirm = stage === "prod" || confirmedContext !== undefined;
  if (mustConfirm && confirmedContext !== context)
    throw refused("plan/context-not-confirmed", {
      message:
        confirmedContext === undefined
          ? `environment "${environment}" is production, and its context "${context}" is not confirmed`
          : `environment "${environment}" is deployed in context "${context}", not in "${confirmedContext}"`,
      fix: `add --confirm-context ${context}, if that is what you mean`,
    });
  return { kubeconfig, context, server, signal };
}

const NO_KUBECONFIG = {
  message: "it is not said which kubeconfig is used",
  fix: "name it: KUBE_CONFIG_PATH=~/.kube/config; no cluster is ever taken by chance",
};

interface Kubeconfig {
  contexts?: { name: string; context?: { cluster?: string } }[] | null;
  clusters?: { name: string; cluster?: { server?: string } }[] | null;
}

/** Where each context leads to. */
async function serversIn(kubeconfig: string): Promise<Map<string, string>> {
  const text = await readFile(kubeconfig, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw refused("plan/no-kubeconfig", {
      message: `KUBE_CONFIG_PATH names ${kubeconfig}, which cannot be read (${error.code})`,
      fix: "correct the path",
    });
  });
  try {
    const { contexts, clusters } = parse(text) as Kubeconfig;
    const addresses = new Map((clusters ?? []).map(({ name, cluster }) => [name, cluster?.server]));
    return new Map(
      (contexts ?? []).map(({ name, context }) => [name, addressOf(addresses.get(context?.cluster ?? ""))]),
    );
  } catch {
    throw refused("plan/no-kubeconfig", {
      message: `KUBE_CONFIG_PATH names ${kubeconfig}, which is no kubeconfig`,
      fix: "correct the path",
    });
  }
}

/** Without a name or password that may be in it. */
function addressOf(server: string | undefined): string {
  if (server === undefined || !URL.canParse(server)) return "";
  const { origin, pathname } = new URL(server);
  return origin + pathname.replace(/\/$/, "");
}

/** Throws a ProblemsError where a plan was made on another cluster than the one that its context leads to now. */
export function expectPlannedHere({ server, context }: Access, planned: Pick<SavedPlan, "server">): void {
  if (planned.server === server) return;
  throw refused("plan/another-cluster", {
    message: `the plan was made on the cluster at ${planned.server || "an unknown address"}, and context "${context}" leads to ${server || "no address"}`,
    fix: "name in KUBE_CONFIG_PATH the kubeconfig that it was planned with, or plan again on this cluster",
  });
}

/** Throws a ProblemsError that says why, unless the cluster answers and accepts the credentials. */
export async function expectCluster(access: Access): Promise<void> {
  await kubectl(access, ["get", "--raw", "/version"]);
}

/**
 * Objects that the plan would create and that are there: whoever made them, they are not taken over. Throws a ProblemsError where the account may
 * not look.
 */
export async function takenNames(access: Access, created: readonly PlannedChange[]): Promise<Problem[]> {
  const items = created.flatMap(({ object: { apiVersion, kind, name, namespace } }) =>
    apiVersion ? [{ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } }] : [],
  );
  if (items.length === 0) return [];
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const said = await kubectl(access, ["get", "--ignore-not-found", "-o", "json", "-f", "-"], list);
  if (said.trim() === "") return [];
  const found = JSON.parse(said) as Partial<Found> & { items?: Found[] };
  return (found.items ?? [found as Found]).map(taken);
}

interface Found {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    creationTimestamp?: string;
    labels?: Record<string, string>;
  };
}

function taken({ kind, metadata }: Found): Problem {
  const { name, namespace, creationTimestamp, labels = {} } = metadata;
  const by = labels["app.kubernetes.io/managed-by"];
  const whose = [by && `managed by ${by}`, creationTimestamp && `since ${creationTimestamp}`].filter(Boolean);
  const where = namespace === undefined ? "" : ` of namespace ${namespace}`;
  const killed = by === "fairlead" ? "an apply that was killed may have made it; " : "";
  return {
    rule: "plan/name-taken",
    severity: "error",
    message: `${kind} ${name}${where} is there already (${whose.join(", ")}), and not in Terraform's state`,
    fix: `it is never taken over silently: ${killed}rename one, delete the other, or plan with --adopt ${kind}/${name}`,
  };
}

/** What kubectl says on stdout. Throws a ProblemsError in which its error is explained. */
export async function kubectl(access: Access, args: readonly string[], input?: string): Promise<string> {
  const { kubeconfig, context, signal } = access;
  const at = ["--kubeconfig", kubeconfig, "--context", context, "--request-timeout=20s"];
  const program = await requireTool("kubectl");
  const ended = await runProgram(program, [...at, ...args], {
    cwd: join(kubeconfig, ".."),
    env: process.env,
    signal,
    limitSeconds: 60,
    input,
  });
  signal.throwIfAborted();
  if (ended.failed === undefined) return ended.stdout;
  const summary = ended.all.trim() || ended.failed;
  throw new ProblemsError(
    explained([{ severity: "error", summary }], { stack: `context ${context}`, context }),
  );
}

function refused(rule: string, told: Pick<Problem, "message" | "fix">): ProblemsError {
  return new ProblemsError([{ rule, severity: "error", ...told }]);
}
