// What Terraform deployed goes back to the release before, on a real Kubernetes API, as a promotion has it done (WV-19, AH-3).
import { appendFile, cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createProject } from "../../init/index.ts";
import { type LockFile, lockFilePath } from "../../model/lock-file.ts";
import { packageFile } from "../../package-root.ts";
import { type LocalCluster, requireTool, startCluster } from "../../tools/index.ts";
import { PLANS } from "./plan.ts";
import { promotionStacks } from "./promotion-stacks.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 10 * MINUTES, hookTimeout: 15 * MINUTES });

const PLACE = { platform: "weathervane", environment: "prod" };
const services = ["autopilot", "dashboard-api"];
let folder: string;
let project: string;
let temporary: string;
let cluster: LocalCluster;
let kubectl: (...args: string[]) => Promise<string>;
let said: string[] = [];
const running = { signal: AbortSignal.timeout(20 * MINUTES), say: (line: string) => void said.push(line) };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-way-back-"));
  project = join(folder, "project");
  await createProject(project);
  for (const place of ["catalog/platforms/hello", "policies/hello"])
    await rm(join(project, place), { recursive: true });
  await cp(packageFile("tests/fixtures/promotion"), project, { recursive: true });
  cluster = await startCluster({ stateDir: join(folder, "cluster") });
  const program = await requireTool("kubectl");
  const at = ["--kubeconfig", cluster.kubeconfig, "--namespace", "weathervane-prod"];
  kubectl = async (...args) => (await execa(program, [...at, ...args])).stdout;
  vi.stubEnv("KUBE_CONFIG_PATH", cluster.kubeconfig);
  temporary = join(folder, "tmp");
  await mkdir(temporary);
  vi.stubEnv("TMPDIR", temporary);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const imagesOf = (letter: string) =>
  Object.fromEntries(services.map((name) => [name, `ghcr.io/example/${name}@sha256:${letter.repeat(64)}`]));

/** Has the lock file say that a release runs. */
async function lock(letter: string): Promise<void> {
  const file: LockFile = {
    ...{ version: 1, ...PLACE, release: `sha256:${letter.repeat(64)}`, images: imagesOf(letter) },
    ...{ promotion: "00000000-0000-4000-8000-000000000000", token: 1, record: `sha256:${"0".repeat(64)}` },
  };
  const path = join(project, lockFilePath(PLACE.platform, PLACE.environment));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(file));
}

/** What a process that promotes has of the stacks. */
const stacks = () => promotionStacks({ root: project, ...PLACE, confirmedContext: "local" });

/** The version of each object of the environment that Terraform has made; a write changes it. */
async function versions(): Promise<Map<string, string>> {
  const kinds = "configmap,networkpolicy,service,serviceaccount,deployment,limitrange";
  const ours = ["--selector", "app.kubernetes.io/managed-by=fairlead"];
  const { items } = JSON.parse(await kubectl("get", kinds, ...ours, "-o", "json"));
  return new Map(
    items.map((item: { kind: string; metadata: { name: string; resourceVersion: string } }) => [
      `${item.kind}/${item.metadata.name}`,
      item.metadata.resourceVersion,
    ]),
  );
}

async function images(): Promise<Record<string, string>> {
  const { items } = JSON.parse(await kubectl("get", "deployments", "-o", "json"));
  return Object.fromEntries(
    items.map((item: { metadata: { name: string }; spec: never }) => [
      item.metadata.name,
      (item.spec as { template: { spec: { containers: { image: string }[] } } }).template.spec.containers[0]
        ?.image,
    ]),
  );
}

/** What differs from before, as KIND/NAME. */
async function changedSince(before: ReadonlyMap<string, string>): Promise<string[]> {
  const now = await versions();
  const names = [...new Set([...before.keys(), ...now.keys()])].sort();
  return names.filter((name) => before.get(name) !== now.get(name));
}

const leftBehind = async () =>
  (await readdir(temporary)).filter((name) => name.startsWith("fairlead-terraform-data-"));

test("the way back touches what the release changed and what somebody changed meanwhile, and nothing else", async () => {
  const promoting = stacks();
  for (const letter of ["a", "b"]) {
    await lock(letter);
    const { digest } = await promoting.plan(running);
    await promoting.apply(digest, running);
    expect(await images()).toEqual(imagesOf(letter));
  }
  const before = await versions();
  // By hand, during an incident: something of each layer.
  await kubectl("delete", "networkpolicy", "default-deny");
  await kubectl("patch", "configmap", "alertmanager-config", "--patch", '{"data":{"by-hand":"x"}}');
  await kubectl("set", "env", "deployment/autopilot", "BY_HAND=x");
  await kubectl("rollout", "status", "deployment/autopilot", "--timeout=60s");

  await lock("a");
  const back = await promoting.plan(running);
  expect(back).toMatchObject({ changes: true, waits: false, loses: [] });
  await promoting.apply(back.digest, running);
  expect(await images()).toEqual(imagesOf("a"));
  expect(await changedSince(before)).toEqual([
    "ConfigMap/alertmanager-config",
    ...services.map((name) => `Deployment/${name}`),
    ...[...services, "default-deny"].map((name) => `NetworkPolicy/${name}`),
    ...services.map((name) => `Service/${name}`),
    ...services.map((name) => `ServiceAccount/${name}`),
  ]);
  expect([...(await versions()).keys()]).toEqual([...before.keys()]);
  const found = await kubectl("get", "deployments,configmaps", "-o", "json");
  for (const drift of ["BY_HAND", "by-hand"]) expect(found.includes(drift), drift).toBe(false);
  expect(await leftBehind()).toEqual([]);
});

test("after the way back a plan of all layers by another process finds nothing to change", async () => {
  said = [];
  expect(await stacks().plan(running)).toMatchObject({ changes: false, waits: false });
  for (const layer of ["foundation", "services", "observability"])
    expect(said).toContain(`weathervane-prod-${layer}: planning`);
});

test("a plan that was altered or overtaken is refused also where it was made; another process applies it as it is", async () => {
  await lock("b");
  const [one, other] = [stacks(), stacks()];
  const altered = await one.plan(running);
  const stack = join(project, PLANS, altered.digest, "stacks/weathervane-prod-services");
  await appendFile(join(stack, "plan.tfplan"), "x");
  await expect(one.apply(altered.digest, running)).rejects.toThrow(/plan\/altered/);

  const overtaken = await one.plan(running);
  const newer = await other.plan(running);
  await other.apply(newer.digest, running);
  await expect(one.apply(overtaken.digest, running)).rejects.toThrow(/plan\/stale/);
  expect(await images()).toEqual(imagesOf("b"));

  await lock("a");
  const { digest } = await one.plan(running);
  await other.apply(digest, running);
  expect(await images()).toEqual(imagesOf("a"));
});
