// Nexus' hybrid over two clusters and its edge, by Terraform on real Kubernetes APIs; then what production goes through there: updates
// under watch, lost pods and nodes, more load, and a restore. Only nodes and pods are simulated.
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { releaseList } from "../model/admission.ts";
import type { Environment, Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { choresOf } from "../model/upkeep.ts";
import { packageFile } from "../package-root.ts";
import { admissionPolicies } from "../policies/admission/index.ts";
import { type LocalCluster, providerMirror, requireTool, startCluster } from "../tools/index.ts";
import { persistentVolumes } from "./deploy-local/volumes.ts";
import { synthesise } from "./index.ts";

const MINUTES = 60_000;
const DIGEST = "e".repeat(64);
const COORDINATOR = "multi-agent-coordinator";
// Two clusters: the edge's machine is another one, which the second stands for.
const homes = { "hybrid-cloud": 0, "hybrid-onprem": 1, edge: 1 } as const;
type Name = keyof typeof homes;
const names = Object.keys(homes) as Name[];

let folder: string;
let clusters: LocalCluster[] = [];
let kubeconfig: string;
let kubectlProgram: string;
let places: Record<string, { platform: Platform; environment: Environment }>;
let stackFolder: (layer: string, environment: string) => string;
let variables: Record<string, string>;

/** kubectl in the context of an environment; the one kubeconfig knows both clusters. */
async function kubectl(name: Name, args: string[], input?: unknown): Promise<string> {
  const { environment } = placeOf(name);
  const all = [
    "--kubeconfig",
    kubeconfig,
    "--context",
    environment.context,
    "-n",
    environment.namespace,
    ...args,
  ];
  const { stdout } = await execa(kubectlProgram, all, {
    ...(input === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(input) }),
    timeout: 5 * MINUTES,
  });
  return stdout;
}

async function json<T>(name: Name, ...args: string[]): Promise<T> {
  return JSON.parse(await kubectl(name, [...args, "-o", "json"])) as T;
}

function placeOf(name: Name) {
  const place = places[name];
  if (!place) throw new Error(`Nexus has no ${name}`);
  return place;
}

async function apply(layer: string, name: Name): Promise<void> {
  const terraform = await requireTool("terraform");
  const options = {
    cwd: stackFolder(layer, name),
    timeout: 8 * MINUTES,
    stdin: "ignore" as const,
    env: { ...variables, KUBE_CONFIG_PATH: kubeconfig, TF_VAR_release: `sha256:${DIGEST}` },
  };
  await execa(terraform, ["init", "-input=false", "-no-color"], options);
  await execa(terraform, ["apply", "-auto-approve", "-input=false", "-no-color"], options);
}

/** One file of access to both, with a context for each environment: a deploy to the wrong one fails for want of it. */
async function joined(): Promise<string> {
  const each = await Promise.all(
    clusters.map(async (cluster, i) => {
      const view = ["--kubeconfig", cluster.kubeconfig, "config", "view", "--raw", "-o", "json"];
      const { stdout } = await execa(kubectlProgram, view);
      const {
        clusters: [one],
        users: [user],
      } = JSON.parse(stdout);
      return { cluster: { ...one, name: `cluster-${i}` }, user: { ...user, name: `user-${i}` } };
    }),
  );
  const contexts = names.map((name) => {
    const i = homes[name];
    return {
      name: placeOf(name).environment.context,
      context: { cluster: `cluster-${i}`, user: `user-${i}` },
    };
  });
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: each.map((e) => e.cluster),
    users: each.map((e) => e.user),
    contexts,
  };
  const file = join(folder, "kubeconfig");
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-topologies-"));
  kubectlProgram = await requireTool("kubectl");
  ({ env: variables } = await providerMirror());
  const { model } = await loadProject(packageFile("."));
  const platform = model.platforms.find(({ name }) => name === "nexus") as Platform;
  const nexus = { ...model, platforms: [platform] };
  places = Object.fromEntries(
    platform.environments.map((environment) => {
      // Where state is kept is no part of what is tried here, and a bucket is out of reach.
      environment.backend = { kind: "local", folder: "state" };
      return [environment.name, { platform, environment }];
    }),
  );
  clusters = [
    await startCluster({ stateDir: join(folder, "cloud"), nodes: 3 }),
    await startCluster({ stateDir: join(folder, "onprem"), nodes: 2 }),
  ];
  kubeconfig = await joined();
  const artifacts = [...alerts(nexus), ...dashboards(nexus), ...admissionPolicies(nexus)];
  const written = synthesise(nexus, artifacts, {
    ...{ environments: names, projectRoot: folder, outdir: join(folder, "out") },
  });
  stackFolder = (layer, name) =>
    written.find((stack) => stack.layer === layer && stack.environment === name)?.folder ?? "";
  for (const name of names) {
    const { environment } = placeOf(name);
    await kubectl(name, ["create", "-f", "-"], persistentVolumes([placeOf(name)]));
    await apply("foundation", name);
    const list = releaseList(environment.namespace);
    const images = [...new Set(environment.services.map(({ image }) => image)), NEXT].join("\n");
    const patch = JSON.stringify({ data: { [DIGEST]: images } });
    await kubectl(name, ["patch", "configmap", list.name, "-n", list.namespace, "-p", patch]);
    await apply("services", name);
  }
}, 30 * MINUTES);
afterAll(async () => {
  for (const cluster of clusters) await cluster.stop();
  await rm(folder, { recursive: true, force: true });
});

const NEXT = `ghcr.io/nexus-architect/${COORDINATOR}:2.3.2`;

interface Listed<T> {
  items: T[];
}
interface Pod {
  metadata: { name: string; uid: string; deletionTimestamp?: string };
  spec: { nodeName?: string };
  status: { phase: string };
}

const podsOf = async (name: Name, service: string) =>
  (await json<Listed<Pod>>(name, "get", "pods", "-l", `app.kubernetes.io/name=${service}`)).items.filter(
    ({ metadata }) => metadata.deletionTimestamp === undefined,
  );

async function availableEverywhere(name: Name): Promise<void> {
  await kubectl(name, ["wait", "deployment", "--all", "--for=condition=Available", "--timeout=240s"]);
}

describe("topologies (NX-1, NX-6, NX-7, PM-7)", () => {
  test.each(names)("%s stands in its own cluster, whole, within the quota of its size", async (name) => {
    const { environment } = placeOf(name);
    await availableEverywhere(name);
    const deployments = await json<Listed<{ metadata: { name: string } }>>(name, "get", "deployments");
    expect(deployments.items.map(({ metadata }) => metadata.name)).toEqual(
      environment.services.map((s) => s.name),
    );
    const quota = await json<{ status: { hard: Record<string, string> } }>(
      name,
      "get",
      "resourcequota",
      "capacity",
    );
    const sizes = {
      edge: ["4", "8G", "20G"],
      "hybrid-cloud": ["16", "32G", "100G"],
      "hybrid-onprem": ["16", "32G", "100G"],
    };
    expect(["cpu", "memory", "storage"].map((of) => quota.status.hard[`requests.${of}`])).toEqual(
      sizes[name],
    );
    // The quota's own events would say so: no pod was refused.
    const refused = await kubectl(name, [
      "get",
      "events",
      "--field-selector",
      "reason=FailedCreate",
      "-o",
      "name",
    ]);
    expect(refused).toBe("");
  });

  test("each half of the hybrid is without the other: neither cluster knows the other's namespace", async () => {
    for (const [here, there] of [
      ["hybrid-cloud", "hybrid-onprem"],
      ["hybrid-onprem", "hybrid-cloud"],
    ] as const) {
      const { namespace } = placeOf(there).environment;
      expect(await kubectl(here, ["get", "namespace", namespace, "--ignore-not-found", "-o", "name"])).toBe(
        "",
      );
    }
  });

  test("the edge has one pod of each service, and asks for a part of its size", async () => {
    const { items } = await json<Listed<Pod>>("edge", "get", "pods");
    expect(items).toHaveLength(placeOf("edge").environment.services.length);
    const { status } = await json<{ status: { used: Record<string, string> } }>(
      "edge",
      "get",
      "resourcequota",
      "capacity",
    );
    expect(Number.parseInt(status.used["requests.cpu"] ?? "", 10)).toBeLessThan(4000);
  });

  test("everything that one more pod needs is refused beyond the quota, with its reason", async () => {
    const scale = (replicas: number) =>
      kubectl("edge", ["scale", "deployment/production-optimizer", `--replicas=${replicas}`]);
    await scale(200);
    const words = [
      "get",
      "events",
      "--field-selector",
      "reason=FailedCreate",
      "-o",
      "jsonpath={.items[*].message}",
    ];
    await expect
      .poll(() => kubectl("edge", words), { timeout: 2 * MINUTES })
      .toContain("exceeded quota: capacity");
    await scale(1);
    await availableEverywhere("edge");
  });
});

describe("zero-downtime rollout (AH-13)", () => {
  test("at no moment of an update fewer endpoints are ready than before it; a bad release changes nothing", async () => {
    await availableEverywhere("hybrid-cloud");
    const wanted = 3;
    await expect.poll(async () => (await podsOf("hybrid-cloud", COORDINATOR)).length).toBe(wanted);
    const update = await watched(async () => {
      await kubectl("hybrid-cloud", ["set", "image", `deployment/${COORDINATOR}`, `${COORDINATOR}=${NEXT}`]);
      await kubectl("hybrid-cloud", ["rollout", "status", `deployment/${COORDINATOR}`, "--timeout=240s"]);
    });
    expect(update.changes).toBeGreaterThan(wanted);
    expect(update.fewest).toBe(wanted);
    const bad = await watched(async () => {
      const failing = {
        spec: { template: { metadata: { annotations: { "local-test/fail": "ImagePullBackOff" } } } },
      };
      await kubectl("hybrid-cloud", ["patch", `deployment/${COORDINATOR}`, "-p", JSON.stringify(failing)]);
      // One pod of the new kind comes, is never ready, and none of the old ones goes.
      await expect.poll(async () => (await podsOf("hybrid-cloud", COORDINATOR)).length).toBe(wanted + 1);
      await kubectl("hybrid-cloud", ["rollout", "undo", `deployment/${COORDINATOR}`]);
      await kubectl("hybrid-cloud", ["rollout", "status", `deployment/${COORDINATOR}`, "--timeout=240s"]);
    });
    expect(bad.fewest).toBe(wanted);
  });

  test("the same watch sees it where an update may take pods away first", async () => {
    const strategy = { spec: { strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } } };
    await kubectl("hybrid-cloud", ["patch", `deployment/${COORDINATOR}`, "-p", JSON.stringify(strategy)]);
    const careless = await watched(async () => {
      await kubectl("hybrid-cloud", ["rollout", "restart", `deployment/${COORDINATOR}`]);
      await kubectl("hybrid-cloud", ["rollout", "status", `deployment/${COORDINATOR}`, "--timeout=240s"]);
    });
    expect(careless.fewest).toBeLessThan(3);
    const ours = { spec: { strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } } } };
    await kubectl("hybrid-cloud", ["patch", `deployment/${COORDINATOR}`, "-p", JSON.stringify(ours)]);
  });

  /** The fewest ready endpoints of the coordinator at any moment while something is done, and how often they changed. */
  async function watched(during: () => Promise<void>): Promise<{ fewest: number; changes: number }> {
    const { environment } = placeOf("hybrid-cloud");
    const of = ["get", "endpointslices", "-l", `kubernetes.io/service-name=${COORDINATOR}`, "-o", "json"];
    const at = ["--kubeconfig", kubeconfig, "--context", environment.context, "-n", environment.namespace];
    const child = spawn(kubectlProgram, [...at, ...of, "--watch", "--output-watch-events"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const slices = new Map<string, number>();
    const counts: number[] = [];
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      // Each object ends with a brace of its own at the beginning of a line.
      for (let end = text.indexOf("\n}\n"); end >= 0; end = text.indexOf("\n}\n")) {
        const { type, object } = JSON.parse(text.slice(0, end + 2)) as SliceEvent;
        text = text.slice(end + 3);
        const ready = (object.endpoints ?? []).filter(({ conditions }) => conditions.ready).length;
        slices.set(object.metadata.name, type === "DELETED" ? 0 : ready);
        counts.push([...slices.values()].reduce((sum, n) => sum + n, 0));
      }
    });
    try {
      await expect.poll(() => counts.length).toBeGreaterThan(0);
      await during();
      // What changed last is seen too: the watch is as far as a read is.
      const now = await json<Listed<SliceEvent["object"]>>("hybrid-cloud", ...of.slice(0, -2));
      const ready = now.items
        .flatMap(({ endpoints }) => endpoints ?? [])
        .filter((e) => e.conditions.ready).length;
      await expect.poll(() => counts.at(-1)).toBe(ready);
    } finally {
      child.kill("SIGTERM");
    }
    return { fewest: Math.min(...counts), changes: counts.length };
  }

  interface SliceEvent {
    type: string;
    object: { metadata: { name: string }; endpoints?: { conditions: { ready?: boolean } }[] };
  }
});

describe("failover (PM-13)", () => {
  test("a lost pod is replaced", async () => {
    const [lost] = await podsOf("hybrid-onprem", "redis");
    await kubectl("hybrid-onprem", [
      "delete",
      "pod",
      lost?.metadata.name ?? "",
      "--grace-period=0",
      "--force",
    ]);
    await expect
      .poll(
        async () =>
          (await podsOf("hybrid-onprem", "redis")).map(({ metadata, status }) => [
            metadata.uid === lost?.metadata.uid,
            status.phase,
          ]),
        { timeout: 2 * MINUTES },
      )
      .toEqual([[false, "Running"]]);
  });

  test(
    "what ran on a lost node runs on another one, the database with its volume too",
    async () => {
      const { items: before } = await json<Listed<Pod>>("hybrid-onprem", "get", "pods");
      const node = (await podsOf("hybrid-onprem", "postgres"))[0]?.spec.nodeName ?? "";
      expect(before.filter(({ spec }) => spec.nodeName === node).length).toBeGreaterThan(1);
      // How Kubernetes is told that a node does not come back, so that its volumes may go elsewhere:
      // https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown
      await kubectl("hybrid-onprem", [
        "taint",
        "node",
        node,
        "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute",
      ]);
      const onNode = async () => {
        const { items } = await json<Listed<Pod>>("hybrid-onprem", "get", "pods");
        return items.filter(({ spec }) => spec.nodeName === node).length;
      };
      await expect.poll(onNode, { timeout: 4 * MINUTES }).toBe(0);
      await availableEverywhere("hybrid-onprem");
      const [postgres] = await podsOf("hybrid-onprem", "postgres");
      expect(postgres?.spec.nodeName).not.toBe(node);
      expect(postgres?.status.phase).toBe("Running");
      await kubectl("hybrid-onprem", ["taint", "node", node, "node.kubernetes.io/out-of-service-"]);
    },
    10 * MINUTES,
  );
});

describe("scaling (NX-1, PM-13)", () => {
  test("each engine has an autoscaler, whose bounds its pods follow", async () => {
    interface Scaler {
      metadata: { name: string };
      spec: { minReplicas: number; maxReplicas: number };
    }
    const { items } = await json<Listed<Scaler>>("hybrid-cloud", "get", "hpa");
    expect(items.map(({ metadata, spec }) => [metadata.name, spec.minReplicas, spec.maxReplicas])).toEqual([
      ["adaptive-learning-engine", 3, 9],
      [COORDINATOR, 3, 12],
      ["production-optimizer", 3, 9],
    ]);
    const count = async () => (await podsOf("hybrid-cloud", COORDINATOR)).length;
    await kubectl("hybrid-cloud", ["patch", "hpa", COORDINATOR, "-p", '{"spec":{"minReplicas":5}}']);
    await expect.poll(count, { timeout: 3 * MINUTES }).toBe(5);
    await kubectl("hybrid-cloud", [
      "patch",
      "hpa",
      COORDINATOR,
      "-p",
      '{"spec":{"minReplicas":1,"maxReplicas":2}}',
    ]);
    await expect.poll(count, { timeout: 3 * MINUTES }).toBe(2);
  });
});

describe("chores (NX-8, PM-13)", () => {
  test("stand as CronJobs, and each runs as a pod that the namespace and its release let in", async () => {
    const { environment } = placeOf("hybrid-cloud");
    const wanted = environment.services.flatMap(choresOf);
    interface CronJob {
      metadata: { name: string };
      spec: { schedule: string; suspend: boolean; timeZone: string };
    }
    const { items } = await json<Listed<CronJob>>("hybrid-cloud", "get", "cronjobs");
    expect(
      items.map(({ metadata, spec }) => [metadata.name, spec.schedule, spec.suspend, spec.timeZone]),
    ).toEqual(wanted.map((chore) => [chore.name, chore.schedule, chore.isByHand, "Etc/UTC"]).sort());
    for (const { name } of wanted) {
      await kubectl("hybrid-cloud", ["create", "job", `--from=cronjob/${name}`, `${name}-now`]);
      const pods = () => json<Listed<Pod>>("hybrid-cloud", "get", "pods", "-l", `job-name=${name}-now`);
      await expect.poll(async () => (await pods()).items.length, { timeout: 2 * MINUTES }).toBe(1);
    }
  });
});
