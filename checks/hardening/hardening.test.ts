// Others judge what is deployed: the real Pod Security admission of an API server, kube-score and checkov.
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import type { Artifact, Model } from "../../model/model.ts";
import { loadProject } from "../../model/project.ts";
import { generateAll } from "../../output/generators.ts";
import { packageFile } from "../../package-root.ts";
import type { Deployed } from "../../stacks/deployed-objects.ts";
import { installOperatorCrds } from "../../stacks/fixtures/deployed.ts";
import { installCanaryCrds } from "../../stacks/fixtures/install-crds.ts";
import { howMany } from "../../tests/how-many.ts";
import { modelOf } from "../../tests/model-of.ts";
import { allow, policies } from "../../tests/shop.ts";
import { type Part, shopWith } from "../../tests/shop-with.ts";
import { findTool, type LocalCluster, requireTool, startCluster } from "../../tools/index.ts";
import { INTERPRETER } from "../../tools/python.ts";
import type { CheckContext } from "../check.ts";
import { checkov } from "../checkov.ts";
import { cluster as clusterCheck } from "../cluster.ts";
import { kubeScore } from "../kube-score.ts";
import { lints } from "../lints.ts";
import { runAlone, told } from "../run-alone.ts";

const MINUTES = 60_000;
// A busy machine takes several times as long as a quiet one, and kubecp is built where it is not yet.
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 15 * MINUTES });

let plant: (place: Deployed) => void = () => {};
vi.mock("../../stacks/deployed-objects.ts", async (original) => {
  const { deployedObjects } = await original<typeof import("../../stacks/deployed-objects.ts")>();
  return {
    deployedObjects: (...given: Parameters<typeof deployedObjects>) => {
      const places = structuredClone(deployedObjects(...given).map(({ objects }) => objects));
      return deployedObjects(...given).map((place, i) => {
        const planted = { ...place, objects: places[i] ?? [] };
        plant(planted);
        return planted;
      });
    },
  };
});
afterEach(() => {
  plant = () => {};
});

// Checkov is Python, which a machine may not have.
const ofCheckov = await findTool("checkov");
const withoutCheckov = ofCheckov.where === "missing";

const ofStore = (rule: string) => ({ ...allow[0], at: "services.store", rule }) as (typeof allow)[number];

const check = async (tool: typeof kubeScore, changed: Partial<Part>, given: Partial<CheckContext> = {}) => {
  const model = modelOf([shopWith(changed)], policies);
  return runAlone(tool, { model, artifacts: await generateAll(model), ...given });
};

/** A pod as nobody may bring it: privileged, without limits, of whatever image is the latest. */
function plantBadPod({ environment, objects }: Deployed): void {
  if (environment.name !== "prod") return;
  const found = objects.find(({ kind, metadata }) => kind === "Deployment" && metadata.name === "api");
  for (const container of containersOf(found)) {
    container.image = "ghcr.io/shop/api:latest";
    container.securityContext = { privileged: true };
    container.resources = {};
  }
}

function containersOf(deployment: Deployed["objects"][number] | undefined): Record<string, unknown>[] {
  return podOf(deployment).containers as Record<string, unknown>[];
}

function podOf(deployment: Deployed["objects"][number] | undefined): Record<string, unknown> {
  if (!deployment) throw new Error("there is no such Deployment");
  return (deployment.spec as { template: { spec: Record<string, unknown> } }).template.spec;
}

describe("kube-score", () => {
  test("finds nothing in the shop but what its catalog allows with a reason and a day; lints leave that alone", async () => {
    expect(told(await check(kubeScore, {}))).toBe("");
    expect(told(await check(lints, {}))).toBe("");
  });

  test("tells of what is not allowed at its service, once for all environments, with how to allow it", async () => {
    const found = await check(kubeScore, {
      allow: allow.filter(({ rule }) => !rule.endsWith("probes-identical")),
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      rule: "check/kube-score",
      severity: "error",
      location: { file: "catalog/parts/0/services/store.ts" },
      message:
        "kube-score/pod-probes-identical: Container has the same readiness and liveness probe (Deployment store in local, prod)",
    });
    expect(found[0]?.fix).toContain('rule: "kube-score/pod-probes-identical", at: "services.store"');
  });

  test("an exception that has expired is an error, and so is what it allowed; one too many is a warning", async () => {
    const found = told(
      await check(
        kubeScore,
        { allow: [...allow, ofStore("kube-score/service-type")] },
        { today: "2027-04-01" },
      ),
    );
    expect(found.match(/^lint\/allowance-expired at /gm)).toHaveLength(3);
    expect(found.match(/^check\/kube-score at /gm)?.length).toBeGreaterThanOrEqual(3);
    expect(found).toContain('kube-score/service-type finds nothing at "services.store"');
  });

  test("goes red for a bad pod", async () => {
    plant = plantBadPod;
    const found = told(await check(kubeScore, {}));
    for (const id of ["container-image-tag", "container-security-context-privileged"])
      expect(found).toContain(`kube-score/${id}: `);
    expect(found).toContain("(Deployment api in prod)");
  });

  test("what it cannot read is an error", async () => {
    plant = ({ objects }) => {
      for (const object of objects) if (object.kind === "Deployment") object.spec = "nothing";
    };
    expect(told(await check(kubeScore, {}))).toContain("kube-score: Failed to score files");
  });
});

describe.skipIf(withoutCheckov)(
  `checkov${withoutCheckov ? ` (left out: ${ofCheckov.tried.join("; ")})` : ""}`,
  () => {
    test("finds nothing in the shop but what its catalog allows, and goes red for a bad pod", async () => {
      expect(told(await check(checkov, {}))).toBe("");
      plant = plantBadPod;
      const found = told(await check(checkov, {}));
      // Privileged, no memory limit, an image without a version.
      for (const id of ["CKV_K8S_16", "CKV_K8S_13", "CKV_K8S_14"]) expect(found).toContain(`checkov/${id}: `);
      expect(found).toContain("(Deployment api in prod)");
    });

    test.runIf(ofCheckov.where === "cache")("asks nobody over the network, whatever is set", async () => {
      const folder = await mkdtemp(join(tmpdir(), "fairlead-checkov-"));
      const path = withoutCheckov ? "" : ofCheckov.path;
      const script = [
        "import runpy, sys",
        "def hook(event, args):",
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):",
        "        sys.stderr.write('network: %s %s' % (event, args)); sys.stderr.flush(); import os; os._exit(9)",
        "sys.addaudithook(hook)",
        "sys.argv[0] = 'checkov'",
        "runpy.run_module('checkov.main', run_name='__main__', alter_sys=True)",
      ].join("\n");
      await writeFile(join(folder, "watched.py"), script);
      const program = join(folder, "checkov");
      await writeFile(
        program,
        `#!/bin/sh\nexec "${join(dirname(path), INTERPRETER)}" -I "${join(folder, "watched.py")}" "$@"\n`,
      );
      await chmod(program, 0o755);
      vi.stubEnv("BC_API_KEY", "a-key-that-would-be-sent");
      try {
        expect(told(await check(checkov, {}, { tool: () => program }))).toBe("");
      } finally {
        vi.unstubAllEnvs();
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);

describe("platforms of this repository, in each of their environments", () => {
  let folder: string;
  let cluster: LocalCluster;
  let model: Model;
  let artifacts: Artifact[];
  let program: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fairlead-hardening-"));
    const { model: whole } = await loadProject(packageFile("."));
    // The last two have canaries, chores and charts.
    const sampled = whole.platforms.toReversed().slice(0, howMany(2, whole.platforms.length));
    model = { ...whole, platforms: sampled };
    artifacts = await generateAll(model);
    program = await requireTool("kubectl");
    cluster = await startCluster({ stateDir: join(folder, "state") });
    await writeFile(join(folder, "kubeconfig"), withContexts(await readFile(cluster.kubeconfig, "utf8")));
    vi.stubEnv("KUBE_CONFIG_PATH", join(folder, "kubeconfig"));
    await installOperatorCrds(kubectl);
    await installCanaryCrds(kubectl);
    // What a dry run does not bring about and others stand on.
    const { deployedObjects } = await import("../../stacks/deployed-objects.ts");
    const items = deployedObjects(model, artifacts)
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => kind === "Namespace" || kind === "ServiceAccount")
      .sort((a, b) => a.kind.localeCompare(b.kind));
    await kubectl(
      ["apply", "--server-side", "--filename=-"],
      JSON.stringify({ apiVersion: "v1", kind: "List", items }),
    );
  });

  afterAll(async () => {
    vi.unstubAllEnvs();
    await cluster?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function kubectl(args: readonly string[], input = ""): Promise<string> {
    return (await execa(program, ["--kubeconfig", cluster.kubeconfig, ...args], { input })).stdout;
  }

  /** The one cluster under the names of all environments' contexts. */
  function withContexts(text: string): string {
    const kubeconfig = parse(text) as { contexts: { name: string; context: unknown }[] };
    const [{ context } = { context: {} }] = kubeconfig.contexts;
    const names = new Set(model.platforms.flatMap((p) => p.environments.map((e) => e.context)));
    return stringify({ ...kubeconfig, contexts: [...names].map((name) => ({ name, context })) });
  }

  test("every pod passes Pod Security `restricted`, every object strict validation by the server; nothing is changed", async () => {
    const all = ["get", "deployments,pods,services", "--all-namespaces", "--output=name"];
    const before = await kubectl(all);
    expect(told(await runAlone(clusterCheck, { model, artifacts }))).toBe("");
    expect(await kubectl(all)).toBe(before);
  });

  test("the real admission refuses a bad pod, strict validation a field that does not exist, and an unknown context is told", async () => {
    const platform = model.platforms.find(({ name }) => name === "weathervane");
    const [local, dev] = platform?.environments ?? [];
    if (!platform || !local || !dev) throw new Error("WeatherVane has two environments");
    plant = ({ objects }) => {
      const [one, other] = objects.filter(({ kind }) => kind === "Deployment");
      for (const container of containersOf(one)) container.securityContext = { privileged: true };
      podOf(other).hostNetwrk = true;
    };
    const altered = { ...platform, environments: [local, { ...dev, context: "nowhere" }] };
    const found = told(
      await runAlone(clusterCheck, { model: { ...model, platforms: [altered] }, artifacts }),
    );
    expect(found).toContain('violates PodSecurity "restricted:latest"');
    expect(found).toContain(`at catalog/parts/0/services/${local.services[0]?.name}.ts`);
    expect(found).toContain("hostNetwrk");
    expect(found).toContain('context "nowhere" does not exist (weathervane in dev)');
  });

  test("without a kubeconfig no cluster is asked", async () => {
    vi.stubEnv("KUBE_CONFIG_PATH", "");
    expect(told(await runAlone(clusterCheck, { model, artifacts }))).toContain("plan/no-kubeconfig");
  });

  test("kube-score finds nothing but what the catalogs allow", async () => {
    expect(told(await runAlone(kubeScore, { model, artifacts }))).toBe("");
  });

  test.skipIf(withoutCheckov)("checkov finds nothing but what the catalogs allow", async () => {
    expect(told(await runAlone(checkov, { model, artifacts }))).toBe("");
  });
});
