// Of what a real `terraform plan` with the real provider recorded (fixtures/plan.json): twelve objects, each changed in another way.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UnreadableError } from "../evidence/measured.ts";
import { attributeChanges } from "./attributes.ts";
import { plannedChanges } from "./changes.ts";
import { dataLostBy, formatPlan, type PlanSummary } from "./format.ts";
import { diagnosticsIn, explained, lacksKinds } from "./terraform-words.ts";

const recorded = await readFile(join(import.meta.dirname, "fixtures/plan.json"), "utf8");
const summary = (text = recorded): PlanSummary => ({
  ...{ platform: "shop", environment: "prod", stage: "prod", context: "shop-prod" },
  ...{ digest: "d".repeat(64), folder: ".fairlead/plans/d", target: "dddddddddddd" },
  layers: [
    { layer: "services", changes: plannedChanges(text) },
    {
      layer: "observability",
      waits: "not planned: the cluster gets its kinds only with foundation",
      changes: [],
    },
  ],
});

test("a plan says what it destroys, replaces, changes, moves and creates, and why it matters", () => {
  expect(formatPlan(summary(), "text")).toMatchInlineSnapshot(`
    "shop in prod (context shop-prod): 4 to destroy, 2 to replace, 3 to change, 1 to move, 1 to create; observability can only be planned later

    services: 4 to destroy, 2 to replace, 3 to change, 1 to move, 1 to create
      - Namespace recorded-gone is destroyed
          everything in recorded-gone is deleted with it: pods, Secrets, and volume claims with their data
      - PersistentVolumeClaim receipts is destroyed
          the claim goes, and its data too unless the volume's reclaim policy is Retain; it ends only when no pod uses it any more
      - Secret lost is destroyed
          its values are lost; pods that read it do not start any more
      - StatefulSet store is destroyed
          its pods stop, and the data of its volume claims may go with it
      ± ConfigMap renamed is replaced
          the new one is there before the old one goes
          metadata.name cannot be changed in place
          immutable: false → (none)
          metadata.name: swapped → renamed
      ± Deployment selected is replaced
          downtime: all its pods stop before the new ones start
          spec.selector.match_labels cannot be changed in place
          spec.selector.match_labels.app: selected → other
          spec.strategy.rolling_update.max_surge: 25% → (none)
          spec.strategy.rolling_update.max_unavailable: 25% → (none)
          spec.strategy.type: RollingUpdate → (none)
          spec.template.metadata.labels.app: selected → other
          spec.template.spec.active_deadline_seconds: 0 → (none)
      ~ Deployment kept is changed
          its pods are replaced, one after the other
          the number of pods changes
          spec.replicas: 1 → 3
          spec.template.spec.container[api].env[API_TOKEN].value: (sensitive) → (sensitive)
          spec.template.spec.container[api].env[LEVEL].value: info → debug
          spec.template.spec.container[api].image: example/api:hotfix → example/api:1.1.0
          spec.template.spec.container[api].image_pull_policy: IfNotPresent → (none)
          spec.template.spec.container[api].termination_message_policy: File → (none)
          spec.template.spec.container[proxy].image: (none) → example/proxy:1
          spec.template.spec.container[proxy].image_pull_policy: (none) → IfNotPresent
          spec.template.spec.container[proxy].stdin: (none) → false
          spec.template.spec.container[proxy].stdin_once: (none) → false
          spec.template.spec.container[proxy].termination_message_path: (none) → /dev/termination-log
          spec.template.spec.container[proxy].termination_message_policy: (none) → File
          spec.template.spec.container[proxy].tty: (none) → false
          somebody else changed spec.template.spec.container[api].image
      ~ Deployment recreated is changed
          downtime: all its pods stop before the new ones start (strategy Recreate)
          spec.template.spec.container[api].image: example/api:1.0.0 → example/api:1.1.0
      ~ Secret key is changed
          its values change; pods read them when they start again
          data: (sensitive) → (sensitive)
      > ConfigMap settings is moved
          only its address in Terraform's state changes
          kubernetes_config_map_v1.old is now kubernetes_config_map_v1.settings
      + Service api is created
          somebody else deleted it

    observability: not planned: the cluster gets its kinds only with foundation

    Plan dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd
      apply it with: fairlead apply dddddddddddd --confirm-context shop-prod --confirm-destroy Namespace/recorded-gone --confirm-destroy PersistentVolumeClaim/receipts --confirm-destroy Secret/lost --confirm-destroy StatefulSet/store
    "
  `);
});

test("a plan is Markdown for a pull request, with nothing in it that could be markup", () => {
  const hostile = JSON.parse(recorded);
  const kept = hostile.resource_changes.find((one: { address: string }) => one.address.endsWith(".kept"));
  kept.change.after.spec[0].template[0].spec[0].container[1].image = "x`@all <b>*y*</b> # title";
  const page = formatPlan(summary(JSON.stringify(hostile)), "markdown");
  expect(page).toContain(
    "``spec.template.spec.container[api].image: example/api:hotfix → x`@all <b>*y*</b> # title``",
  );
  expect(page).not.toMatch(/^# title/m);
  expect(page).toContain("- `PersistentVolumeClaim receipts` is destroyed");
});

test("what is taken over is told, also where nothing of it changes", () => {
  const plan = JSON.parse(recorded);
  const [{ previous_address, ...first }] = plan.resource_changes;
  expect(previous_address).toBeDefined();
  const importing = { id: "recorded-kept" };
  const kept = {
    ...first,
    change: { ...first.change, before: first.change.after, importing, actions: ["no-op"] },
  };
  const before = { metadata: [{ name: "recorded-set", labels: { team: "x" } }] };
  const set = {
    ...first,
    change: { before, after: { metadata: [{ name: "recorded-set" }] }, importing, actions: ["update"] },
  };
  plan.resource_changes = [kept, set];
  const changes = plannedChanges(JSON.stringify({ ...plan, resource_drift: [] }));
  expect(changes.map(({ effect, adopted }) => [effect, adopted])).toEqual([
    ["changed", true],
    ["adopted", true],
  ]);
  const text = formatPlan({ ...summary(), layers: [{ layer: "services", changes }] }, "text");
  expect(text).toContain("services: 1 to change, 1 to adopt");
  expect(text).toContain("it was there already, and is taken over with this");
  expect(text).toMatch(/ {2}< .* is adopted\n {6}it stays as it is; from now on it is Terraform's/);
});

test("programs are told whether anything changes, what is lost, and how to go on", () => {
  const { changes, losesData, apply } = JSON.parse(formatPlan(summary(), "json"));
  expect(changes).toBe(true);
  expect(losesData).toEqual(dataLostBy(summary()));
  expect(losesData.toSorted()).toEqual([
    "Namespace/recorded-gone",
    "PersistentVolumeClaim/receipts",
    "Secret/lost",
    "StatefulSet/store",
  ]);
  expect(apply).toMatch(/^fairlead apply dddddddddddd --confirm-context shop-prod --confirm-destroy /);
  const nothing = { ...summary(), layers: [{ layer: "services", changes: [] }] };
  expect(JSON.parse(formatPlan(nothing, "json")).changes).toBe(false);
});

test("no value that is secret is told, in any form", () => {
  expect(recorded).toContain("canary-old");
  for (const format of ["text", "json", "markdown"] as const)
    expect(formatPlan(summary(), format)).not.toMatch(/canary/);
});

test.each([
  ["the file is cut", recorded.slice(0, 500)],
  ["planning ended with an error", recorded.replace('"errored":false', '"errored":true')],
  ["it is of another program", '{"format_version":"1.0"}'],
])("no summary is made where %s", (_, text) => {
  expect(() => plannedChanges(text)).toThrow(UnreadableError);
});

describe("attributes", () => {
  const between = (before: unknown, after: unknown, more: object = {}) =>
    attributeChanges(
      { value: before, sensitive: false },
      { value: after, sensitive: false, ...more },
      { isSecret: false },
    );

  test("what is marked on either side is hidden, also as a whole and inside of lists", () => {
    const marked = attributeChanges(
      { value: { a: ["canary"], b: { c: "canary" } }, sensitive: { a: [true] } },
      { value: { a: ["canary", "canary"], b: { c: "canary" } }, sensitive: { b: true } },
      { isSecret: false },
    );
    expect(JSON.stringify(marked)).not.toContain('canary"');
    expect(marked.map(({ path }) => path)).toEqual(["a[1]", "b", "b.c"]);
  });

  test("entries with names are compared by them, wherever they stand", () => {
    const one = { name: "a", value: "1" };
    const two = { name: "b", value: "2" };
    expect(between({ env: [one] }, { env: [two, one] })).toEqual([{ path: "env[b].value", after: "2" }]);
    expect(between({ refs: [{ name: "x" }] }, { refs: [{ name: "y" }] })).toEqual([
      { path: "refs[x].name", before: "x" },
      { path: "refs[y].name", after: "y" },
    ]);
  });

  test("long text is told by its size; what the cluster decides is left out", () => {
    const text = "line\n".repeat(50);
    expect(
      between({ data: { "a.b/c": text } }, { data: { "a.b/c": "" } }, { unknown: { ip: true } }),
    ).toEqual([{ path: 'data."a.b/c"', before: "(250 characters in 51 lines)" }]);
  });
});

describe("what Terraform says", () => {
  const about = { stack: "shop-prod-services", context: "shop-prod" };
  const said = (summary: string, detail = "", address?: string) =>
    explained([{ severity: "error", summary, detail, ...(address && { address }) }], about).map(
      ({ rule, message }) => `${rule}: ${message}`,
    );

  test.each([
    ['Get "https://10.0.0.1/api": dial tcp 10.0.0.1:443: connect: connection refused', "plan/unreachable"],
    ["lookup cluster.example on 10.0.0.2:53: no such host", "plan/unreachable"],
    ["error: You must be logged in to the server (Unauthorized)", "plan/not-signed-in"],
    ['error: context "shop-prod" does not exist', "plan/no-context"],
    ['pods "api" is forbidden: exceeded quota: capacity, requested: requests.cpu=2', "plan/quota-exceeded"],
    ['deployments.apps is forbidden: User "ci" cannot create resource', "plan/forbidden"],
    ['configmaps "api" already exists', "plan/name-taken"],
    ["Cannot import non-existent remote object", "plan/adopt-missing"],
    ["Instance cannot be destroyed", "plan/kept"],
    ["Deployment exceeded its progress deadline: no pod: exceeded quota: tight", "plan/rollout-failed"],
    ["Waiting for rollout to finish: 1 replicas wanted; 0 replicas Ready", "plan/rollout-failed"],
    ["Saved plan is stale", "plan/stale"],
    ['Error loading state: namespaces "terraform-state" not found', "plan/no-state-place"],
    ['Failed to get existing workspaces: S3 bucket "states" does not exist.', "plan/no-state-place"],
    ["API did not recognize GroupVersionKind from manifest (CRD may not be installed)", "plan/crd-missing"],
    [
      'No value for required variable: The root module input variable "release" is not set',
      "plan/no-release",
    ],
    ["Give the release's digest in TF_VAR_release: sha256: and 64 digits.", "plan/no-release"],
    ["Unsupported argument", "plan/terraform"],
  ])("%s is %s", (words, rule) => {
    expect(said(words).map((line) => line.split(":")[0])).toEqual([rule]);
  });

  test("a lock names who holds it, since when, for what; and how it is broken", () => {
    const words = `Error: Error acquiring the state lock
│ Error message: resource temporarily unavailable
│ Lock Info:
│   ID:        5d8f0a4e
│   Path:      states/x
│   Operation: OperationTypeApply
│   Who:       ann@laptop
│   Version:   1.11.4
│   Created:   2026-11-20 10:00:00 UTC
│   Info:
│
│ Terraform acquires a state lock to protect the state`;
    const [problem] = explained([{ severity: "error", summary: words }], about);
    expect(problem?.message).toBe(
      "the state of shop-prod-services is locked by ann@laptop (terraform apply) since 2026-11-20 10:00:00 UTC",
    );
    expect(problem?.fix).toContain("terraform force-unlock 5d8f0a4e");
  });

  test("of an HTTP backend only the id is believed: Terraform shows its own request as the holder", () => {
    const words =
      "Error acquiring the state lock: HTTP remote state already locked: ID=5d8f Lock Info: ID: 1 Who: me@here Version: 1";
    const [problem] = explained([{ severity: "error", summary: words }], about);
    expect(problem?.message).toContain("locked by whoever took the lock 5d8f");
    expect(problem?.fix).toContain("force-unlock 5d8f ");
  });

  test("each thing is told once, with its resource; lines that are no errors are left out", () => {
    const line = (severity: string, address: string) =>
      JSON.stringify({ "@level": severity, diagnostic: { severity, summary: "No room", address } });
    const stdout = [line("error", "a.b"), line("error", "a.b"), line("warning", "a.c"), "…"].join("\n");
    expect(explained(diagnosticsIn(stdout, "unused"), about).map((one) => one.message)).toEqual([
      "terraform: a.b of shop-prod-services: No room",
    ]);
    expect(diagnosticsIn("", "it was killed")).toEqual([{ severity: "error", summary: "it was killed" }]);
  });

  test("only what lacks nothing but kinds can wait for them", () => {
    const kind = { severity: "error" as const, summary: 'no matches for kind "PrometheusRule"' };
    expect(lacksKinds([kind, kind])).toBe(true);
    expect(lacksKinds([kind, { severity: "error", summary: "Unauthorized" }])).toBe(false);
    expect(lacksKinds([])).toBe(false);
  });
});
