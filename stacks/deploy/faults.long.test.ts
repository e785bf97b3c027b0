// What an apply leaves that does not come to its end: on a real Kubernetes API, by Terraform and its real providers.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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
const services = ["--env", "local", "--layer", "services"];

beforeAll(async () => {
  await on.start(stagesWithLostImage);
  await withStores(on.project);
  await on.create(receiptsOnDisk);
  await apply(await planned("--env", "local"));
});

afterAll(() => on.remove());

async function apply({ digest }: Planned): Promise<void> {
  const { stderr, exitCode } = await fairlead(["apply", digest]);
  expect(exitCode, stderr).toBe(0);
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

/** How many objects the state of the services has whose names begin so; Terraform lists also those that are to come, without instances. */
async function inState(prefix: string): Promise<number> {
  const file = join(on.project, ".fairlead/state/hello-local-services.tfstate");
  const { resources } = JSON.parse(await readFile(file, "utf8")) as {
    resources: { name: string; instances: unknown[] }[];
  };
  return resources.filter(({ name, instances }) => name.startsWith(prefix) && instances.length > 0).length;
}

function childrenOf(pid = 0): number[] {
  const said = execFileSync("ps", ["-o", "pid=,comm=", "--ppid", String(pid)], { encoding: "utf8" });
  return [...said.matchAll(/(\d+) terraform$/gm)].map(([, child]) => Number(child));
}

test("an apply that is interrupted, or killed, loses nothing: the next plan has what is left", async () => {
  // Ctrl-C: Terraform finishes what it has begun, here a rollout that fails, writes the state, and the lock is free.
  await setImage(on.project, { service: "api", image: LOST_IMAGE, deadline: "20s" });
  const { running: interrupted } = await applying(await planned(...services), "api");
  interrupted.kill("SIGINT");
  const { exitCode, stderr } = await interrupted;
  expect(exitCode, stderr).toBe(130);
  expect(stderr).toContain("interrupted: Terraform finishes what it has begun");
  expect(stderr).toContain("in part: services");

  // kill -9: Terraform goes on by itself, and holds the lock until it is done.
  await setImage(on.project, { service: "mail", image: LOST_IMAGE });
  const { running: killed } = await applying(await planned(...services), "mail");
  killed.kill("SIGKILL");
  await killed;
  const locked = await refused(["plan", ...services]);
  expect([locked.exitCode, ...locked.rules]).toEqual([5, "plan/locked"]);
  expect(locked.stderr).toMatch(/locked by \S+ \(terraform apply\) since/);
  for (const name of ["api", "mail"])
    await inHello("set", "image", `deployment/${name}`, `${name}=${GOOD_IMAGE}`);
  const lock = join(on.project, ".fairlead/state/.hello-local-services.tfstate.lock.info");
  await vi.waitFor(() => expect(existsSync(lock)).toBe(false), { timeout: 5 * MINUTES, interval: 500 });

  // kill -9 of Terraform too: what it was making is there, and not in the state.
  await setImage(on.project, { service: "api", image: GOOD_IMAGE, deadline: "20s" });
  await setImage(on.project, { service: "mail", image: GOOD_IMAGE });
  await edit(
    on.project,
    CATALOG,
    "    store: {",
    `    late: {\n      title: "Late",\n${SERVICE}\n    },\n    store: {`,
  );
  await setImage(on.project, { service: "late", image: LOST_IMAGE });
  const plan = await planned(...services);
  expect(effects(plan).filter((line) => !line.endsWith("created"))).toEqual([]);
  const { running: all } = await applying(plan, "late");
  // What is made beside it may be on its way still: only what is in no state has its name taken.
  await vi.waitFor(async () => expect(await inState("late_")).toBe(effects(plan).length - 1), {
    timeout: 5 * MINUTES,
    interval: 500,
  });
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
  await setImage(on.project, { service: "late", image: GOOD_IMAGE });
  const rest = await planned(...services);
  expect(effects(rest)).toContain("services: Deployment late created");
  expect(effects(rest).filter((line) => !line.endsWith("created"))).toEqual([]);
  await apply(rest);
});
