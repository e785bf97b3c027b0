// Why the pods of a rollout are not available, as the cluster tells it.
import type { PlannedChange } from "../../delivery/plan/changes.ts";
import type { KubernetesObject } from "../../delivery/plan/kubernetes-object.ts";
import { quotaRefusal } from "../../delivery/plan/quota-refusal.ts";
import { type Diagnostic, isOfRollout } from "../../delivery/plan/terraform-words.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { type Access, kubectl } from "./cluster.ts";

/**
 * Adds to each failure of a rollout which Deployment it is, and why its pods are not available: that is all that Terraform does not say. Where the
 * cluster cannot be asked any more, Terraform's words stand alone.
 */
export async function withPods(
  access: Access,
  { wrong, changes }: { wrong: readonly Diagnostic[]; changes: readonly PlannedChange[] },
): Promise<Diagnostic[]> {
  const told: Diagnostic[] = [];
  for (const one of wrong) {
    const object = changes.find(({ address }) => address === one.address)?.object;
    if (!object || !isOfRollout(one)) {
      told.push(one);
      continue;
    }
    const reasons = await reasonsOf(access, object).catch((error: unknown) => {
      if (error instanceof ProblemsError) return [];
      throw error;
    });
    const summary = `${object.kind} ${object.name} in namespace ${object.namespace}: ${one.summary}`;
    told.push({ ...one, summary, detail: reasons.join("; ") });
  }
  return told;
}

interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

interface Deployment {
  spec: { selector: { matchLabels: Record<string, string> } };
  status: { conditions?: Condition[] };
}

interface ContainerStatus {
  name: string;
  ready: boolean;
  state?: { waiting?: Reason; terminated?: Reason & { exitCode: number } };
  lastState?: { terminated?: Reason & { exitCode: number } };
}

interface Reason {
  reason?: string;
  message?: string;
}

interface Pod {
  metadata: { name: string };
  status: {
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

async function reasonsOf(access: Access, { name, namespace = "" }: KubernetesObject): Promise<string[]> {
  const within = ["--namespace", namespace, "-o", "json", "get"];
  const { spec, status } = JSON.parse(await kubectl(access, [...within, "deployment", name])) as Deployment;
  const labels = Object.entries(spec.selector.matchLabels).map(([key, value]) => `${key}=${value}`);
  const listed = await kubectl(access, [...within, "pods", "--selector", labels.join(",")]);
  const { items } = JSON.parse(listed) as { items: Pod[] };
  const refused = (status.conditions ?? [])
    .filter(({ type, status: is }) => type === "ReplicaFailure" && is === "True")
    .map((condition) => `no pod can be made: ${quotaRefusal(condition.message ?? "") ?? saidBy(condition)}`);
  const pods = new Map<string, string[]>();
  for (const pod of items)
    for (const reason of reasonsOfPod(pod))
      pods.set(reason, [...(pods.get(reason) ?? []), pod.metadata.name]);
  return [...refused, ...[...pods].map(([reason, names]) => `${shortList(names)}: ${reason}`)];
}

function reasonsOfPod({ status }: Pod): string[] {
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const ofContainers = all
    .filter(({ ready }) => !ready)
    .flatMap(({ name, state, lastState }) => {
      // What a container wrote before it ended may be anything: only how it ended is told.
      const ended = state?.terminated ?? lastState?.terminated;
      const parts = [
        state?.waiting && saidBy(state.waiting),
        ended && `ended with exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ""}`,
      ].filter(Boolean);
      if (ended?.exitCode === 0 && !state?.waiting) return [];
      return [`container ${name}: ${parts.join(", ") || "runs, and its probe does not find it ready"}`];
    });
  const unplaced = (status.conditions ?? [])
    .filter(({ type, status: is }) => type === "PodScheduled" && is === "False")
    .map((condition) => `not placed on a node: ${saidBy(condition)}`);
  return [...unplaced, ...ofContainers];
}

function saidBy({ reason, message }: Reason): string {
  const short = message && message.length > 200 ? `${message.slice(0, 200)}…` : message;
  return [reason, short].filter(Boolean).join(": ");
}

function shortList([first, ...others]: readonly string[]): string {
  return others.length === 0 ? `pod ${first}` : `pod ${first} and ${others.length} more`;
}
