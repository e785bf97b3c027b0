import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Problem } from "../problems/problem.ts";
import type { Deployed } from "../stacks/deployed-objects.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { objectsOf, originOf, placeName, yamlOf } from "./hardening/objects.ts";
import { runTool } from "./run-tool.ts";
import { oneLine } from "./tool-words.ts";
import { twoAtATime } from "./two-at-a-time.ts";

/**
 * Each environment's own cluster is asked whether it would take every object, and every pod, under strict field validation, its quotas,
 * its admission and Pod Security: a dry run on the server, which changes nothing.
 */
export const cluster: Check = {
  name: "cluster",
  title: "Objects of every environment (dry run in its cluster)",
  needs: ["kubectl"],
  onRequest: "asks the clusters themselves",
  async run(context) {
    const kubeconfig = process.env.KUBE_CONFIG_PATH;
    if (!kubeconfig) return { problems: [NO_KUBECONFIG], files: 0 };
    const places = await objectsOf(context);
    const folder = join(await context.workspace(), "cluster");
    await mkdir(folder, { recursive: true });
    let done = 0;
    const problems = await twoAtATime(places, async (place) => {
      const found = await dryRun(context, place, { folder, kubeconfig });
      done += 1;
      context.progress(`${done} of ${places.length} environments`);
      return found;
    });
    return { problems: problems.flat(), files: places.length };
  },
};

const NO_KUBECONFIG: Problem = {
  rule: "plan/no-kubeconfig",
  severity: "error",
  message: "it is not said which kubeconfig is used",
  fix: "name it: KUBE_CONFIG_PATH=~/.kube/config; no cluster is ever taken by chance",
};

const DRY_RUN = ["--dry-run=server", "--validate=strict", "--output=name"];
// As if nobody else had a say in the objects' fields: who has one is no question of a dry run.
const APPLY = ["apply", "--server-side", "--force-conflicts", "--field-manager=fairlead-check"];

async function dryRun(
  context: CheckContext,
  place: Deployed,
  { folder, kubeconfig }: { folder: string; kubeconfig: string },
): Promise<Problem[]> {
  const file = `${placeName(place)}.yaml`;
  await writeFile(join(folder, file), yamlOf({ objects: [...place.objects, ...podsOf(place)] }));
  const { ok, trouble, stderr } = await runTool({
    path: context.tool("kubectl"),
    args: [`--context=${place.environment.context}`, ...APPLY, ...DRY_RUN, `--filename=${file}`],
    cwd: folder,
    seconds: 600,
    env: { KUBECONFIG: resolve(kubeconfig.replace(/^~(?=\/)/, homedir())) },
    signal: context.signal,
  });
  // Lines that go on with the one before: kubectl's advice on kinds that the cluster does not have.
  const said = stderr
    .replaceAll(/\n(?=ensure CRDs)/g, "; ")
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (trouble !== undefined) return [problem(context, { place, said: trouble })];
  if (!ok && said.length === 0) return [problem(context, { place, said: "failed and did not say why" })];
  // Warnings too: they say which Deployments will get no pods.
  return said.map((line) => problem(context, { place, said: line }));
}

/** The pods that Deployments and CronJobs will ask for: Pod Security refuses these, not the objects that ask. */
function podsOf({ objects }: Deployed): Deployed["objects"] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const template = templateOf(kind, spec);
    if (!template) return [];
    const { name, namespace = "default" } = metadata;
    return [
      {
        apiVersion: "v1",
        kind: "Pod",
        ...template,
        metadata: { ...template.metadata, name: `${name}-dry-run`, namespace },
      },
    ];
  });
}

interface PodTemplate {
  metadata: object;
  spec: object;
}

function templateOf(kind: string, spec: unknown): PodTemplate | undefined {
  if (kind === "Deployment") return (spec as { template: PodTemplate }).template;
  if (kind !== "CronJob") return undefined;
  return (spec as { jobTemplate: { spec: { template: PodTemplate } } }).jobTemplate.spec.template;
}

function problem({ locate }: CheckContext, { place, said }: { place: Deployed; said: string }): Problem {
  const names = [...said.matchAll(/"([a-z0-9-]+?)(?:-dry-run)?"/g)].map(([, name]) => name ?? "");
  const origins = names.map((name) => originOf(name, place.environment));
  const origin = origins.find((one) => one !== place.environment.origin) ?? place.environment.origin;
  const message = `kubectl: ${oneLine(said)} (${place.platform.name} in ${place.environment.name})`;
  const path = `cluster of context ${place.environment.context}`;
  return problemIn({ path, origin }, { rule: "check/cluster", message }, locate);
}
