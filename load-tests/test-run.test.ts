// What k6's operator is given, and that the real Kubernetes API takes it.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import type { Environment, LoadProfile } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { findTool, requireTool, startCluster } from "../tools/index.ts";
import { testRunDefinition } from "./fixtures/test-run-crd.ts";
import { type OnKubernetes, testRun } from "./test-run.ts";

const platform = modelOf([shop], policies).platforms[0];
const prod = platform?.environments.find(({ name }) => name === "prod") as Environment;
const smoke = platform?.loadProfiles.find(({ name }) => name === "smoke") as LoadProfile;
const load = (change: Partial<OnKubernetes> = {}): OnKubernetes => ({
  ...{ platform: "shop", environment: prod, profile: smoke, runners: 4, image: "grafana/k6:1.8.1" },
  ...{ prometheus: "http://prometheus.monitoring:9090/", tokenSecret: "load-token" },
  ...change,
});

interface Made {
  kind: string;
  metadata: { name: string; namespace: string };
  data: Record<string, string>;
  // biome-ignore lint/suspicious/noExplicitAny: objects of four kinds, looked into at a few places.
  spec: any;
}
const made = (change?: Partial<OnKubernetes>) => testRun(load(change)) as Made[];
const only = (all: Made[], kind: string, name = "") => {
  const found = all.filter((one) => one.kind === kind && one.metadata.name.endsWith(name));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} ${kind} ${name}`);
  return found[0];
};

test("a TestRun shares a profile among runners, from a ConfigMap with the generated script and its data", () => {
  const all = made();
  const run = only(all, "TestRun");
  const map = only(all, "ConfigMap");
  expect(run.spec).toMatchObject({ parallelism: 4, script: { configMap: { name: map.metadata.name } } });
  expect(Object.keys(map.data)).toContain(run.spec.script.configMap.file);
  expect(JSON.parse(map.data["profile.json"] ?? "")).toMatchObject({ platform: "shop", profile: "smoke" });
  expect(run.spec.arguments).toBe(
    "--no-usage-report --include-system-env-vars=false --out experimental-prometheus-rw " +
      `-e BASE_URL=http://${smoke.target.service}.${prod.namespace}.svc:${smoke.target.port} -e ALLOW_REMOTE=yes ` +
      "-e TOKEN_FILE=/run/secrets/load-test/token",
  );
  expect(run.spec.runner.env).toContainEqual({
    name: "K6_PROMETHEUS_RW_SERVER_URL",
    value: "http://prometheus.monitoring:9090/api/v1/write",
  });
  expect(new Set(all.map(({ metadata }) => metadata.namespace))).toEqual(new Set([prod.namespace]));
});

test("without Prometheus and token nothing of them is asked for", () => {
  const { spec } = only(made({ prometheus: undefined, tokenSecret: undefined, runners: 1 }), "TestRun");
  expect(spec.arguments).not.toMatch(/--out|TOKEN_FILE/);
  expect(spec.runner).not.toHaveProperty("env");
  expect(spec.runner).not.toHaveProperty("volumes");
});

test("what comes into the shell of the operator is names and numbers, whatever the catalog's texts hold", () => {
  const profile = { ...smoke, title: `"; rm -rf / #\n$(x)`, description: "`x`" };
  const { spec } = only(made({ profile, prometheus: "http://p:1/$(x)" }), "TestRun");
  expect(spec.arguments).toMatch(/^[\w\s./:=-]+$/);
});

test("the closed namespace lets the runners to their target, to Prometheus and to each other, and nowhere else", () => {
  const all = made();
  const { name } = only(all, "TestRun").metadata;
  const runners = only(all, "NetworkPolicy", "-runners").spec;
  expect(runners.podSelector.matchLabels).toEqual({ app: "k6", k6_cr: name });
  expect(runners.egress.map((rule: { ports: { port: number }[] }) => rule.ports[0]?.port)).toEqual([
    6565,
    smoke.target.port,
    9090,
  ]);
  const target = only(all, "NetworkPolicy", "-target").spec;
  expect(target.podSelector.matchLabels).toEqual({
    "app.kubernetes.io/instance": "prod",
    "app.kubernetes.io/name": smoke.target.service,
  });
  expect(target.ingress[0].from).toEqual([{ podSelector: runners.podSelector }]);
});

test("of a long name enough is left for what the operator appends, and two long names stay two", () => {
  const named = (name: string) => only(made({ profile: { ...smoke, name } }), "TestRun").metadata.name;
  const [one, two] = [named(`${"a".repeat(60)}-1`), named(`${"a".repeat(60)}-2`)];
  expect(`${one}-initializer`.length).toBeLessThan(63);
  expect(one).not.toBe(two);
});

const { where } = await findTool("kubecp");
describe.runIf(process.platform === "linux" && where !== "missing")("a real Kubernetes API", () => {
  test("takes all of it, each field by the operator's schema, in a namespace that is held to the restricted standard", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fairlead-test-run-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const cluster = await startCluster({ stateDir: join(folder, "cluster") });
    onTestFinished(() => cluster.stop());
    const tool = await requireTool("kubectl");
    const kubectl = (args: string[], input = "") =>
      execa(tool, args, { env: { KUBECONFIG: cluster.kubeconfig }, input, reject: false, timeout: 60_000 });
    const apply = async (objects: object[], ...more: string[]) => {
      const file = join(folder, "objects.yaml");
      await writeFile(file, objects.map((object) => stringify(object)).join("---\n"));
      return kubectl(["apply", "--server-side", "--validate=strict", "-f", file, ...more]);
    };
    const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
    const namespace = { apiVersion: "v1", kind: "Namespace" };
    await apply([{ ...namespace, metadata: { name: prod.namespace, labels: restricted } }]);
    await kubectl(["apply", "--server-side", "-f", await testRunDefinition(folder)]);
    const took = () => apply(made());
    await vi.waitFor(async () => expect((await took()).stderr).toBe(""), { timeout: 60_000, interval: 500 });
    const run = only(made(), "TestRun");
    const wrong = { ...run, spec: { ...run.spec, parallelism: "four", runner: { imagee: "x" } } };
    expect((await apply([wrong])).stderr).toMatch(/imagee|parallelism/);
    // As the operator makes a pod of a runner and of a starter.
    for (const part of ["runner", "starter"]) {
      const { image = "k6", securityContext, containerSecurityContext, resources } = run.spec[part];
      const container = { name: "k6", image, resources, securityContext: containerSecurityContext };
      const metadata = { name: part, namespace: prod.namespace };
      const pod = (own: object) => ({ apiVersion: "v1", kind: "Pod", metadata, spec: own });
      const containers = [container];
      expect((await apply([pod({ securityContext, containers })], "--dry-run=server")).stderr).toBe("");
      const careless = await apply([pod({ containers: [{ name: "k6", image }] })], "--dry-run=server");
      expect(careless.stderr).toContain("violates PodSecurity");
    }
  });
});
