import { join } from "node:path";
import type { Environment, Platform } from "../../model/model.ts";
import { layers, stackId } from "../../model/names.ts";
import { outputOf } from "../../programs/run-program.ts";
import { requireTool, startCluster } from "../../tools/index.ts";
import { prepareTools } from "../deploy/prepare-tools.ts";
import { cdktfProgram, runCdktf } from "./cdktf.ts";
import { secondsSince } from "./seconds.ts";
import { persistentVolumes } from "./volumes.ts";
import { openWorkspace } from "./workspace.ts";

/** One platform in one environment. */
export interface Place {
  platform: Platform;
  environment: Environment;
}

/** What is deployed, and how its caller hears of it. */
export interface LocalDeployment {
  /** Deployed one after the other, and destroyed the other way round. */
  places: Place[];
  projectRoot: string;
  /** The command that cdktf runs in `projectRoot` to synthesise the stacks. */
  app: string;
  /** Ends everything early; the cluster is taken down all the same. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Called with the empty cluster. */
  beforeDeploy?: (kubectl: Kubectl) => Promise<void>;
  /** Called while everything is deployed, before it is destroyed again. */
  whileDeployed?: (deployed: Deployed) => Promise<void>;
}

/** Runs kubectl against the cluster and returns its stdout. */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** What stands on the cluster after a deploy. */
export interface Deployed {
  deployments: { namespace: string; name: string; available: number; wanted: number; image: string }[];
  kubectl: Kubectl;
  /** Runs terraform in a stack's folder and returns its stdout. */
  terraform: (stack: string, args: readonly string[]) => Promise<string>;
}

/** How long the two halves took of one place, in seconds. */
export interface DeployTimes {
  /** PLATFORM-ENVIRONMENT. */
  place: string;
  deploySeconds: number;
  destroySeconds: number;
}

/**
 * Deploys the stacks of platforms with cdktf and the real providers to a Kubernetes of its own on this machine, and destroys
 * them again. Cluster and state go away in the end, whatever happens. Throws when anything fails or is left over.
 */
export async function deployLocally(wanted: LocalDeployment): Promise<DeployTimes[]> {
  const { say, signal } = wanted;
  cdktfProgram();
  const providers = await prepareTools(["terraform", "kubectl", "kubecp"], say);
  signal.throwIfAborted();
  const workspace = await openWorkspace();
  try {
    const started = performance.now();
    const { kubeconfig } = await startCluster({ stateDir: workspace.clusterFolder });
    say(`cluster: up in ${secondsSince(started)} s`);
    const place = { folder: workspace.folder, kubeconfig, providers };
    return await deployAndDestroy(wanted, await programsFor(wanted, place));
  } finally {
    await workspace.remove();
    say("cluster: taken down");
  }
}

/** The programs of one run, each set on its cluster and its folder. */
interface Programs extends Pick<Deployed, "kubectl" | "terraform"> {
  /** Returns the seconds that it took. */
  cdktf(command: "deploy" | "destroy", place: Place): Promise<number>;
}

async function programsFor(
  wanted: LocalDeployment,
  {
    folder,
    kubeconfig,
    providers,
  }: { folder: string; kubeconfig: string; providers: Record<string, string> },
): Promise<Programs> {
  const { app, projectRoot: cwd, say, signal } = wanted;
  const env = { ...process.env, ...providers, ...cdktfEnv(folder), KUBE_CONFIG_PATH: kubeconfig };
  const run = { cwd, env, signal };
  // A folder for each place: cdktf takes it for its own.
  const outdirOf = (place: Place) => join(folder, "cdktf.out", nameOf(place));
  const folderOf = (stack: string) => {
    const place = wanted.places.find((one) => stacksOf(one).includes(stack));
    if (!place) throw new Error(`${stack} is not deployed`);
    return join(outdirOf(place), "stacks", stack);
  };
  const [kubectl, terraform] = [await requireTool("kubectl"), await requireTool("terraform")];
  return {
    cdktf: (command, place) =>
      runCdktf(command, {
        ...{ ...run, app, say },
        env: { ...env, ...selecting(place) },
        outdir: outdirOf(place),
        stacks: stacksOf(place),
      }),
    kubectl: (args, input) =>
      outputOf(kubectl, ["--kubeconfig", kubeconfig, ...args], { ...run, limitSeconds: 60, input }),
    terraform: (stack, args) =>
      outputOf(terraform, args, { ...run, cwd: folderOf(stack), limitSeconds: 300 }),
  };
}

async function deployAndDestroy(wanted: LocalDeployment, programs: Programs): Promise<DeployTimes[]> {
  const { cdktf, kubectl, terraform } = programs;
  await prepareCluster(wanted, kubectl);
  const times = new Map<Place, DeployTimes>();
  for (const place of wanted.places) {
    const deploySeconds = await cdktf("deploy", place);
    times.set(place, { place: nameOf(place), deploySeconds, destroySeconds: 0 });
  }
  const deployments = await availableDeployments(wanted, kubectl);
  await wanted.whileDeployed?.({ deployments, kubectl, terraform });
  for (const [place, time] of [...times].reverse()) time.destroySeconds = await cdktf("destroy", place);
  await expectNothingLeft(wanted, kubectl);
  return [...times.values()];
}

const nameOf = ({ platform, environment }: Place) => `${platform.name}-${environment.name}`;

/** Settings by which the app synthesises one place only. */
function selecting({ platform, environment }: Place): Record<string, string> {
  return { FAIRLEAD_PLATFORM: platform.name, FAIRLEAD_ENV: environment.name };
}

/** Settings for cdktf: state of this run only, nothing sent home. */
function cdktfEnv(folder: string): Record<string, string> {
  return {
    FAIRLEAD_STATE: join(folder, "state"),
    CDKTF_HOME: join(folder, "cdktf-home"),
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CHECKPOINT_DISABLE: "1",
    CI: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
  };
}

function stacksOf({ platform, environment }: Place): string[] {
  return layers.map((layer) => stackId(platform.name, environment.name, layer));
}

async function prepareCluster(wanted: LocalDeployment, kubectl: Kubectl): Promise<void> {
  // The catalog says in which context a deploy must be: a context of that name, for the new cluster only.
  for (const { environment } of wanted.places) {
    await kubectl(["config", "set-context", environment.context, "--cluster=local", "--user=local-admin"]);
  }
  const volumes = persistentVolumes(wanted.places);
  if (volumes.items.length > 0) await kubectl(["apply", "-f", "-"], JSON.stringify(volumes));
  await wanted.beforeDeploy?.(kubectl);
}

interface KubernetesDeployment {
  metadata: { name: string; namespace: string };
  spec: { replicas: number; template: { spec: { containers: { image: string }[] } } };
  status: { availableReplicas?: number };
}

/** What kubectl says of the Deployments; one that does not become available is an error. */
async function availableDeployments(
  wanted: LocalDeployment,
  kubectl: Kubectl,
): Promise<Deployed["deployments"]> {
  const all: Deployed["deployments"] = [];
  for (const { environment } of wanted.places) {
    const within = ["--namespace", environment.namespace];
    await kubectl([...within, "wait", "deployment", "--all", "--for=condition=Available", "--timeout=50s"]);
    const listed = JSON.parse(await kubectl([...within, "get", "deployments", "-o", "json"])) as {
      items: KubernetesDeployment[];
    };
    for (const { metadata, spec, status } of listed.items) {
      const { image = "" } = spec.template.spec.containers[0] ?? {};
      const { name, namespace } = metadata;
      all.push({ namespace, name, available: status.availableReplicas ?? 0, wanted: spec.replicas, image });
    }
  }
  return all;
}

async function expectNothingLeft({ places }: LocalDeployment, kubectl: Kubectl): Promise<void> {
  const namespaces = places.map(({ environment }) => environment.namespace);
  const named = await kubectl(["get", "namespace", ...namespaces, "--ignore-not-found", "-o", "name"]);
  // Of what belongs to no namespace: whatever bears the label that all of ours bear.
  const kinds = ["namespaces", "validatingadmissionpolicies", "validatingadmissionpolicybindings"].join(",");
  const ours = ["--selector", "app.kubernetes.io/managed-by=fairlead"];
  const left = [named, await kubectl(["get", kinds, ...ours, "-o", "name"])].join("").trim();
  if (left !== "") throw new Error(`cdktf destroy left ${left}`);
}
