// What goes wrong between two deploys, and rollouts that fail: on a real Kubernetes API, by Terraform and its real providers.
import { readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PlannedChange } from "../../delivery/plan/changes.ts";
import { startOf } from "../../lab/processes.ts";
import { edit } from "../../tests/project-folder.ts";
import {
  GOOD_IMAGE,
  LOST_IMAGE,
  receiptsOnDisk,
  SERVICE,
  setImage,
  stagesWithLostImage,
  withStores,
} from "../fixtures/planned-project.ts";
import { CATALOG, effects, type Planned, ProjectOnCluster } from "../fixtures/project-on-cluster.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 15 * MINUTES });

const on = new ProjectOnCluster();
const { fairlead, kubectl, planned, refused } = on;
const inHello = (...args: string[]) => kubectl("-n", "hello-local", ...args);
const local = ["--env", "local"];
const services = [...local, "--layer", "services"];
const LARGE = SERVICE.replaceAll("64Mi", "600Mi");

beforeAll(async () => {
  await on.start(stagesWithLostImage);
  await withStores(on.project);
  await on.create(receiptsOnDisk);
  await apply(await planned(...local));
});

afterAll(() => on.remove());

async function apply({ digest }: Planned, ...more: string[]) {
  const { stdout, stderr, exitCode } = await fairlead(["apply", digest, ...more]);
  expect(exitCode, stderr).toBe(0);
  return { stdout, stderr };
}

const changesOf = ({ layers }: Planned): PlannedChange[] => layers.flatMap(({ changes }) => changes);

test("what somebody changed by hand is found and named, and put back", async () => {
  await inHello("scale", "deployment/mail", "--replicas=3");
  await inHello("set", "image", "deployment/store", "store=ghcr.io/example/store:by-hand");
  await inHello("label", "networkpolicy/default-deny", "by-hand=yes");
  await inHello("annotate", "service/api", "by-hand=yes");
  await inHello("patch", "quota/capacity", "--patch", '{"spec":{"hard":{"requests.cpu":"100"}}}');
  await inHello("patch", "configmap/prometheus-config", "--patch", '{"data":{"by-hand.yaml":"{}"}}');
  await inHello("delete", "service/store");
  const plan = await planned(...local);
  const told = changesOf(plan).map(
    ({ effect, object, changedOutside, why }) =>
      `${object.kind} ${object.name} ${effect}: ${[...changedOutside, ...why].join(", ")}`,
  );
  expect(told.sort()).toMatchInlineSnapshot(`
    [
      "ConfigMap prometheus-config changed: data."by-hand.yaml"",
      "Deployment mail changed: spec.replicas, the number of pods changes",
      "Deployment store changed: spec.template.spec.container[store].image, downtime: all its pods stop before the new ones start (strategy Recreate)",
      "NetworkPolicy default-deny changed: metadata.labels.by-hand",
      "ResourceQuota capacity changed: spec.hard."requests.cpu"",
      "Service api changed: metadata.annotations.by-hand",
      "Service store created: somebody else deleted it",
    ]
  `);
  await apply(plan);
});

test("a rename moves what is there: the claim stays with its data, and new pods are there before the old ones go", async () => {
  const claim = ["get", "pvc", "receipts", "-o", "jsonpath={.metadata.uid} {.status.phase}"];
  const before = await inHello(...claim);
  expect(before).toMatch(/ Bound$/);
  await edit(on.project, CATALOG, "    mail: {", '    post: {\n      formerly: ["mail"],');
  await edit(on.project, CATALOG, '["mail", "store"]', '["post", "ledger"]');
  await edit(on.project, CATALOG, "    store: {", '    ledger: {\n      formerly: ["store"],');
  await edit(on.project, CATALOG, '"/receipts": "receipts"', '"/receipts": "invoices"');
  await edit(on.project, CATALOG, "  receipts: { title", '  invoices: { formerly: ["receipts"], title');
  const plan = await planned(...local);
  expect(plan.losesData).toEqual([]);
  const told = changesOf(plan).map(
    ({ effect, object, why }) => `${object.kind} ${object.name} ${effect}: ${why}`,
  );
  expect(told).toMatchInlineSnapshot(`
    [
      "PersistentVolumeClaim receipts moved: only its address in Terraform's state changes",
      "Deployment ledger replaced: it was called store: downtime: all its pods stop before the new ones start,spec.selector.match_labels, metadata.name cannot be changed in place",
      "Deployment post replaced: it was called mail: the new one is there before the old one goes,spec.selector.match_labels, metadata.name cannot be changed in place",
      "NetworkPolicy ledger replaced: it was called store: for a moment its rules do not hold,metadata.name cannot be changed in place",
      "NetworkPolicy post replaced: it was called mail: the new one is there before the old one goes,metadata.name cannot be changed in place",
      "ServiceAccount ledger replaced: it was called store: it is away for a moment,metadata.name cannot be changed in place",
      "ServiceAccount post replaced: it was called mail: the new one is there before the old one goes,metadata.name cannot be changed in place",
      "Service ledger replaced: it was called store: it cannot be reached for a moment, and its cluster address is another,metadata.name cannot be changed in place",
      "Service post replaced: it was called mail: the new one is there before the old one goes,metadata.name cannot be changed in place",
      "NetworkPolicy api changed: what may reach the pods, or be reached by them, changes",
    ]
  `);
  const { stderr } = await apply(plan);
  const at = (what: RegExp) => stderr.search(what);
  const made = at(/post_deployment: Creation complete/);
  expect(made).toBeGreaterThan(-1);
  expect(at(/api_network-policy: Modifications complete/)).toBeGreaterThan(made);
  for (const part of [
    "deployment_v1.post_deployment",
    "service_v1.post_service",
    "policy_v1.post_network-policy",
  ])
    expect(at(new RegExp(`${part}.*: Destruction complete`))).toBeGreaterThan(
      at(/api_network-policy: Modifications complete/),
    );
  expect(await inHello(...claim)).toBe(before);
  expect((await inHello("get", "deployments,services", "-o", "name")).split("\n").sort()).toEqual(
    ["api", "ledger", "post"].flatMap((name) => [`deployment.apps/${name}`, `service/${name}`]).sort(),
  );
});

test("a rollout that fails is told with the reason of its pods, or the quota that has too little, and goes on when that is mended", async () => {
  await edit(
    on.project,
    CATALOG,
    "    post: {",
    `    extra: {\n      title: "Extra",\n${SERVICE}\n    },\n    post: {`,
  );
  await setImage(on.project, { service: "api", image: LOST_IMAGE, deadline: "20s" });
  await setImage(on.project, { service: "extra", image: LOST_IMAGE, deadline: "20s" });
  await edit(
    on.project,
    CATALOG,
    "    post: {",
    `    large: {\n      title: "Large",\n${LARGE}\n    },\n    post: {`,
  );
  await setImage(on.project, { service: "large", image: GOOD_IMAGE, deadline: "20s" });
  const used = await inHello("get", "quota", "capacity", "-o", "jsonpath={.status.used.requests\\.memory}");
  expect(used).toMatch(/^\d+Mi$/);
  const limit = Number.parseInt(used, 10) + 500;
  await inHello("create", "quota", "tight", `--hard=requests.memory=${limit}Mi`);
  const plan = await planned(...local);
  expect(effects(plan).filter((line) => !line.startsWith("services: "))).toEqual([]);
  const text = await readFile(on.kubeconfig, "utf8");
  const expired = join(on.folder, "expired");
  await writeFile(expired, text.replace(/token: [^\s}]+/, "token: expired"));
  const elsewhere = join(on.folder, "elsewhere");
  await writeFile(elsewhere, text.replace("name: local, context", "name: a, context"));
  for (const [kubeconfig, rule] of [
    [expired, "plan/not-signed-in"],
    [elsewhere, "plan/no-context"],
  ]) {
    const { exitCode, rules } = await refused(["apply", plan.digest], {
      KUBE_CONFIG_PATH: String(kubeconfig),
    });
    expect([exitCode, ...rules]).toEqual([1, rule]);
  }

  const failed = await refused(["apply", plan.digest]);
  expect([failed.exitCode, ...failed.rules]).toEqual([1, "plan/rollout-failed"]);
  expect(failed.stderr).toContain("in part: services; not begun: none");
  for (const name of ["api", "extra"])
    expect(failed.stderr).toMatch(
      new RegExp(
        `a rollout failed: Deployment ${name} in namespace hello-local: Deployment exceeded its progress deadline: pod ${name}-\\S+: container ${name}: ImagePullBackOff: Back-off pulling image: not found`,
      ),
    );
  const [, left, taken] =
    /Deployment large in namespace hello-local: [^;]*: no pod can be made: quota tight has too little requests\.memory: 600Mi asked for, (\d+)Mi left \((\d+)Mi of \d+Mi used\)/.exec(
      failed.stderr,
    ) ?? [];
  expect([left, taken], failed.stderr).not.toContain(undefined);
  expect(Number(left) + Number(taken)).toBe(limit);
  await inHello("delete", "quota", "tight");
  // The pods of before go on.
  expect(await inHello("get", "deployment", "api", "-o", "jsonpath={.status.availableReplicas}")).toBe("1");

  await setImage(on.project, { service: "api", image: GOOD_IMAGE });
  for (const service of ["extra", "large"]) await setImage(on.project, { service, image: GOOD_IMAGE });
  const mended = await planned(...services);
  const why = changesOf(mended).filter(({ object }) => object.kind === "Deployment");
  expect(why.map(({ object, effect, why }) => `${object.name} ${effect}: ${why}`)).toMatchInlineSnapshot(`
    [
      "extra replaced: it was made and did not become well, so it is made anew: downtime: all its pods stop before the new ones start",
      "large replaced: it was made and did not become well, so it is made anew: downtime: all its pods stop before the new ones start",
      "api changed: its pods are replaced, one after the other",
    ]
  `);
  await apply(mended);
});

test("an apply that is interrupted or killed half-way loses nothing: the next plan has what is left", async () => {
  const rolledOut = (deployment: string) =>
    inHello("set", "image", `deployment/${deployment}`, `${deployment}=${GOOD_IMAGE}`);
  const terraformData = () =>
    readdirSync(on.temporary).filter((name) => name.startsWith("fairlead-terraform"));
  const deployments = async () => (await inHello("get", "deployments", "-o", "name")).split("\n").sort();
  const [before, letters] = [await deployments(), "deployment.apps/letters"];
  // Ctrl-C: Terraform finishes what it has begun, here the new one's rollout, and lets go of the lock; the old one is there still.
  await edit(
    on.project,
    CATALOG,
    'post: {\n      formerly: ["mail"],',
    'letters: {\n      formerly: ["post"],',
  );
  await edit(on.project, CATALOG, '["post", "ledger"]', '["letters", "ledger"]');
  await setImage(on.project, { service: "letters", image: LOST_IMAGE });
  const renamed = await planned(...services);
  const interrupted = await on.applying(renamed, { deployment: "letters", image: LOST_IMAGE });
  interrupted.running.kill("SIGINT");
  await rolledOut("letters");
  const { exitCode, stderr } = await interrupted.running;
  expect(exitCode, stderr).toBe(130);
  expect(stderr).toContain("interrupted: Terraform finishes what it has begun");
  expect(stderr).toMatch(/letters_deployment: Creation complete[\s\S]*in part: services; not begun: none/);
  expect(terraformData()).toEqual([]);
  expect(await deployments()).toEqual([...before, letters].sort());

  // kill -9: Terraform does all of it by itself, and holds the lock until then.
  await setImage(on.project, { service: "letters", image: GOOD_IMAGE });
  await setImage(on.project, { service: "api", image: LOST_IMAGE });
  const rest = await planned(...services);
  expect(effects(rest).sort()).toEqual([
    "services: Deployment api changed",
    "services: Deployment post destroyed",
    "services: NetworkPolicy api changed",
    "services: NetworkPolicy post destroyed",
    "services: Service post destroyed",
    "services: ServiceAccount post destroyed",
  ]);
  const killed = await on.applying(rest, { deployment: "api", image: LOST_IMAGE });
  killed.running.kill("SIGKILL");
  await killed.running;
  const locked = await refused(["plan", ...services]);
  expect([locked.exitCode, ...locked.rules]).toEqual([5, "plan/locked"]);
  expect(locked.stderr).toMatch(/locked by \S+ \(terraform apply\) since/);
  expect(terraformData()).toHaveLength(1);
  await rolledOut("api");
  await vi.waitFor(() => expect(startOf(killed.terraform)).toBeUndefined(), {
    timeout: 5 * MINUTES,
    interval: 500,
  });
  await setImage(on.project, { service: "api", image: GOOD_IMAGE });
  expect((await planned(...services)).changes).toBe(false);
  expect(terraformData()).toEqual([]);
  expect(await deployments()).toEqual(before.map((name) => (name.endsWith("/post") ? letters : name)).sort());
});
