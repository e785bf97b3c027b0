// What goes wrong between two deploys, and while one is made: on a real Kubernetes API, by Terraform and its real providers.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PlannedChange } from "../../delivery/plan/changes.ts";
import { edit } from "../../tests/project-folder.ts";
import {
  LOST_IMAGE,
  receiptsOnDisk,
  SERVICE,
  stagesWithLostImage,
  withStores,
} from "../fixtures/planned-project.ts";
import { CATALOG, effects, type Planned, ProjectOnCluster } from "../fixtures/project-on-cluster.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 15 * MINUTES });

const on = new ProjectOnCluster();
const { fairlead, kubectl, planned, refused } = on;
const GOOD_IMAGE = "ghcr.io/example/store:1.0.0";
const inHello = (...args: string[]) => kubectl("-n", "hello-local", ...args);
const local = ["--env", "local"];
const services = [...local, "--layer", "services"];

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

/** Gives a service of the catalog an image, and its rollout a deadline. */
async function setImage(service: string, image: string, deadline = "10m"): Promise<void> {
  const file = join(on.project, CATALOG);
  const text = await readFile(file, "utf8");
  const begin = text.indexOf(`    ${service}: {`);
  const written = /image: "[^"]+",(?: progressDeadline: "[^"]+",)?/;
  const changed = text.slice(begin).replace(written, `image: "${image}", progressDeadline: "${deadline}",`);
  await writeFile(file, text.slice(0, begin) + changed);
}

/** An apply, once the cluster has been told to make or change a Deployment whose pods will not come. */
async function applying({ digest }: Planned, deployment: string) {
  const running = on.begin(["apply", digest]);
  const image = "jsonpath={.spec.template.spec.containers[0].image}";
  await vi.waitFor(
    async () => expect(await inHello("get", "deployment", deployment, "-o", image)).toBe(LOST_IMAGE),
    { timeout: 5 * MINUTES, interval: 500 },
  );
  return { running };
}

function childrenOf(pid = 0): number[] {
  const said = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" });
  return [...said.matchAll(/(\d+) terraform$/gm)].map(([, child]) => Number(child));
}

test("a rollout that fails is told with the reason of its pods, and goes on when that is mended", async () => {
  await edit(
    on.project,
    CATALOG,
    "    post: {",
    `    extra: {\n      title: "Extra",\n${SERVICE}\n    },\n    post: {`,
  );
  await setImage("api", LOST_IMAGE, "20s");
  await setImage("extra", LOST_IMAGE, "20s");
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
  // The pods of before go on.
  expect(await inHello("get", "deployment", "api", "-o", "jsonpath={.status.availableReplicas}")).toBe("1");

  await setImage("api", GOOD_IMAGE);
  await setImage("extra", GOOD_IMAGE);
  const mended = await planned(...services);
  const why = changesOf(mended).filter(({ object }) => object.kind === "Deployment");
  expect(why.map(({ object, effect, why }) => `${object.name} ${effect}: ${why}`)).toMatchInlineSnapshot(`
    [
      "extra replaced: it was made and did not become well, so it is made anew: downtime: all its pods stop before the new ones start",
      "api changed: its pods are replaced, one after the other",
    ]
  `);
  await apply(mended);
});

test("an apply that is interrupted, or killed, loses nothing: the next plan has what is left", async () => {
  // Ctrl-C: Terraform finishes what it has begun, here a rollout that fails, writes the state, and the lock is free.
  await setImage("api", LOST_IMAGE, "20s");
  const { running: interrupted } = await applying(await planned(...services), "api");
  interrupted.kill("SIGINT");
  const { exitCode, stderr } = await interrupted;
  expect(exitCode, stderr).toBe(130);
  expect(stderr).toContain("interrupted: Terraform finishes what it has begun");
  expect(stderr).toContain("in part: services");

  // kill -9: Terraform goes on by itself, and holds the lock until it is done.
  await setImage("post", LOST_IMAGE);
  const { running: killed } = await applying(await planned(...services), "post");
  killed.kill("SIGKILL");
  await killed;
  const locked = await refused(["plan", ...services]);
  expect([locked.exitCode, ...locked.rules]).toEqual([5, "plan/locked"]);
  expect(locked.stderr).toMatch(/locked by \S+ \(terraform apply\) since/);
  for (const name of ["api", "post"])
    await inHello("set", "image", `deployment/${name}`, `${name}=${GOOD_IMAGE}`);
  const lock = join(on.project, ".fairlead/state/.hello-local-services.tfstate.lock.info");
  await vi.waitFor(() => expect(existsSync(lock)).toBe(false), { timeout: 5 * MINUTES, interval: 500 });

  // kill -9 of Terraform too: what it was making is there, and not in the state.
  await setImage("api", GOOD_IMAGE, "20s");
  await setImage("post", GOOD_IMAGE);
  await edit(
    on.project,
    CATALOG,
    "    post: {",
    `    late: {\n      title: "Late",\n${SERVICE}\n    },\n    post: {`,
  );
  await setImage("late", LOST_IMAGE);
  const plan = await planned(...services);
  expect(effects(plan).filter((line) => !line.endsWith("created"))).toEqual([]);
  const { running: all } = await applying(plan, "late");
  const terraform = childrenOf(all.pid);
  expect(terraform).toHaveLength(1);
  all.kill("SIGKILL");
  for (const pid of terraform) process.kill(-pid, "SIGKILL");
  await all;
  const taken = await refused(["plan", ...services]);
  expect([taken.exitCode, ...taken.rules]).toEqual([1, "plan/name-taken"]);
  expect(taken.stderr).toContain(
    "an apply that was killed may have made it; rename one, delete the other, or plan with --adopt Deployment/late",
  );
  await inHello("delete", "deployment", "late");
  await setImage("late", GOOD_IMAGE);
  const rest = await planned(...services);
  expect(effects(rest)).toContain("services: Deployment late created");
  expect(effects(rest).filter((line) => !line.endsWith("created"))).toEqual([]);
  await apply(rest);
});
