import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { requireTool } from "../../tools/index.ts";
import { deployedObjects } from "../deployed-objects.ts";
import { filesOf, gitops, shopFromGit, writeFiles } from "../fixtures/gitops.ts";
import { artifactsOf, shopWith } from "../fixtures/reviewed.ts";

const files = filesOf(shopFromGit());
const file = (path: string) => parse(files.get(path) ?? "null");

let folder: string;
let kubectl: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-kustomize-"));
  kubectl = await requireTool("kubectl");
  await writeFiles(folder, files);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Built {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> };
  data?: Record<string, string>;
  spec?: unknown;
}

/** What the real kustomize, in kubectl, makes of a folder. */
async function built(path: string, of = folder): Promise<Built[]> {
  const { stdout } = await execa(kubectl, ["kustomize", join(of, path)]);
  return parseAllDocuments(stdout, { version: "1.1" }).map((document) => document.toJS() as Built);
}

const named = (objects: readonly Built[]) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

describe("plain manifests", () => {
  test("are a folder for each layer, which kustomize builds as they are written, the namespace first and pods after their policy", async () => {
    const all = await built(".");
    const layers = await Promise.all(
      ["foundation", "services", "observability"].map((layer) => built(layer)),
    );
    expect(all).toEqual(layers.flat());
    const names = named(all);
    expect(names[0]).toBe("Namespace/shop-prod");
    expect(names.indexOf("NetworkPolicy/api")).toBeLessThan(names.indexOf("Deployment/api"));
    expect(new Set(names).size).toBe(names.length);
  });

  test("hold generated files letter by letter, and Secrets by name only", async () => {
    const [dashboard] = (await built("observability")).filter(
      ({ metadata }) => metadata.name === "dashboard-orders",
    );
    expect(JSON.parse(Object.values(dashboard?.data ?? {})[0] ?? "")).toMatchObject({ uid: "shop-orders" });
    expect(file("services/deployment-api.yaml").spec.template.spec.containers[0].env).toContainEqual({
      name: "PAYMENT_KEY",
      valueFrom: { secretKeyRef: { name: "payment", key: "api-key", optional: false } },
    });
    expect([...files.keys()].filter((path) => /secret/.test(path))).toEqual([]);
  });

  test("keep hostile text as it is through kustomize's own reader and writer", async () => {
    const hostile = `\${x} $\${y} %{z} "yes" 'no' - # : {a: [b]} \\ \u00e4 012 1e3 ~ null\n  indented\n\ttab\n`;
    const env = {
      HOSTILE: hostile,
      YES: "yes",
      OCTAL: "0440",
      TIME: "12:30:45",
      EMPTY: "",
      DATE: "2026-01-01",
    };
    const other = await mkdtemp(join(tmpdir(), "fairlead-kustomize-"));
    await writeFiles(other, filesOf(shopWith({ api: { env } })));
    const [deployment] = (await built("services", other)).filter(({ kind }) => kind === "Deployment");
    const { template } = (deployment as Built).spec as {
      template: { spec: { containers: { env: object[] }[] } };
    };
    for (const [name, value] of Object.entries(env))
      expect(template.spec.containers[0]?.env).toContainEqual({ name, value });
    await rm(other, { recursive: true, force: true });
  });

  test("of an environment without gitops have no controller's objects, and are the same whenever they are made", () => {
    const plain = filesOf(shopWith({}));
    expect([...plain.keys()].filter((path) => /argocd|flux/.test(path))).toEqual([]);
    expect([...filesOf(shopWith({}))]).toEqual([...plain]);
  });

  test("cannot leave a Service's selector to a controller of canaries, and say so; those who judge see its objects", () => {
    const canaries = { controller: "argo-rollouts", router: { kind: "istio" } };
    const model = shopWith({ api: { canary: {} }, prod: { canaries } });
    const said = "shop-prod-services, Service api-canary: changes of spec[0].selector are ignored";
    expect(() => filesOf(model)).toThrow(said);
    const prod = deployedObjects(model, artifactsOf(model)).find(
      ({ environment }) => environment.name === "prod",
    );
    expect(named((prod?.objects ?? []) as Built[])).toEqual(
      expect.arrayContaining(["Service/api-canary", "Rollout/api", "VirtualService/api"]),
    );
  });

  test("of charts are for kustomize with Helm", async () => {
    expect(file("foundation-charts/kustomization.yaml").helmCharts).toMatchObject([
      {
        name: "prometheus-operator-crds",
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
        includeCRDs: true,
      },
    ]);
    await expect(built("foundation-charts")).rejects.toThrow("must specify --enable-helm");
  });
});

describe("Argo CD", () => {
  test("syncs the layers in waves, and claims in that of the pods that bind them", async () => {
    const all = await built("argocd/synced");
    const plain = await built(".");
    expect(named(all)).toEqual(named(plain));
    const wave = (name: string) =>
      all.find(({ kind, metadata }) => `${kind}/${metadata.name}` === name)?.metadata.annotations?.[
        "argocd.argoproj.io/sync-wave"
      ];
    expect(["Namespace/shop-prod", "Deployment/api", "PrometheusRule/queue-deep"].map(wave)).toEqual([
      "0",
      "1",
      "2",
    ]);
    expect(wave("PersistentVolumeClaim/receipts")).toBe("1");
    expect(all.every(({ metadata }) => metadata.annotations?.["argocd.argoproj.io/sync-wave"])).toBe(true);
    // Pods are not touched: their template would be another, and they would all be replaced.
    const template = (objects: readonly Built[]) =>
      objects.filter(({ kind }) => kind === "Deployment").map(({ spec }) => spec);
    expect(template(all)).toEqual(template(plain));
  });

  test("never removes data, nor the namespace that it is in", async () => {
    const all = await built("argocd/synced");
    const kept = all.filter(
      ({ metadata }) =>
        metadata.annotations?.["argocd.argoproj.io/sync-options"] === "Prune=false,Delete=false",
    );
    expect(named(kept)).toEqual(["Namespace/shop-prod", "PersistentVolumeClaim/receipts"]);
  });

  test("gets an Application of the repository, revision, folder and cluster that the environment names", () => {
    const { metadata, spec } = file("argocd/application.yaml");
    expect(metadata).toEqual({ name: "shop-prod", namespace: "argocd" });
    expect(spec.source).toEqual({
      repoURL: gitops.repository,
      targetRevision: "main",
      path: "platforms/shop/generated/manifests/shop/prod/argocd/synced",
    });
    expect(spec.destination.server).toBe("https://kubernetes.default.svc");
    expect(spec.syncPolicy.automated).toEqual({ prune: true, selfHeal: true, allowEmpty: false });
    expect(spec.syncPolicy.syncOptions).toContain("ServerSideApply=true");
    expect(spec.syncPolicy.retry.limit).toBeGreaterThan(0);
  });

  test("gets a project that allows what is rendered, and charts have another", async () => {
    const { spec } = file("argocd/app-project.yaml");
    expect(spec.sourceRepos).toEqual([gitops.repository]);
    expect(spec.destinations).toEqual([{ server: "https://kubernetes.default.svc", namespace: "shop-prod" }]);
    expect(spec.clusterResourceWhitelist).toEqual([{ group: "", kind: "Namespace" }]);
    const allowed = [...spec.clusterResourceWhitelist, ...spec.namespaceResourceWhitelist].map(
      ({ kind }) => kind,
    );
    expect([...new Set(allowed)].sort()).toEqual(
      [...new Set((await built(".")).map(({ kind }) => kind))].sort(),
    );
    expect(file("argocd/application-prometheus-operator-crds.yaml").spec).toMatchObject({
      project: "shop-prod-charts",
      source: { chart: "prometheus-operator-crds", helm: { releaseName: "prometheus-operator-crds" } },
      // In production Terraform refuses to remove it.
      syncPolicy: { automated: { prune: false } },
    });
  });
});

describe("Flux", () => {
  test("applies a layer after those that it needs, waits for its workloads, and tries again", () => {
    const spec = (name: string) => file(`flux/${name}.yaml`).spec;
    const waitsFor = (name: string) => (spec(name).dependsOn ?? []).map((one: { name: string }) => one.name);
    expect(waitsFor("foundation")).toEqual([]);
    expect(waitsFor("foundation-charts")).toEqual(["shop-prod-foundation"]);
    expect(waitsFor("services")).toEqual(["shop-prod-foundation", "shop-prod-foundation-charts"]);
    expect(waitsFor("observability")).toEqual([...waitsFor("services"), "shop-prod-services"]);
    expect(spec("services")).toMatchObject({
      path: "./platforms/shop/generated/manifests/shop/prod/flux/synced/services",
      prune: true,
      deletionPolicy: "Orphan",
      retryInterval: "1m",
      serviceAccountName: "shop-deployer",
      sourceRef: { kind: "GitRepository", name: "shop-prod" },
    });
    expect(spec("services").healthChecks).toContainEqual({
      ...{ apiVersion: "apps/v1", kind: "Deployment", name: "api", namespace: "shop-prod" },
    });
    expect(file("flux/git-repository.yaml").spec).toMatchObject({
      url: gitops.repository,
      ref: { branch: "main" },
      secretRef: { name: "shop-repository" },
    });
  });

  test("never removes data, nor the namespace that it is in", async () => {
    const all = await built("flux/synced/foundation");
    const kept = all.filter(
      ({ metadata }) => metadata.annotations?.["kustomize.toolkit.fluxcd.io/prune"] === "disabled",
    );
    expect(named(kept)).toEqual(["Namespace/shop-prod", "PersistentVolumeClaim/receipts"]);
    expect(named(await built("flux/synced/services"))).toEqual(named(await built("services")));
  });

  test("gets charts as releases of a pinned version", () => {
    const folder = "flux/synced/foundation-charts";
    expect(file(`${folder}/helm-repository-prometheus-operator-crds.yaml`).spec.url).toMatch(/^https:/);
    expect(file(`${folder}/helm-release-prometheus-operator-crds.yaml`).spec).toMatchObject({
      targetNamespace: "monitoring",
      install: { createNamespace: true, remediation: { retries: 3 } },
      chart: { spec: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) } },
    });
  });
});
