// What the stacks bring of it, and that all platforms' own production passes it: by Terraform, on a real Kubernetes API.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { RELEASE_ANNOTATION, releaseList } from "../model/admission.ts";
import type { Environment, Model, Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { packageFile } from "../package-root.ts";
import { admissionPolicies } from "../policies/admission/index.ts";
import { howMany } from "../tests/how-many.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { type LocalCluster, providerMirror, requireTool, startCluster } from "../tools/index.ts";
import { persistentVolumes } from "./deploy-local/volumes.ts";
import { installCanaryCrds } from "./fixtures/install-crds.ts";
import { resource } from "./fixtures/reviewed.ts";
import { stacks, synthesise } from "./index.ts";

const closed = { "approved-images": "deny", "requests-and-limits": "deny", "signed-releases": "deny" };
const asked = {
  description: "What may run.",
  approved: ["ghcr.io/shop/*"],
  stages: { prod: closed },
};

describe("the stacks of an environment that asks something", () => {
  const of = modelOf([shop], policies, asked);
  const foundation = (path: string) => resource("foundation", path, of);

  test("bring each rule's policy, and its binding after it, by the generated files", () => {
    for (const rule of Object.keys(closed)) {
      for (const part of ["policy", "binding"]) {
        const file = `generated/policies/shop/prod/admission/${rule}.${part}.yaml`;
        expect(foundation(`kubernetes_manifest/${rule}_${part}/manifest`)).toMatchObject({
          metadata: { name: `shop.prod.${rule}` },
          spec: `\${yamldecode(file("\${path.module}/${file}")).spec}`,
        });
      }
      const before = foundation(`kubernetes_manifest/${rule}_binding/depends_on`);
      expect(before).toEqual([`kubernetes_manifest.${rule}_policy`]);
    }
  });

  test("bring an empty list of releases in a namespace of its own, and never write to it again", () => {
    expect(foundation("kubernetes_config_map_v1/approved-releases")).toMatchObject({
      metadata: { name: "approved-releases", namespace: "shop-prod-releases" },
      lifecycle: { prevent_destroy: true, ignore_changes: ["data"] },
    });
    expect(foundation("kubernetes_namespace_v1/releases-namespace/metadata/labels")).toMatchObject({
      "pod-security.kubernetes.io/enforce": "restricted",
    });
  });

  test("deploy the release that promotion brought, unless told otherwise (WV-19)", () => {
    const release = `sha256:${"a".repeat(64)}`;
    const lock = { file: "promotion/shop/prod.lock.json", release, described: {} };
    const platforms = of.platforms.map((platform) => ({
      ...platform,
      environments: platform.environments.map((one) => ({ ...one, lock })),
    }));
    const variableIn = (model: Model) => {
      const all = stacks(model, [...alerts(model), ...dashboards(model), ...admissionPolicies(model)]);
      const file = all.find(({ path }) => path.endsWith("prod/services.tf.json"));
      return JSON.parse(file?.content ?? "").variable.release;
    };
    expect(variableIn({ ...of, platforms })).toMatchObject({ default: release });
    expect(variableIn(of)).not.toHaveProperty("default");
  });

  test("ask for the release's digest and write it on every pod, and elsewhere nothing", () => {
    const annotations = "kubernetes_deployment_v1/api_deployment/spec/template/metadata/annotations";
    expect(resource("services", annotations, of)).toEqual({ "fairlead/release": "${var.release}" });
    expect(resource("services", annotations)).toBeUndefined();
    const file = stacks(of, [...alerts(of), ...dashboards(of), ...admissionPolicies(of)]).find(({ path }) =>
      path.endsWith("prod/services.tf.json"),
    );
    expect(JSON.parse(file?.content ?? "").variable.release).toMatchObject({
      type: "string",
      nullable: false,
      validation: [{ condition: '${can(regex("^sha256:[a-f0-9]{64}$", var.release))}' }],
    });
  });

  test("are not made without the files that they name", () => {
    expect(() => stacks(of, [...alerts(of), ...dashboards(of)])).toThrow(
      "policies made no admission/approved-images.policy.yaml for shop in prod",
    );
  });
});

describe("production, deployed by Terraform", () => {
  const DIGEST = "c".repeat(64);
  const MINUTES = 60_000;
  let folder: string;
  let cluster: LocalCluster;
  let terraform: string;
  let env: Record<string, string>;
  let places: { platform: Platform; environment: Environment }[];
  let folderOf: (layer: string, platform: string) => string;

  const kubectl = async (args: readonly string[], input?: unknown) => {
    const program = await requireTool("kubectl");
    const { stdout } = await execa(program, ["--kubeconfig", cluster.kubeconfig, ...args], {
      ...(input === undefined ? { stdin: "ignore" as const } : { input: JSON.stringify(input) }),
      timeout: 2 * MINUTES,
    });
    return stdout;
  };
  const apply = async (cwd: string, release: string) => {
    const run = (...args: string[]) =>
      execa(terraform, [...args, "-input=false", "-no-color"], {
        ...{ cwd, reject: false, all: true, timeout: 8 * MINUTES, stdin: "ignore" },
        env: { ...env, KUBE_CONFIG_PATH: cluster.kubeconfig, TF_VAR_release: release },
      });
    const ready = await run("init");
    if (ready.exitCode !== 0) throw new Error(ready.all);
    return run("apply", "-auto-approve");
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-admission-"));
    terraform = await requireTool("terraform");
    ({ env } = await providerMirror());
    cluster = await startCluster({ stateDir: join(folder, "cluster"), nodes: 4 });
    const { model } = await loadProject(packageFile("."));
    places = model.platforms.map((platform) => {
      const environment = platform.environments.find(({ name }) => name === "prod");
      if (!environment) throw new Error(`${platform.name} has no prod`);
      environment.backend = { kind: "local", folder: "state" };
      // Their charts cannot be had here.
      environment.helmReleases = [];
      return { platform, environment };
    });
    for (const { environment } of places)
      await kubectl(["config", "set-context", environment.context, "--cluster=local", "--user=local-admin"]);
    await kubectl(["create", "-f", "-"], persistentVolumes(places));
    await installCanaryCrds(kubectl);
    const artifacts = [...alerts(model), ...dashboards(model), ...admissionPolicies(model)];
    const written = synthesise(model, artifacts, {
      ...{ environments: ["prod"], projectRoot: folder, outdir: join(folder, "out") },
    });
    folderOf = (layer, platform) =>
      written.find((stack) => stack.layer === layer && stack.platform === platform)?.folder ?? "";
  }, 15 * MINUTES);
  afterAll(async () => {
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const all = ["weathervane", "agenthive", "commandcenter", "nexus", "production"];
  test.each(all.slice(0, howMany(1, all.length)))(
    "%s is refused before its release is approved, and then stands",
    async (name) => {
      const { environment } = places.find(({ platform }) => platform.name === name) ?? {};
      if (!environment) throw new Error(name);
      const base = await apply(folderOf("foundation", name), "");
      expect(base.exitCode, base.all).toBe(0);
      const services = folderOf("services", name);
      expect((await apply(services, "latest")).all).toContain("Give the release's digest in TF_VAR_release");
      const list = releaseList(environment.namespace);
      const images = [...new Set(environment.services.map(({ image }) => image))].join("\n");
      const approve = { data: { [DIGEST]: images } };
      await kubectl(["patch", "configmap", list.name, "-n", list.namespace, "-p", JSON.stringify(approve)]);
      const other = await apply(services, `sha256:${"d".repeat(64)}`);
      expect(other.all).toContain("signed-releases: not an approved release");
      const deployed = await apply(services, `sha256:${DIGEST}`);
      expect(deployed.exitCode, deployed.all).toBe(0);
      const annotation = `{.items[*].metadata.annotations.${RELEASE_ANNOTATION.replace("/", "\\/")}}`;
      const pods = await kubectl([
        "get",
        "pods",
        "-n",
        environment.namespace,
        "-o",
        `jsonpath=${annotation}`,
      ]);
      expect(new Set(pods.split(" "))).toEqual(new Set([`sha256:${DIGEST}`]));
    },
    20 * MINUTES,
  );
});
