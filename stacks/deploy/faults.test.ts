// What goes wrong between two deploys, and while one is made: on a real Kubernetes API, by Terraform and its real providers.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PlannedChange } from "../../delivery/plan/changes.ts";
import { edit } from "../../tests/project-folder.ts";
import { LOST_IMAGE, receiptsOnDisk, stagesWithLostImage, withStores } from "../fixtures/planned-project.ts";
import { CATALOG, effects, type Planned, ProjectOnCluster, rulesIn } from "../fixtures/project-on-cluster.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 15 * MINUTES });

const on = new ProjectOnCluster();
const { fairlead, kubectl, planned, refused } = on;
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
  await inHello("delete", "service/store", "pdb/api", "--ignore-not-found");
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
  expect(changesOf(await planned(...local))).toEqual([]);
});
