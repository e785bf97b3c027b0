// `fairlead plan` and `fairlead apply` on a real Kubernetes API, by Terraform and its real providers.
import { appendFile, cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { packageFile } from "../../package-root.ts";
import { edit } from "../../tests/project-folder.ts";
import { leaseOf, savedTexts, withMore } from "../fixtures/planned-project.ts";
import { CATALOG, effects, ProjectOnCluster } from "../fixtures/project-on-cluster.ts";

const MINUTES = 60_000;
// A busy machine takes several times as long as a quiet one, and kubecp is built where it is not yet.
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 15 * MINUTES });
// What must never be seen: in the cluster's Secret, set by hand in a Deployment, and the kubeconfig's own token.
const SECRET = "canary-of-the-secret";
const BY_HAND = "canary-set-by-hand";

const on = new ProjectOnCluster();
const { fairlead, kubectl, planned, refused, said } = on;
let folder: string;
let project: string;
let kubeconfig: string;

beforeAll(async () => {
  await on.start();
  ({ folder, project, kubeconfig } = on);
  await withMore(project);
});

afterAll(() => on.remove());

test("a plan is applied as it was reviewed, and a second plan finds nothing to change", async () => {
  const first = await planned("--env", "local");
  expect(first.layers.map(({ layer }) => layer)).toEqual(["foundation", "observability", "services"]);
  expect(effects(first)).toContain("foundation: PersistentVolumeClaim receipts created");
  expect(effects(first)).toContain("services: Deployment api created");
  expect(first.folder).toBe(join(".fairlead/plans", first.digest));
  expect(await readdir(join(project, ".fairlead/plans"))).toEqual([first.digest]);

  const applied = await fairlead(["apply", first.digest.slice(0, 12)]);
  expect(applied.stderr).toContain("services: kubernetes_deployment_v1.api_deployment: Creation complete");
  expect(applied.stdout).toBe(
    `Applied ${first.digest.slice(0, 12)} to hello in local: ${effects(first).length} created.`,
  );
  const available = "jsonpath={.status.availableReplicas}";
  expect(await kubectl("-n", "hello-local", "get", "deployment", "api", "-o", available)).toBe("1");
  const secret = ["create", "secret", "generic", "payment", `--from-literal=api-key=${SECRET}`];
  await kubectl("-n", "hello-local", ...secret);

  const second = await planned("--env", "local");
  expect(effects(second)).toEqual([]);
  expect(second.changes).toBe(false);
  expect((await fairlead(["apply", second.digest])).stdout).toContain("there was nothing to change");
});

test("a change of the catalog gives exactly its summary, with what somebody else changed, and applies", async () => {
  await edit(project, CATALOG, "api:1.0.0", "api:1.0.0-hotfix");
  await edit(project, CATALOG, "api: { scaling: { replicas: 1 } }", "api: { scaling: { replicas: 2 } }");
  await kubectl("-n", "hello-local", "set", "env", "deployment/api", `DB_PASSWORD=${BY_HAND}`);
  const { stdout } = await fairlead(["plan", "--env", "local", "--layer", "services"]);
  const [, digest = ""] = /^Plan ([0-9a-f]{64})$/m.exec(stdout) ?? [];
  expect(
    stdout.replaceAll(digest, "DIGEST").replaceAll(digest.slice(0, 12), "DIGEST"),
  ).toMatchInlineSnapshot(`
      "hello in local (context local): 4 to change, 1 to create

      services: 4 to change, 1 to create
        ~ Deployment api is changed
            its pods are replaced, one after the other
            the number of pods changes
            metadata.labels."app.kubernetes.io/version": 1.0.0 → 1.0.0-hotfix
            spec.replicas: 1 → 2
            spec.template.metadata.labels."app.kubernetes.io/version": 1.0.0 → 1.0.0-hotfix
            spec.template.spec.container[api].env[DB_PASSWORD].value: (sensitive) → (none)
            spec.template.spec.container[api].image: ghcr.io/example/api:1.0.0 → ghcr.io/example/api:1.0.0-hotfix
            somebody else changed spec.template.spec.container[api].env[DB_PASSWORD].value
        ~ NetworkPolicy api is changed
            metadata.labels."app.kubernetes.io/version": 1.0.0 → 1.0.0-hotfix
        ~ ServiceAccount api is changed
            metadata.labels."app.kubernetes.io/version": 1.0.0 → 1.0.0-hotfix
        ~ Service api is changed
            metadata.labels."app.kubernetes.io/version": 1.0.0 → 1.0.0-hotfix
        + PodDisruptionBudget api is created

      Plan DIGEST
        apply it with: fairlead apply DIGEST"
    `);
  const page = await readFile(packageFile("docs/commands/plan.md"), "utf8");
  const shown = (text: string) => text.replaceAll(/\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b/g, "DIGEST").trim();
  expect(shown(page)).toContain(shown(stdout));

  const applied = await fairlead(["apply", digest.slice(0, 12)]);
  expect(applied.stdout).toContain("4 changed, 1 created");
  const env = await kubectl("-n", "hello-local", "get", "deployment", "api", "-o", "yaml");
  expect(env).not.toContain(BY_HAND);
  expect(env).toContain("api:1.0.0-hotfix");
});

test("a plan that was altered in any way is refused", async () => {
  await edit(project, CATALOG, "api:1.0.0-hotfix", "api:2.0.0");
  const out = join(folder, "reviewed");
  const { digest, apply } = await planned("--env", "local", "--layer", "services", "--out", out);
  expect(apply).toBe(`fairlead apply ${out} --digest ${digest.slice(0, 12)}`);
  const stack = "stacks/hello-local-services";
  const alter: Record<string, (copy: string) => Promise<void>> = {
    "the plan file": (copy) => appendFile(join(copy, stack, "plan.tfplan"), "x"),
    "the stack": (copy) => edit(copy, `${stack}/cdk.tf.json`, "api:2.0.0", "api:6.6.6"),
    "a file beside": (copy) => writeFile(join(copy, stack, "more.tf.json"), "{}"),
    "a file that is gone": (copy) => rm(join(copy, stack, ".terraform.lock.hcl")),
    "what it is for": (copy) => edit(copy, "plan.json", '"stage":"local"', '"stage":"dev"'),
  };
  for (const [what, change] of Object.entries(alter)) {
    const copy = await mkdtemp(join(folder, "altered-"));
    await cp(out, copy, { recursive: true });
    await change(copy);
    const { exitCode, rules } = await refused(["apply", copy, "--digest", digest]);
    expect({ what, exitCode, rules }).toEqual({ what, exitCode: 1, rules: ["plan/altered"] });
  }
  const other = await refused(["apply", out, "--digest", "0123456789ab"]);
  expect(other.rules).toEqual(["plan/altered"]);
  // A variable of a script that is empty, and a folder that somebody called like a digest.
  for (const digest of ["", "sha256:", "0"]) {
    const { exitCode, rules } = await refused(["apply", out, "--digest", digest]);
    expect([digest, exitCode, ...rules]).toEqual([digest, 2, "plan/no-digest"]);
  }
  await cp(out, join(project, "abcdefabcdef"), { recursive: true });
  const named = await refused(["apply", "abcdefabcdef"]);
  expect(named.rules).toEqual(["plan/altered"]);
  const elsewhere = join(folder, "elsewhere");
  await writeFile(elsewhere, (await readFile(kubeconfig, "utf8")).replace("127.0.0.1", "localhost"));
  const cluster = await refused(["apply", out, "--digest", digest], { KUBE_CONFIG_PATH: elsewhere });
  expect([cluster.exitCode, ...cluster.rules]).toEqual([1, "plan/another-cluster"]);
  const nowhere = await refused(["apply", "0123456789ab"]);
  expect(nowhere.rules).toEqual(["plan/not-found"]);
  const full = await refused(["plan", "--env", "local", "--out", out]);
  expect(full.rules).toEqual(["plan/folder"]);
});

test("a plan whose state has moved on is refused before anything is applied", async () => {
  const size = 'size: "minimum",';
  await edit(project, CATALOG, size, `${size} quota: { cpu: "9500m", memory: "20Gi", storage: "60Gi" },`);
  const quota = () => kubectl("-n", "hello-local", "get", "quota", "capacity", "-o", "jsonpath={.spec}");
  const before = await quota();
  const older = await planned("--env", "local");
  expect(effects(older)).toContain("foundation: ResourceQuota capacity changed");
  const newer = await planned("--env", "local", "--layer", "services");
  expect((await fairlead(["apply", newer.digest])).exitCode).toBe(0);
  const { exitCode, rules, stderr } = await refused(["apply", older.digest]);
  expect({ exitCode, rules }).toEqual({ exitCode: 1, rules: ["plan/stale"] });
  expect(stderr).toContain("the state of hello-local-services has changed since it was planned");
  expect(await quota()).toBe(before);
});

test("data goes only when its loss was confirmed by name", async () => {
  await edit(project, CATALOG, "  receipts: {", "  invoices: {");
  const { digest, losesData, apply } = await planned("--env", "local", "--layer", "foundation");
  expect(losesData).toEqual(["PersistentVolumeClaim/receipts"]);
  expect(apply).toContain("--confirm-destroy PersistentVolumeClaim/receipts");
  for (const confirmed of [[], ["--confirm-destroy", "PersistentVolumeClaim/invoices"]]) {
    const { exitCode, rules, stderr } = await refused(["apply", digest, ...confirmed]);
    expect({ exitCode, rules }).toEqual({ exitCode: 1, rules: ["plan/loss-not-confirmed"] });
    expect(stderr).toContain("add --confirm-destroy PersistentVolumeClaim/receipts");
  }
  expect(await kubectl("-n", "hello-local", "get", "pvc", "-o", "name")).toBe(
    "persistentvolumeclaim/receipts",
  );

  // Somebody else's quota has no room: the claim that comes is refused, and the plan is made again when there is some.
  await kubectl("-n", "hello-local", "create", "quota", "tight", "--hard=persistentvolumeclaims=0");
  const counted = ["-n", "hello-local", "get", "quota", "tight", "-o", "jsonpath={.status.hard}"];
  await vi.waitFor(async () => expect(await kubectl(...counted)).not.toBe(""), { timeout: MINUTES });
  const confirmed = ["--confirm-destroy", "PersistentVolumeClaim/receipts"];
  const full = await refused(["apply", digest, ...confirmed]);
  expect([full.exitCode, ...full.rules]).toEqual([1, "plan/quota-exceeded"]);
  expect(full.stderr).toContain("applied: none; in part: foundation; not begun: none");
  await kubectl("-n", "hello-local", "delete", "quota", "tight");
  const again = await planned("--env", "local", "--layer", "foundation");
  expect((await fairlead(["apply", again.digest, ...confirmed])).exitCode).toBe(0);
  expect(await kubectl("-n", "hello-local", "get", "pvc", "-o", "name")).toBe(
    "persistentvolumeclaim/invoices",
  );
});

test("what stands in the way is said, and no plan is left behind", async () => {
  const plans = await readdir(join(project, ".fairlead/plans"));
  const text = await readFile(kubeconfig, "utf8");
  const changed = async (name: string, from: RegExp, to: string) => {
    expect(text).toMatch(from);
    await writeFile(join(folder, name), text.replace(from, to));
    return { KUBE_CONFIG_PATH: join(folder, name) };
  };
  const local = ["plan", "--env", "local"];
  await on.create(leaseOf("hello-held-foundation"));
  const cases = {
    "no kubeconfig": await refused(local, { KUBE_CONFIG_PATH: "" }),
    "no such file": await refused(local, { KUBE_CONFIG_PATH: join(folder, "nowhere") }),
    "no cluster": await refused(local, await changed("dead", /127\.0\.0\.1:\d+/, "127.0.0.1:2")),
    "an expired token": await refused(local, await changed("expired", /token: [^\s}]+/, "token: expired")),
    "another context": await refused(
      local,
      await changed("other", /name: local, context/, "name: a, context"),
    ),
    "production, not confirmed": await refused(
      ["plan", "--env", "prod"],
      await changed("prod", /name: local, context/, "name: prod, context"),
    ),
    "another context confirmed": await refused([...local, "--confirm-context", "prod"]),
    "a lock": await refused(["plan", "--env", "held", "--layer", "foundation"]),
    "no place for the state": await refused(["plan", "--env", "unkept", "--layer", "foundation"]),
    "a file in place of a folder": await refused([...local, "--out", kubeconfig]),
    "a folder in a file": await refused([...local, "--out", join(kubeconfig, "plan")]),
    "kinds that the cluster lacks": await refused(["plan", "--env", "dev", "--layer", "observability"]),
  };
  const told = Object.entries(cases).map(
    ([what, { exitCode, rules }]) => `${what}: ${exitCode} ${rules.join()}`,
  );
  expect(told).toEqual([
    "no kubeconfig: 1 plan/no-kubeconfig",
    "no such file: 1 plan/no-kubeconfig",
    "no cluster: 1 plan/unreachable",
    "an expired token: 1 plan/not-signed-in",
    "another context: 1 plan/no-context",
    "production, not confirmed: 1 plan/context-not-confirmed",
    "another context confirmed: 1 plan/context-not-confirmed",
    "a lock: 5 plan/locked",
    "no place for the state: 1 plan/no-state-place",
    "a file in place of a folder: 1 plan/folder",
    "a folder in a file: 1 plan/folder",
    "kinds that the cluster lacks: 1 plan/crd-missing",
  ]);
  expect(cases["a lock"].stderr).toContain(
    "is locked by ann@laptop (terraform apply) since 2026-11-20 10:00:00 +0000 UTC",
  );
  expect(cases["no place for the state"].stderr).toContain(
    'is kept is not there: Error: Error loading state: namespaces "nowhere" not found',
  );
  expect(cases["another context"].stderr).toMatch(
    /is deployed in context "local", and .* has "a" → catalog\/platforms\/hello\/index\.ts:\d+:\d+/,
  );
  expect(await readdir(join(project, ".fairlead/plans"))).toEqual(plans);
});

test("what bears a name already is never taken over", async () => {
  await kubectl("create", "namespace", "hello-dev");
  await kubectl("label", "namespace", "hello-dev", "app.kubernetes.io/managed-by=Helm");
  const { exitCode, rules, stderr } = await refused(["plan", "--env", "dev", "--layer", "foundation"]);
  expect([exitCode, ...rules]).toEqual([1, "plan/name-taken"]);
  expect(stderr).toMatch(/Namespace hello-dev is there already \(managed by Helm, since [^)]+\)/);
});

test("all that was deployed goes by a plan of its own, the last made first, its data by name (issue 8, part 1)", async () => {
  const planning = ["--env", "local", "--destroy"];
  const end = await planned(...planning);
  expect(end.layers.map(({ layer }) => layer)).toEqual(["services", "observability", "foundation"]);
  expect(effects(end).filter((one) => !one.endsWith(" destroyed"))).toEqual([]);
  expect(effects(end)).toContain("services: Deployment api destroyed");
  expect(end.losesData).toEqual(["Namespace/hello-local", "PersistentVolumeClaim/invoices"]);
  const confirmed = end.losesData.flatMap((name) => ["--confirm-destroy", name]);
  const { exitCode, rules } = await refused(["apply", end.digest, ...confirmed.slice(0, 2)]);
  expect([exitCode, ...rules]).toEqual([1, "plan/loss-not-confirmed"]);
  expect(await kubectl("-n", "hello-local", "get", "deployment", "-o", "name")).toContain("api");

  const { stdout } = await fairlead(["apply", end.digest, ...confirmed]);
  expect(stdout).toContain(`to hello in local: ${effects(end).length} destroyed.`);
  expect(await kubectl("get", "namespace", "hello-local", "--ignore-not-found")).toBe("");
  expect((await planned(...planning)).changes).toBe(false);
});

test("no secret is in a plan, in state, or in anything that was said; plans are for their owner only", async () => {
  const [, token = ""] = /token: ([^\s}]+)/.exec(await readFile(kubeconfig, "utf8")) ?? [];
  const states = await savedTexts(join(project, ".fairlead/state"));
  expect(states.length).toBeGreaterThan(2);
  const saved = (await savedTexts(join(project, ".fairlead/plans"))).join("\n");
  // It is looked for where it would be: a plan file holds the resources that it is about.
  expect(saved).toContain("kubernetes_deployment_v1");
  expect(said.join("\n")).toContain("DB_PASSWORD");
  for (const canary of [SECRET, token]) {
    expect(token).not.toBe("");
    expect(states.join("\n")).not.toContain(canary);
    expect(said.join("\n")).not.toContain(canary);
    expect(saved).not.toContain(canary);
  }
  expect(said.join("\n")).not.toContain(BY_HAND);
  for (const digest of await readdir(join(project, ".fairlead/plans")))
    expect((await stat(join(project, ".fairlead/plans", digest))).mode & 0o777).toBe(0o700);
});
