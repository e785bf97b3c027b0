// Releases that enter step by step (WV-19): the real controller of Argo Rollouts on a real Kubernetes API, with a real Prometheus.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadProject } from "../model/project.ts";
import { edit } from "../tests/project-folder.ts";
import { requireTool } from "../tools/index.ts";
import { CATALOG, CanaryCluster, NAMESPACE } from "./fixtures/canary-cluster.ts";
import { artifactsOf } from "./fixtures/reviewed.ts";
import { synthesise } from "./index.ts";

const MINUTES = 60_000;
// Steps are short here; a busy machine is slow all the same.
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 30 * MINUTES });
const patient = { timeout: 10 * MINUTES, interval: 1_000 };

const on = new CanaryCluster();
const { asked, kubectl } = on;

beforeAll(() => on.start(() => withCanaries(on)));
afterAll(() => on.remove());

/** The new project, whose service has a canary; locally its steps are short, and the same with Flagger. */
async function withCanaries({ project, prometheus }: CanaryCluster): Promise<void> {
  await edit(
    project,
    CATALOG,
    'public: ["http"],',
    'public: ["http"],\n      canary: { minimumEvents: 50 },',
  );
  const local = "services: { api: { scaling: { replicas: 1 } } },\n    },";
  const canaries = (controller: string, router: string) =>
    `canaries: { controller: "${controller}", router: ${router}, observe: "12s", every: "3s", prometheus: "${prometheus}" },`;
  const gateway =
    '{ kind: "gateway-api", gateway: { name: "public", namespace: "gateways" }, domain: "hello.example" }';
  await edit(
    project,
    CATALOG,
    local,
    `services: { api: { scaling: { replicas: 2 } } },
      ${canaries("argo-rollouts", '{ kind: "istio" }')}
    },
    ${other("routed", canaries("argo-rollouts", gateway))}
    ${other("flagged", canaries("flagger", gateway))}`,
  );
}

function other(name: string, canaries: string): string {
  const links = ["runbooks", "grafana", "prometheus", "alertmanager"].map(
    (to) => `${to}: "http://127.0.0.1:9"`,
  );
  return `${name}: {
      stage: "dev",
      target: "kubernetes",
      size: "recommended",
      context: "local",
      links: { ${links.join(", ")} },
      ${canaries}
    },`;
}

async function fairlead(...args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await on.begin(args);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

/** Of what pods run on; dashboards and alerts take as long again, and no release asks them. */
async function plan(): Promise<{ digest: string; changes: boolean }> {
  const layers = ["foundation", "services"].flatMap((layer) => ["--layer", layer]);
  return JSON.parse(await fairlead("plan", "--env", "local", ...layers, "--format", "json"));
}

/** Another image in the Deployment, which is all that a deploy of another image changes. */
async function release(tag: string): Promise<void> {
  asked.shares = [];
  await kubectl("-n", NAMESPACE, "set", "image", "deployment/api", `api=ghcr.io/example/api:${tag}`);
}

interface Rollout {
  status?: {
    phase?: string;
    message?: string;
    stableRS?: string;
    currentPodHash?: string;
    availableReplicas?: number;
    pauseConditions?: { reason: string }[];
    canary?: { weights?: { canary: { weight: number } } };
  };
}

async function rollout(): Promise<NonNullable<Rollout["status"]>> {
  const said = await kubectl("-n", NAMESPACE, "get", "rollout", "api", "-o", "json").catch(() => "{}");
  return (JSON.parse(said) as Rollout).status ?? {};
}

/** The stable release; a step in which a busy machine made no requests is asked again, as a person would have it. */
async function stableRelease(): Promise<string | undefined> {
  const { stableRS, pauseConditions = [] } = await rollout();
  if (pauseConditions.some(({ reason }) => reason === "InconclusiveAnalysisRun"))
    await on.patchStatus({ pauseConditions: null });
  return stableRS;
}

const phase = async () => (await rollout()).phase;

test("a service's pods are the Rollout's, its Deployment describes them, and a second plan finds nothing to change", async () => {
  await fairlead("apply", (await plan()).digest);
  await expect.poll(phase, patient).toBe("Healthy");
  const deployment = ["get", "deployment", "api", "-o", "jsonpath={.spec.replicas}"];
  await expect.poll(() => kubectl("-n", NAMESPACE, ...deployment), patient).toBe("0");
  expect((await rollout()).availableReplicas).toBe(2);
  expect((await plan()).changes).toBe(false);
});

test("WV-19: a good release gets 1, 10, 50 and 100 % of the requests, each after an analysis, and stays", async () => {
  const before = (await rollout()).stableRS;
  await release("1.1.0");
  await expect.poll(stableRelease, patient).not.toBe(before);
  await expect.poll(phase, patient).toBe("Healthy");
  await expect.poll(() => asked.shares.join(), patient).toBe("1,10,50,100,0");
  const runs = ["get", "analysisruns", "-o", "jsonpath={range .items[*]}{.status.phase} {end}"];
  const phases = (await kubectl("-n", NAMESPACE, ...runs)).trim().split(" ");
  expect(phases.filter((one) => one !== "Inconclusive")).toEqual(Array(4).fill("Successful"));
});

test("WV-19: a release that errs goes back to the stable one, and the message says which analysis failed", async () => {
  const before = (await rollout()).stableRS;
  await release("1.2.0-broken");
  await expect.poll(phase, patient).toBe("Degraded");
  const { message, stableRS } = await rollout();
  expect(message).toMatch(
    /RolloutAborted: Rollout aborted update to revision \d+: .*availability-early.* assessed Failed/,
  );
  expect(stableRS).toBe(before);
  await expect.poll(() => asked.shares.join(), patient).toBe("1,0");
  await release("1.1.0");
  await expect.poll(phase, patient).toBe("Healthy");
});

test("WV-19: a release that nobody asks anything does not go on; a person has it asked again, or sends it back", async () => {
  const before = (await rollout()).stableRS;
  asked.hasTraffic = false;
  await release("1.3.0");
  const reasons = async () => (await rollout()).pauseConditions?.map(({ reason }) => reason).join();
  await expect.poll(reasons, patient).toBe("InconclusiveAnalysisRun");
  await expect.poll(() => asked.shares.join(), patient).toBe("1");
  asked.hasTraffic = true;
  const sharesAskedAgain = async () => {
    await stableRelease();
    return asked.shares;
  };
  await expect.poll(sharesAskedAgain, patient).toContain(10);
  await on.patchStatus({ abort: true });
  await expect.poll(phase, patient).toBe("Degraded");
  await expect.poll(() => asked.shares.at(-1), patient).toBe(0);
  expect((await rollout()).stableRS).toBe(before);
});

test.each(["routed", "flagged"])(
  "what environment %s brings, the controllers' own CRDs accept",
  async (environment) => {
    const { project, kubeconfig } = on;
    const { model } = await loadProject(project);
    const outdir = join(project, "cdktf.out");
    const written = synthesise(model, artifactsOf(model), {
      environments: [environment],
      projectRoot: project,
      outdir,
    });
    const services = written.find(({ layer }) => layer === "services");
    const text = await readFile(join(services?.folder ?? "", "cdk.tf.json"), "utf8");
    const { resource } = JSON.parse(text) as {
      resource: { kubernetes_manifest: Record<string, { manifest: Item }> };
    };
    const items = Object.values(resource.kubernetes_manifest).map(({ manifest }) => manifest);
    const kinds =
      environment === "routed" ? ["HTTPRoute", "Rollout", "AnalysisTemplate"] : ["Canary", "MetricTemplate"];
    for (const kind of kinds) expect(items.map((one) => one.kind)).toContain(kind);
    for (const item of items) {
      const input = JSON.stringify({ ...item, metadata: { ...item.metadata, namespace: "default" } });
      const tried = ["create", "--dry-run=server", "--validate=strict", "-f", "-"];
      await execa(await requireTool("kubectl"), ["--kubeconfig", kubeconfig, ...tried], { input });
    }
  },
);

interface Item {
  kind: string;
  metadata: object;
}
