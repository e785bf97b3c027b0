// Nexus' hybrid over two clusters and its edge, by Terraform on real Kubernetes APIs; then what production goes through there: updates
// under watch, lost pods and nodes, more load, and a restore. Only nodes and pods are simulated.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { choresOf } from "../model/upkeep.ts";
import {
  COORDINATOR,
  closeTopologies,
  json,
  kubectl,
  type Listed,
  type Name,
  NEXT,
  names,
  openTopologies,
  placeOf,
} from "./fixtures/nexus-topologies.ts";
import { readyNow, watched } from "./fixtures/ready-endpoints.ts";

const MINUTES = 60_000;

beforeAll(openTopologies, 30 * MINUTES);
afterAll(closeTopologies);

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
  const failing = {
    spec: { template: { metadata: { annotations: { "local-test/fail": "ImagePullBackOff" } } } },
  };
  const patch = (change: object) =>
    kubectl("hybrid-cloud", ["patch", `deployment/${COORDINATOR}`, "-p", JSON.stringify(change)]);
  const settled = () =>
    kubectl("hybrid-cloud", ["rollout", "status", `deployment/${COORDINATOR}`, "--timeout=240s"]);
  const undo = async () => {
    await kubectl("hybrid-cloud", ["rollout", "undo", `deployment/${COORDINATOR}`]);
    await settled();
  };

  test("at no moment of an update fewer endpoints are ready than before it; a bad release changes nothing", async () => {
    await availableEverywhere("hybrid-cloud");
    const wanted = 3;
    await expect.poll(readyNow).toBe(wanted);
    const update = await watched(async () => {
      await kubectl("hybrid-cloud", ["set", "image", `deployment/${COORDINATOR}`, `${COORDINATOR}=${NEXT}`]);
      await settled();
    });
    // What it begins with, and what came then: a busy control plane tells several changes at once.
    expect(update.changes).toBeGreaterThan(1);
    expect(update.fewest).toBe(wanted);
    const bad = await watched(async () => {
      await patch(failing);
      // One pod of the new kind comes, is never ready, and none of the old ones goes.
      await expect.poll(async () => (await podsOf("hybrid-cloud", COORDINATOR)).length).toBe(wanted + 1);
      await undo();
    });
    expect(bad.fewest).toBe(wanted);
  });

  test("the same watch sees it where an update may take pods away first", async () => {
    const strategy = (maxUnavailable: number, maxSurge: number) =>
      patch({ spec: { strategy: { rollingUpdate: { maxUnavailable, maxSurge } } } });
    await strategy(1, 0);
    const careless = await watched(async () => {
      // What is never ready stays away until it is taken back, however late the endpoints follow.
      await patch(failing);
      await expect.poll(readyNow).toBe(2);
      await undo();
    });
    expect(careless.fewest).toBe(2);
    await strategy(0, 1);
  });
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
      // What is said of a Deployment may be older than the loss: its pods say where they run.
      await expect
        .poll(async () =>
          (await podsOf("hybrid-onprem", "postgres")).map(({ spec, status }) => [
            spec.nodeName === node,
            status.phase,
          ]),
        )
        .toEqual([[false, "Running"]]);
      await availableEverywhere("hybrid-onprem");
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
