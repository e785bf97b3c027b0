// Applies that do not come to their end, whenever and however that is: on a real Kubernetes API, by Terraform and its real providers.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
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
vi.setConfig({ testTimeout: 30 * MINUTES, hookTimeout: 15 * MINUTES });

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

async function addService(name: string): Promise<void> {
  const entry = `    ${name}: {\n      title: "Another one",\n${SERVICE}\n    },\n`;
  await edit(on.project, CATALOG, "    store: {", `${entry}    store: {`);
}

/** How many objects the state of the services has whose names begin so; Terraform lists also those that are to come, without instances. */
async function inState(prefix: string): Promise<number> {
  const file = join(on.project, ".fairlead/state/hello-local-services.tfstate");
  const { resources } = JSON.parse(await readFile(file, "utf8")) as {
    resources: { name: string; instances: unknown[] }[];
  };
  return resources.filter(({ name, instances }) => name.startsWith(prefix) && instances.length > 0).length;
}

test("of an apply that is killed with its Terraform, what it was making is told by its name, and the rest is in the state", async () => {
  await addService("late");
  await setImage(on.project, { service: "late", image: LOST_IMAGE });
  const plan = await planned(...services);
  expect(effects(plan).filter((line) => !line.endsWith("created"))).toEqual([]);
  const { running, terraform } = await on.applying(plan, { deployment: "late", image: LOST_IMAGE });
  // What is made beside it may be on its way still: only what is in no state has its name taken.
  await vi.waitFor(async () => expect(await inState("late_")).toBe(effects(plan).length - 1), {
    timeout: 5 * MINUTES,
    interval: 500,
  });
  running.kill("SIGKILL");
  process.kill(-terraform, "SIGKILL");
  await running;
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

const WAYS = ["interrupted", "killed", "killed with its Terraform"] as const;
const rounds = Array.from({ length: 9 }, (_, i) => ({
  name: `round${i}`,
  way: WAYS[i % WAYS.length] ?? "killed",
  // Of sixteen: all of three services are changed, since their version is a label, and those of one are made.
  done: (i * 7) % 16,
}));

test.each(rounds)(
  "$name: an apply that is $way after $done objects is gone on with as it says, and then nothing is missing",
  async ({ name, way, done }) => {
    const image = `${GOOD_IMAGE}-${name}`;
    const claim = ["get", "pvc", "receipts", "-o", "jsonpath={.metadata.uid} {.status.phase}"];
    const before = await inHello(...claim);
    await addService(name);
    for (const service of ["api", "mail", "store"]) await setImage(on.project, { service, image });
    const plan = await planned(...services);
    expect(effects(plan)).toHaveLength(16);
    await endHalfWay(plan, { way, done });
    await goOn();
    expect((await planned("--env", "local")).changes).toBe(false);
    const images = [
      "get",
      "deployments",
      "-o",
      'jsonpath={range .items[*]}{.metadata.name}={..image}{" "}{end}',
    ];
    expect((await inHello(...images)).split(" ")).toEqual(
      expect.arrayContaining([
        ...["api", "mail", "store"].map((each) => `${each}=${image}`),
        `${name}=${GOOD_IMAGE}`,
      ]),
    );
    expect(await inHello(...claim)).toBe(before);
  },
);

/** Applies until so many objects are done, and ends it there. */
async function endHalfWay(
  plan: Planned,
  { way, done }: { way: (typeof WAYS)[number]; done: number },
): Promise<void> {
  const running = on.begin(["apply", plan.digest]);
  let said = "";
  running.stderr.on("data", (chunk: Buffer) => (said += chunk));
  const counted = () => [...said.matchAll(/complete after/g)].length;
  await vi.waitFor(
    () => {
      expect(said).toContain("services: applying");
      expect(counted()).toBeGreaterThanOrEqual(done);
    },
    { timeout: 5 * MINUTES, interval: 20 },
  );
  const terraform = on.terraformOf(running.pid);
  running.kill(way === "interrupted" ? "SIGINT" : "SIGKILL");
  if (way === "killed with its Terraform" && terraform !== undefined) process.kill(-terraform, "SIGKILL");
  const { exitCode } = await running;
  // It may have been at its end already.
  if (way === "interrupted") expect([0, 130]).toContain(exitCode);
  if (terraform === undefined) return;
  await vi.waitFor(() => expect(startOf(terraform)).toBeUndefined(), { timeout: 5 * MINUTES, interval: 200 });
}

/** Does what `plan` says that is to be done, and applies the rest. */
async function goOn(): Promise<void> {
  const first = await fairlead(["plan", ...services, "--format", "json"]);
  if (first.exitCode === 0) return apply(JSON.parse(first.stdout) as Planned);
  expect(first.stderr).toContain("plan/name-taken");
  const names = [...first.stderr.replace(/\s+/g, " ").matchAll(/plan with --adopt (\w+\/[\w-]+)/g)];
  await apply(await planned(...services, ...names.flatMap(([, name]) => ["--adopt", String(name)])));
}
