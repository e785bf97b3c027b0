import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { PlatformInput } from "fairlead";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import type { Artifact, Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { stacks, synthesise } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-stacks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const model = modelOf([shop], policies);
const artifactsOf = (of: Model) => [...alerts(of), ...dashboards(of)];
const artifacts = artifactsOf(model);

const reviewed = new WeakMap<Model, Artifact[]>();

/** What stands at a path of a production stack's resources: "TYPE/NAME/spec/…". */
function resource(layer: string, path: string, of: Model = model): unknown {
  const files = reviewed.get(of) ?? stacks(of, artifactsOf(of));
  reviewed.set(of, files);
  const file = files.find((f) => f.path === `generated/stacks/shop/prod/${layer}.tf.json`);
  const all: unknown = JSON.parse(file?.content ?? "{}").resource;
  return path.split("/").reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], all);
}

/** The shop with something of its api, or of its production environment, changed. */
function shopWith(change: { api?: object; prod?: object; volume?: object }): Model {
  const parts = shop.parts.map((part) => ({
    ...part,
    ...(part.services?.api &&
      change.api && { services: { ...part.services, api: { ...part.services.api, ...change.api } } }),
    ...(part.volumes?.receipts &&
      change.volume && { volumes: { receipts: { ...part.volumes.receipts, ...change.volume } } }),
    ...(part.environments?.prod &&
      change.prod && {
        environments: { ...part.environments, prod: { ...part.environments.prod, ...change.prod } },
      }),
  }));
  return modelOf([{ ...shop, parts } as PlatformInput], policies);
}

/** Every file below a folder, with its content. */
async function filesBelow(root: string): Promise<Record<string, string>> {
  const names = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(root.length), await readFile(path, "utf8")])),
  );
}

describe("what is synthesised", () => {
  const environmentsOf = (options: { platforms?: string[]; environments?: string[] }) =>
    synthesise(model, artifacts, { ...options, projectRoot: folder, outdir: join(folder, "selected") }).map(
      ({ id }) => id,
    );

  test("is the local environment alone when none is named", () => {
    expect(environmentsOf({})).toEqual([
      "shop-local-foundation",
      "shop-local-services",
      "shop-local-observability",
    ]);
  });

  test("is production only when it is named", () => {
    expect(environmentsOf({ environments: ["prod"] })).toEqual([
      "shop-prod-foundation",
      "shop-prod-services",
      "shop-prod-observability",
    ]);
    expect(environmentsOf({ platforms: ["other"] })).toEqual([]);
  });

  test("an environment of another platform's local name is not local by its name", () => {
    const staging = modelOf([shop], policies);
    for (const environment of staging.platforms[0]?.environments ?? []) environment.stage = "staging";
    const options = { projectRoot: folder, outdir: join(folder, "none") };
    expect(synthesise(staging, artifactsOf(staging), options)).toEqual([]);
  });

  test("later layers wait for the earlier ones", async () => {
    environmentsOf({});
    const manifest = JSON.parse(await readFile(join(folder, "selected", "manifest.json"), "utf8"));
    expect(manifest.stacks["shop-local-foundation"].dependencies).toEqual([]);
    expect(manifest.stacks["shop-local-services"].dependencies).toEqual(["shop-local-foundation"]);
    expect(manifest.stacks["shop-local-observability"].dependencies).toEqual([
      "shop-local-foundation",
      "shop-local-services",
    ]);
  });
});

describe("the output", () => {
  const environments = ["local", "prod"];

  test("is the same in any folder, byte for byte, and names none", async () => {
    for (const name of ["here", "elsewhere"]) {
      const root = join(folder, name);
      synthesise(model, artifacts, { environments, projectRoot: root, outdir: join(root, "cdktf.out") });
    }
    const here = await filesBelow(join(folder, "here", "cdktf.out"));
    expect(here).toEqual(await filesBelow(join(folder, "elsewhere", "cdktf.out")));
    expect(Object.keys(here)).toHaveLength(6 + 1 + artifacts.filter(({ path }) => isDeployed(path)).length);
    expect(Object.values(here).join("\n")).not.toContain(folder);
  });

  test("for review holds neither cdktf's notes nor its version", () => {
    const files = stacks(model, artifacts);
    expect(files.map(({ path }) => path)).toEqual([
      "generated/stacks/shop/prod/foundation.tf.json",
      "generated/stacks/shop/prod/services.tf.json",
      "generated/stacks/shop/prod/observability.tf.json",
    ]);
    for (const { content } of files) expect(content).not.toMatch(/"\/\/"|0\.21|uniqueId/);
    expect(stacks(model, artifacts)).toEqual(files);
  });

  test("holds each generated file once, unchanged, beside the stack that refers to it", async () => {
    const written = synthesise(model, artifacts, {
      environments,
      projectRoot: folder,
      outdir: join(folder, "files"),
    });
    const observability = written.find(({ id }) => id === "shop-prod-observability")?.folder ?? "";
    const stack = await readFile(join(observability, "cdk.tf.json"), "utf8");
    const deployed = artifacts.filter(({ path }) => path.includes("/shop/prod/") && !isForPlainFiles(path));
    expect(deployed.length).toBeGreaterThan(5);
    for (const { path, content } of deployed) {
      expect(stack).toContain(`\${path.module}/${path}`);
      expect(await readFile(join(observability, path), "utf8")).toBe(content);
    }
  });

  test("takes any provider that the stacks were tried with, not only the one version of the npm bindings", async () => {
    const [stack] = synthesise(model, artifacts, {
      environments,
      projectRoot: folder,
      outdir: join(folder, "pins"),
    });
    const { terraform } = JSON.parse(await readFile(join(stack?.folder ?? "", "cdk.tf.json"), "utf8"));
    expect(terraform.required_providers).toEqual({
      kubernetes: { source: "hashicorp/kubernetes", version: ">= 2.38.0, < 4.0.0" },
    });
  });

  test("loses the files that are no longer generated", () => {
    const options = { projectRoot: folder, outdir: join(folder, "stale") };
    const [, , watched] = synthesise(model, artifacts, options);
    const file = join(watched?.folder ?? "", "generated/dashboards/shop/local/orders.json");
    expect(existsSync(file)).toBe(true);
    synthesise(model, alerts(model), options);
    expect(existsSync(file)).toBe(false);
  });

  test("without a file that a stack needs is an error, not a stack without it", () => {
    const options = { projectRoot: folder, outdir: join(folder, "lacking") };
    expect(() => synthesise(model, [], options)).toThrow("alerts made no prometheus.yaml for shop in local");
  });

  function isDeployed(path: string): boolean {
    return (
      /^generated\/(alerts|dashboards)\/shop\/(local|prod)\//.test(path) &&
      !(path.includes("/prod/") && isForPlainFiles(path))
    );
  }

  // The operator has kinds of its own for both.
  function isForPlainFiles(path: string): boolean {
    return /\/(prometheus|alertmanager)\.yaml$/.test(path);
  }
});

describe("state", () => {
  const backendOf = (of: Model, stateFolder?: string) => {
    const outdir = join(folder, "state", "cdktf.out");
    const options = {
      environments: ["prod"],
      projectRoot: join(folder, "state"),
      outdir,
      ...(stateFolder && { stateFolder }),
    };
    const [stack] = synthesise(of, artifactsOf(of), options);
    return readFile(join(stack?.folder ?? "", "cdk.tf.json"), "utf8").then(
      (text) => JSON.parse(text).terraform.backend,
    );
  };

  test.each([
    [
      { kind: "local", folder: "keep/state" },
      { local: { path: "../../../keep/state/shop-prod-foundation.tfstate" } },
    ],
    [
      { kind: "s3", bucket: "states", region: "eu-central-1", lockTable: "locks" },
      {
        s3: {
          bucket: "states",
          dynamodb_table: "locks",
          encrypt: true,
          key: "shop-prod-foundation.tfstate",
          region: "eu-central-1",
        },
      },
    ],
    [
      { kind: "kubernetes", namespace: "terraform-state" },
      {
        kubernetes: {
          config_context: "shop-prod",
          namespace: "terraform-state",
          secret_suffix: "shop-prod-foundation",
        },
      },
    ],
    [
      { kind: "http", address: "https://states.example/shop" },
      {
        http: {
          address: "https://states.example/shop/shop-prod-foundation",
          lock_address: "https://states.example/shop/shop-prod-foundation/lock",
          lock_method: "POST",
          unlock_address: "https://states.example/shop/shop-prod-foundation/lock",
          unlock_method: "DELETE",
        },
      },
    ],
  ])("of %j has the stack's id as its key", async (backend, expected) => {
    expect(await backendOf(shopWith({ prod: { backend } }))).toEqual(expected);
  });

  test("on disk can be kept elsewhere for one run", async () => {
    const local = shopWith({ prod: { backend: { kind: "local" } } });
    expect(await backendOf(local, `../\${other}`)).toEqual({
      local: { path: `../../../../$\${other}/shop-prod-foundation.tfstate` },
    });
  });
});

describe("the foundation", () => {
  const foundation = (path: string, of?: Model) => resource("foundation", path, of);
  const claim = "kubernetes_persistent_volume_claim_v1/volume_receipts";

  test("holds the namespace to the Pod Security Standard restricted", () => {
    expect(foundation("kubernetes_namespace_v1/namespace/metadata/labels")).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/warn": "restricted",
      "pod-security.kubernetes.io/audit": "restricted",
    });
  });

  test("closes the namespace in both directions, but for name resolution", () => {
    const closed = { pod_selector: {}, policy_types: ["Ingress", "Egress"] };
    expect(foundation("kubernetes_network_policy_v1/default-deny/spec")).toEqual(closed);
    const ports = ["UDP", "TCP"].map((protocol) => ({ port: "53", protocol }));
    expect(foundation("kubernetes_network_policy_v1/allow-dns/spec")).toMatchObject({ egress: [{ ports }] });
  });

  test("limits the namespace to what the environment's size gives it", () => {
    expect(foundation("kubernetes_resource_quota_v1/quota/spec/hard")).toEqual({
      "requests.cpu": "16",
      "requests.memory": "32G",
      "requests.storage": "100G",
    });
  });

  test("limits it to the quota that the environment states instead, which a size is only the least of", () => {
    const quota = { cpu: "26500m", memory: "52Gi", storage: "120Gi" };
    expect(foundation("kubernetes_resource_quota_v1/quota/spec/hard", shopWith({ prod: { quota } }))).toEqual(
      {
        "requests.cpu": "26500m",
        "requests.memory": "52Gi",
        "requests.storage": "120Gi",
      },
    );
  });

  test("claims volumes without waiting for a pod that only comes later", () => {
    expect(foundation(claim)).toMatchObject({
      wait_until_bound: false,
      spec: { access_modes: ["ReadWriteMany"], resources: { requests: { storage: "5Gi" } } },
    });
  });

  test("claims as much of a volume, and of which storage class, as the environment says", () => {
    const volumes = { receipts: { size: "50Gi", storageClass: "fast" } };
    expect(foundation(`${claim}/spec`, shopWith({ prod: { volumes } }))).toMatchObject({
      resources: { requests: { storage: "50Gi" } },
      storage_class_name: "fast",
    });
  });

  test("does not let production's data go by one wrong command", () => {
    expect(foundation("kubernetes_namespace_v1/namespace/lifecycle")).toEqual({ prevent_destroy: true });
    expect(foundation(`${claim}/lifecycle`)).toEqual({ prevent_destroy: true });
  });

  test("brings the operator's CRDs only where they are asked for", () => {
    const release = { chart: "prometheus-operator-crds", atomic: true, lifecycle: { prevent_destroy: true } };
    const wanting = { kind: "operator", labels: {}, installCrds: true };
    const installed = foundation(
      "helm_release/prometheus-operator-crds",
      shopWith({ prod: { monitoring: wanting } }),
    );
    expect(installed).toMatchObject(release);
    for (const monitoring of [{ kind: "operator", labels: {} }, { kind: "plain" }]) {
      expect(foundation("helm_release", shopWith({ prod: { monitoring } }))).toBeUndefined();
    }
  });
});

describe("a service", () => {
  const services = (path: string, of?: Model) => resource("services", path, of);
  const api = "kubernetes_deployment_v1/api_deployment";
  const store = "kubernetes_deployment_v1/store_deployment";
  const containerOf = (deployment: string) => `${deployment}/spec/template/spec/container/0`;

  test("runs its image with ports, probes, resources, variables and secrets by name", () => {
    expect(services(containerOf(api))).toMatchObject({
      image: "ghcr.io/shop/api:1.2.3",
      port: [{ name: "http", container_port: 8080 }],
      readiness_probe: { http_get: { path: "/readyz", port: "http" }, period_seconds: 10 },
      liveness_probe: { http_get: { path: "/healthz", port: "http" } },
      resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      env: [{ name: "PAYMENT_KEY", value_from: { secret_key_ref: { name: "payment", key: "api-key" } } }],
    });
  });

  test("asks a TCP port, and asks at the start, where the catalog says so", () => {
    expect(services(containerOf(store))).toMatchObject({
      readiness_probe: { tcp_socket: [{ port: "store" }] },
    });
    const startup = { tcp: "http", period: "500ms", failures: 30 };
    const probes = { readiness: { tcp: "http" }, liveness: { tcp: "http" }, startup };
    expect(services(containerOf(api), shopWith({ api: { probes } }))).toMatchObject({
      startup_probe: { tcp_socket: [{ port: "http" }], period_seconds: 1, failure_threshold: 30 },
    });
  });

  test("has the recommended labels, and selects by those alone that never change", () => {
    expect(services(`${api}/metadata/labels`)).toEqual({
      "app.kubernetes.io/instance": "prod",
      "app.kubernetes.io/managed-by": "fairlead",
      "app.kubernetes.io/name": "api",
      "app.kubernetes.io/part-of": "shop",
      "app.kubernetes.io/version": "1.2.3",
    });
    const selected = { "app.kubernetes.io/instance": "prod", "app.kubernetes.io/name": "api" };
    expect(services(`${api}/spec/selector/match_labels`)).toEqual(selected);
    expect(services("kubernetes_service_v1/api_service/spec/selector")).toEqual(selected);
  });

  test("with a range of pods leaves their number to the autoscaler", () => {
    expect(services(`${api}/spec/replicas`)).toBeUndefined();
    expect(services(`${store}/spec/replicas`)).toBe("1");
    expect(services("kubernetes_horizontal_pod_autoscaler_v2")).toMatchObject({
      api_autoscaler: { spec: { min_replicas: 2, max_replicas: 5 } },
    });
    expect(services("kubernetes_horizontal_pod_autoscaler_v2/store_autoscaler")).toBeUndefined();
  });

  test("of one pod has no disruption budget, which would block every drain", () => {
    expect(services("kubernetes_pod_disruption_budget_v1/api_disruption-budget/spec/max_unavailable")).toBe(
      "1",
    );
    expect(services("kubernetes_pod_disruption_budget_v1/store_disruption-budget")).toBeUndefined();
  });

  test("replaces pods one by one, or all before the new where a volume attaches to one node only", () => {
    const rolling = { type: "RollingUpdate", rolling_update: { max_surge: "1", max_unavailable: "0" } };
    expect(services(`${api}/spec/strategy`)).toEqual(rolling);
    const single = shopWith({ api: { scaling: { replicas: 1 } }, volume: { access: "single" } });
    expect(services(`${api}/spec/strategy`, single)).toEqual({ type: "Recreate" });
    expect(services(`${store}/spec/strategy`, single)).toEqual(rolling);
  });

  test("writes to its volumes and to small scratch folders, never to its root file system", () => {
    expect(services(containerOf(api))).toMatchObject({
      security_context: { read_only_root_filesystem: true },
      volume_mount: [
        { name: "volume-receipts", mount_path: "/receipts" },
        { name: "scratch-1", mount_path: "/tmp" },
      ],
    });
    expect(services(`${api}/spec/template/spec/volume`)).toEqual([
      { name: "volume-receipts", persistent_volume_claim: { claim_name: "receipts" } },
      { name: "scratch-1", empty_dir: { size_limit: "1Gi" } },
    ]);
  });

  test("cannot write to a volume that it only looks at", () => {
    const [mount] = services(
      `${containerOf(api)}/volume_mount`,
      shopWith({ api: { mounts: { "/receipts": { volume: "receipts", readOnly: true } } } }),
    ) as object[];
    expect(mount).toEqual({ name: "volume-receipts", mount_path: "/receipts", read_only: true });
  });

  test("runs after its network policy", () => {
    expect(services(`${api}/depends_on`)).toContain("kubernetes_network_policy_v1.api_network-policy");
  });

  test("is reached by its callers, by Prometheus and at its public ports, and calls what the catalog says", () => {
    const prometheus = [
      { namespace_selector: { match_labels: { "kubernetes.io/metadata.name": "monitoring" } } },
    ];
    const http = [{ port: "8080", protocol: "TCP" }];
    const redis = [{ port: "6379", protocol: "TCP" }];
    expect(services("kubernetes_network_policy_v1/api_network-policy/spec")).toMatchObject({
      ingress: [{ from: prometheus, ports: http }, { ports: http }],
      egress: [
        { to: [podsNamed("store")], ports: redis },
        { to: [{ ip_block: { cidr: "203.0.113.0/24" } }], ports: [{ port: "443", protocol: "TCP" }] },
      ],
    });
    expect(services("kubernetes_network_policy_v1/store_network-policy/spec")).toMatchObject({
      ingress: [{ from: [podsNamed("api")], ports: redis }],
      egress: [],
    });
  });

  function podsNamed(name: string) {
    const labels = { "app.kubernetes.io/instance": "prod", "app.kubernetes.io/name": name };
    return { pod_selector: { match_labels: labels } };
  }
});

describe("observability", () => {
  const observability = (path: string, of?: Model) => resource("observability", path, of);
  const text = (path: string) => `\${file("\${path.module}/generated/${path}")}`;

  test("with an operator is one PrometheusRule for each rule file", () => {
    const files = artifacts.filter(({ path }) => path.startsWith("generated/alerts/shop/prod/rules/"));
    const names = Object.keys(observability("kubernetes_manifest") as object).filter((name) =>
      name.startsWith("rules_"),
    );
    expect(names).toEqual(files.map(({ path }) => `rules_${basename(path, ".yaml")}`).sort());
    const path = "generated/alerts/shop/prod/rules/queue-deep.yaml";
    expect(observability("kubernetes_manifest/rules_queue-deep/manifest")).toMatchObject({
      kind: "PrometheusRule",
      metadata: { name: "queue-deep", namespace: "shop-prod", labels: { release: "kube-prometheus-stack" } },
      spec: `\${yamldecode(file("\${path.module}/${path}"))}`,
    });
  });

  test("with an operator is one ServiceMonitor for each service with metrics", () => {
    expect(observability("kubernetes_manifest/monitor_store")).toBeUndefined();
    expect(observability("kubernetes_manifest/monitor_api/manifest/spec/endpoints")).toEqual([
      {
        port: "http",
        path: "/metrics",
        // As often as the generated scrape configuration: a direct alert reads it.
        interval: "5s",
        relabelings: [
          { targetLabel: "job", replacement: "shop-api" },
          { targetLabel: "platform", replacement: "shop" },
          { targetLabel: "service", replacement: "api" },
          { targetLabel: "environment", replacement: "prod" },
        ],
      },
    ]);
  });

  test("with an operator adds the routes to the cluster's Alertmanager, and none of its own", () => {
    const path = "generated/alerts/shop/prod/alertmanager-config.yaml";
    expect(observability("kubernetes_manifest/alertmanager-config/manifest")).toMatchObject({
      kind: "AlertmanagerConfig",
      metadata: { name: "shop", namespace: "shop-prod", labels: { release: "kube-prometheus-stack" } },
      spec: `\${yamldecode(file("\${path.module}/${path}"))}`,
    });
    expect(observability("kubernetes_manifest/alertmanager")).toBeUndefined();
    expect(observability("kubernetes_secret_v1")).toBeUndefined();
  });

  test("finds the cluster's Alertmanager by labels of its own, if it selects by others than Prometheus", () => {
    const alertmanager = { kind: "shared", labels: { routes: "yes" } };
    const monitoring = { kind: "operator", labels: { release: "a" }, alertmanager };
    const { labels } = observability(
      "kubernetes_manifest/alertmanager-config/manifest/metadata",
      shopWith({ prod: { monitoring } }),
    ) as { labels: Record<string, string> };
    expect(labels).toMatchObject({ routes: "yes" });
    expect(labels).not.toHaveProperty("release");
  });

  describe("with an Alertmanager of the platform's own", () => {
    const own = (alertmanager: object = {}, prod: object = {}) =>
      shopWith({
        prod: {
          ...prod,
          monitoring: { kind: "operator", labels: {}, alertmanager: { kind: "own", ...alertmanager } },
        },
      });

    test("reads the configuration that amtool checked, and mounts the Secrets that it names", () => {
      const file = text("alerts/shop/prod/alertmanager.yaml");
      expect(observability("kubernetes_secret_v1/alertmanager-config", own())).toMatchObject({
        metadata: { name: "alertmanager-config", namespace: "shop-prod" },
        data: { "alertmanager.yaml": file },
      });
      expect(observability("kubernetes_manifest/alertmanager", own())).toMatchObject({
        depends_on: [
          "kubernetes_secret_v1.alertmanager-config",
          "kubernetes_network_policy_v1.alertmanager-policy",
        ],
        manifest: {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "Alertmanager",
          metadata: { name: "shop", namespace: "shop-prod" },
          spec: {
            replicas: 2,
            configSecret: "alertmanager-config",
            secrets: ["alertmanager-chat", "alertmanager-heartbeat", "alertmanager-pager"],
            externalUrl: "https://alertmanager.shop.example",
          },
        },
      });
      expect(observability("kubernetes_manifest/alertmanager-config", own())).toBeUndefined();
    });

    test("is told by Prometheus, tells its peers and its receivers, and nobody else", () => {
      const operated = {
        match_labels: { "app.kubernetes.io/instance": "shop", "app.kubernetes.io/name": "alertmanager" },
      };
      const peers = [{ pod_selector: operated }];
      const prometheus = { match_labels: { "kubernetes.io/metadata.name": "monitoring" } };
      const gossip = [
        { port: "9094", protocol: "TCP" },
        { port: "9094", protocol: "UDP" },
      ];
      const hook = { kind: "webhook", url: "http://hooks.shop.example:8000/a" };
      const policy = observability(
        "kubernetes_network_policy_v1/alertmanager-policy/spec",
        own({}, { receivers: { chat: hook } }),
      );
      expect(policy).toEqual({
        pod_selector: operated,
        policy_types: ["Ingress", "Egress"],
        ingress: [
          { from: [{ namespace_selector: prometheus }], ports: [{ port: "9093", protocol: "TCP" }] },
          { from: peers, ports: gossip },
        ],
        egress: [
          { to: peers, ports: gossip },
          {
            ports: [
              { port: "443", protocol: "TCP" },
              { port: "8000", protocol: "TCP" },
            ],
          },
        ],
      });
    });

    test("keeps one of its pods through a drain, if there are two", () => {
      const budget = "kubernetes_pod_disruption_budget_v1/alertmanager-budget/spec/max_unavailable";
      expect(observability(budget, own())).toBe("1");
      expect(observability("kubernetes_pod_disruption_budget_v1", own({ replicas: 1 }))).toBeUndefined();
    });
  });

  test("without an operator is plain files in ConfigMaps", () => {
    const plain = shopWith({ prod: { monitoring: { kind: "plain" } } });
    const maps = (path: string) => observability(`kubernetes_config_map_v1${path}`, plain);
    const names = ["alertmanager-config", "dashboard-orders", "prometheus-config", "prometheus-rules"];
    expect(Object.keys(maps("") as object)).toEqual(names);
    const file = text("alerts/shop/prod/prometheus.yaml");
    expect(maps("/prometheus-config/data")).toEqual({ "prometheus.yaml": file });
    const rules = text("alerts/shop/prod/rules/queue-deep.yaml");
    expect(maps("/prometheus-rules/data")).toMatchObject({ "queue-deep.yaml": rules });
  });

  test("shows each dashboard to Grafana's sidecar by its labels", () => {
    expect(observability("kubernetes_config_map_v1/dashboard-orders")).toMatchObject({
      metadata: { labels: { grafana_dashboard: "1" } },
      data: { "orders.json": text("dashboards/shop/prod/orders.json") },
    });
  });

  test("refuses a dashboard that no ConfigMap can hold", () => {
    const large = artifacts.map((file) =>
      file.path.endsWith("orders.json") ? { ...file, content: "x".repeat(2 ** 20) } : file,
    );
    expect(() => stacks(model, large)).toThrow(
      "stack/config-map-too-large: ConfigMap dashboard-orders of shop-prod-observability",
    );
  });
});

test("nothing that the catalog says is evaluated by Terraform", () => {
  const evil = `\${evil} %{evil}`;
  const hostile = shopWith({
    api: {
      title: evil,
      description: evil,
      args: [evil],
      env: { EVIL: evil },
      egress: [{ cidr: "10.0.0.0/8", port: 1, why: evil }],
    },
    volume: { title: evil },
  });
  const files = stacks(hostile, artifactsOf(hostile)).map(({ content }) => content);
  expect(files.join("")).toContain(`$\${evil} %%{evil}`);
  expect(files.join("")).not.toMatch(/(?<!\$)\$\{evil|(?<!%)%\{evil/);
});
