// The generated objects in a real API server, and attempts to get past each of their rules.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { admissionRules } from "../../catalog/admission.ts";
import { type AdmissionRule, isApprovedImage } from "../../model/admission.ts";
import { celText } from "./cel.ts";
import {
  type Answer,
  type AskingCluster,
  approved,
  listOf,
  placeOf,
  released,
  releasesIn,
  startAsking,
} from "./fixtures/asked.ts";
import { attempts } from "./fixtures/attempts.ts";
import {
  API,
  BASE,
  breaking,
  closed,
  DIGEST,
  inNamespace,
  KINDS,
  madeBy,
  type Pod,
  pod,
  UNSIGNED,
  withImage,
} from "./fixtures/pods.ts";
import { bindingOf, policyOf } from "./objects.ts";

const POLL = { timeout: 120_000, interval: 500 };

let cluster: AskingCluster;
beforeAll(async () => {
  cluster = await startAsking();
}, 600_000);
afterAll(() => cluster?.stop());

const done: AskingCluster["done"] = (...given) => cluster.done(...given);
const tried: AskingCluster["tried"] = (object) => cluster.tried(object);
/** The same in the namespace where one rule alone is asked. */
const whereAsked = (rule: AdmissionRule, of: Pod) => inNamespace(of, `shop-${rule}`);

/** Refused, with a message that names the rule and the way out. */
function expectRefused({ exitCode, said }: Answer, rule = "", what?: string): void {
  const by = `ValidatingAdmissionPolicy 'shop\\.[a-z-]+\\.${rule}'`;
  expect(said, what).toMatch(new RegExp(`${by} .* denied request: ${rule}: .+ Way out: .+`, "s"));
  expect(exitCode, what).not.toBe(0);
}

test("every expression compiles: the API server finds nothing to warn of, and would find a field that is not there", async () => {
  const typed = async (name: string) => {
    const get = ["get", "validatingadmissionpolicy", name, "-o", "json"];
    const read = async () =>
      JSON.parse(await done(get)) as { status?: { observedGeneration?: number; typeChecking?: object } };
    await expect.poll(async () => (await read()).status?.observedGeneration, POLL).toBe(1);
    return (await read()).status?.typeChecking;
  };
  for (const rule of admissionRules) expect(await typed(`shop.prod.${rule}`)).toEqual({});
  const wrong = policyOf(placeOf("wrong", {}), "approved-images");
  const asks = (expression: string) => ({ ...wrong, spec: { ...wrong.spec, validations: [{ expression }] } });
  await done(["create", "-f", "-"], asks("size(object.metadata.nme) > 0"));
  expect(JSON.stringify(await typed(wrong.metadata.name))).toContain("undefined field 'nme'");
  expect((await tried(asks("size(variables.nothing) > 0"))).said).toContain("undefined field 'nothing'");
}, 300_000);

/** Each in the namespace where its rule alone is asked, under a name of its own, in one call; what was said of each. */
async function eachTried(all: readonly { rule: AdmissionRule; kind: string; of: Pod }[]): Promise<Answer[]> {
  const objects = all.map(({ rule, kind, of }, i) => {
    const there = whereAsked(rule, of);
    return madeBy(kind, { ...there, metadata: { ...there.metadata, name: `try-${i}` } });
  });
  const { exitCode, said } = await tried(listOf(objects));
  const lines = said.split("\n");
  return all.map((_, i) => ({
    exitCode,
    said: lines.find((line) => line.includes(`"try-${i}"`)) ?? "taken",
  }));
}

test("every kind that makes pods is taken if it breaks no rule, and refused if it breaks any", async () => {
  const good = KINDS.map((kind) => madeBy(kind, inNamespace(pod(), "shop-prod")));
  expect(await tried(listOf(good))).toMatchObject({ exitCode: 0 });
  const all = KINDS.flatMap((kind) => admissionRules.map((rule) => ({ rule, kind, of: breaking[rule] })));
  for (const [i, answer] of (await eachTried(all)).entries()) expectRefused(answer, all[i]?.rule);
}, 300_000);

test.each(admissionRules)(
  "nobody gets past %s",
  async (asked) => {
    const tries = attempts.filter(([rule]) => rule === asked);
    expect(tries.length).toBeGreaterThan(2);
    const answers = await eachTried(tries.map(([rule, , of]) => ({ rule, kind: "Pod", of })));
    for (const [i, answer] of answers.entries()) expectRefused(answer, asked, tries[i]?.[1]);
  },
  300_000,
);

describe("what runs already", () => {
  const patch = (rule: AdmissionRule, of: string, change: object) =>
    cluster.kube([
      "patch",
      "-n",
      `shop-${rule}`,
      of,
      "--dry-run=server",
      "--type=json",
      "-p",
      JSON.stringify([change]),
    ]);

  test("cannot be edited past a rule", async () => {
    const running = { ...pod(), metadata: { ...pod().metadata, name: "running" } };
    const each = admissionRules.map((rule) => whereAsked(rule, running));
    await done(["create", "-f", "-"], listOf(each.flatMap((one) => [one, madeBy("Deployment", one)])));
    const [image, annotation] = ["/spec/containers/0/image", "/metadata/annotations/fairlead~1release"];
    const replace = (path: string, value: unknown) => ({ op: "replace", path, value });
    const edits: [AdmissionRule, string, object][] = [
      ["approved-images", "pod/running", replace(image, "evil:1")],
      ["approved-images", "deployment/running", replace(`/spec/template${image}`, "evil:1")],
      ["image-digests", "pod/running", replace(image, "ghcr.io/shop/api:2")],
      [
        "requests-and-limits",
        "deployment/running",
        { op: "remove", path: "/spec/template/spec/containers/0/resources/limits" },
      ],
      ["signed-releases", "pod/running", { op: "remove", path: annotation }],
      ["signed-releases", "deployment/running", replace(`/spec/template${annotation}`, "")],
      [
        "signed-releases",
        "deployment/running",
        replace(`/spec/template${image}`, `ghcr.io/shop/api:1.0.0${DIGEST}`),
      ],
    ];
    for (const [rule, of, change] of edits) expectRefused(await patch(rule, of, change), rule);
  }, 300_000);

  test("gets no ephemeral container past a rule, and one that breaks none", async () => {
    const debug = async (rule: AdmissionRule, image: string) => {
      const space = `shop-${rule}`;
      const stored = JSON.parse(await done(["get", "-n", space, "pod", "running", "-o", "json"])) as Pod;
      const path = `/api/v1/namespaces/${space}/pods/running/ephemeralcontainers?dryRun=All`;
      const ephemeralContainers = [{ name: "debug", image, securityContext: closed }];
      const input = { ...stored, spec: { ...stored.spec, ephemeralContainers } };
      return cluster.kube(["replace", "--raw", path, "-f", "-"], input);
    };
    const others: Partial<Record<AdmissionRule, string>> = {
      "approved-images": "busybox:1",
      "image-digests": "registry.example/base/tools/shell:9",
      "signed-releases": `registry.example/base/tools/shell:8${DIGEST}`,
    };
    for (const [rule, image] of Object.entries(others) as [AdmissionRule, string][]) {
      expectRefused(await debug(rule, image), rule);
      expect((await debug(rule, BASE)).exitCode).toBe(0);
    }
  }, 300_000);

  test("and would not be taken any more can be scaled and marked, but neither edited nor made anew", async () => {
    const within = ["-n", "shop-approved-images"];
    const change = (path: string, value: unknown) =>
      patch("approved-images", "deployment/before", { op: "add", path, value });
    expect(await change("/spec/replicas", 0)).toMatchObject({ exitCode: 0 });
    expect(await change("/metadata/labels", { seen: "yes" })).toMatchObject({ exitCode: 0 });
    const env = [{ name: "A", value: "b" }];
    expectRefused(await change("/spec/template/spec/containers/0/env", env), "approved-images");
    await done(["scale", ...within, "deployment/before", "--replicas=2"]);
    const told = "jsonpath={.items[*].status.conditions[*].message}";
    const why = () => done(["get", ...within, "replicasets", "-l", "app=tried", "-o", told]);
    await expect.poll(why, POLL).toContain("denied request");
  }, 300_000);
});

describe("the way around", () => {
  test("is not a namespace without the platform's labels, or with another name on its label", async () => {
    for (const rule of admissionRules) {
      const space = `shop-${rule}`;
      await done(["label", "namespace", space, "app.kubernetes.io/part-of-"]);
      // The API server sets it back.
      await done(["label", "namespace", space, "--overwrite", "kubernetes.io/metadata.name=other"]);
      expectRefused(await tried(whereAsked(rule, breaking[rule])), rule);
    }
  }, 120_000);

  test("is not a list of releases of one's own beside the workloads", async () => {
    await done(["create", "-f", "-"], releasesIn("shop-signed-releases", { [UNSIGNED]: API }));
    expectRefused(await tried(whereAsked("signed-releases", breaking["signed-releases"])), "signed-releases");
  }, 120_000);

  test("is not the loss of the list, or of what is on it: without it nothing comes in", async () => {
    const list = ["-n", "shop-signed-releases-releases", "configmap", "approved-releases"];
    const answer = () => tried(whereAsked("signed-releases", pod()));
    const said = async () => (await answer()).said;
    await done(["delete", ...list]);
    await expect.poll(said, POLL).toMatch(/shop\.signed-releases\.signed-releases.*no params found/s);
    await done(["create", "-f", "-"], releasesIn("shop-signed-releases-releases", {}));
    await expect.poll(said, POLL).toContain("signed-releases: not an approved release");
    await done(["replace", "-f", "-"], releasesIn("shop-signed-releases-releases", released));
    await expect.poll(async () => (await answer()).exitCode, POLL).toBe(0);
  }, 400_000);
});

test("where a rule only warns, whoever breaks it is told and goes on", async () => {
  const local = (attempt: Pod) => tried(inNamespace(attempt, "shop-local"));
  for (const rule of ["approved-images", "requests-and-limits"] as const) {
    const warned = async () => (await local(breaking[rule])).said;
    await expect.poll(warned, POLL).toMatch(new RegExp(`Warning: .*${rule}: .+ Way out: `));
    expect((await local(breaking[rule])).exitCode).toBe(0);
  }
  expect((await local(breaking["signed-releases"])).said).not.toContain("Warning");
}, 300_000);

test("the API server approves of the images that the catalog's check approves of, and of no others", async () => {
  const parts = [
    ...["ghcr.io/shop/api", "registry.example/base", "cache", "/", ":", "1.2", ".", "..", "_", "-", "A", "x"],
    ...["@sha256:", "a".repeat(64), ":5000/"],
  ];
  const some = fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 5 }).map((all) => all.join(""));
  const begin = fc.constantFrom("ghcr.io/shop/api", "registry.example/base/x", "cache");
  const near = fc.tuple(begin, some).map((all) => all.join(""));
  const images = [API, ...fc.sample(fc.oneof(some, near), { numRuns: 150, seed: 7 })];
  const items = images.map((image, i) => {
    const of = whereAsked("approved-images", withImage(image));
    return { ...of, metadata: { ...of.metadata, name: `i-${i}` } };
  });
  const { said } = await tried(listOf(items));
  const taken = new Set([...said.matchAll(/^pod\/i-(\d+) created/gm)].map(([, i]) => Number(i)));
  for (const [i, image] of images.entries())
    expect(taken.has(i), image).toBe(isApprovedImage(image, approved));
  expect(taken.size).toBeGreaterThan(5);
  expect(taken.size).toBeLessThan(images.length - 5);
}, 300_000);

test("no text gets out of its place in an expression", async () => {
  const hostile = [
    '"',
    "\\",
    '" + object.kind + "',
    '"] || true || "" in ["',
    "${x}",
    "%{x}",
    "\n\r\u2028",
    "\\U00000022",
    "'''",
    "🙂",
    "\ud800",
  ];
  const texts = [...hostile, ...fc.sample(fc.string({ unit: "binary" }), { numRuns: 100, seed: 7 })];
  const whole = texts.map((text) => text.replace(/\p{Cs}/gu, "\ufffd"));
  const place = placeOf("local", {});
  const { spec, ...head } = policyOf(place, "approved-images");
  const [rules] = spec.matchConstraints.resourceRules;
  const resourceRules = [{ ...rules, resources: ["configmaps"] }];
  const validations = texts.map((text, i) => ({
    expression: `object.data["k${i}"] == ${celText(text)}`,
    message: `text ${i}`,
  }));
  const policy = {
    ...head,
    metadata: { name: "texts" },
    spec: { failurePolicy: "Fail", matchConstraints: { resourceRules }, validations },
  };
  const binding = bindingOf(place, "approved-images", "deny");
  await done(
    ["create", "-f", "-"],
    listOf([
      policy,
      { ...binding, metadata: { name: "texts" }, spec: { ...binding.spec, policyName: "texts" } },
    ]),
  );
  const mapOf = (of: readonly string[]) => ({
    ...{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "texts", namespace: "shop-local" } },
    data: Object.fromEntries(of.map((text, i) => [`k${i}`, text])),
  });
  const wrong = async () => (await tried(mapOf(whole.with(-1, "other")))).said;
  await expect.poll(wrong, POLL).toContain(`text ${texts.length - 1}`);
  expect(await tried(mapOf(whole))).toMatchObject({ exitCode: 0 });
}, 300_000);
