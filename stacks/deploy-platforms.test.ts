// The local environments of all platforms on one real Kubernetes API, by cdktf and the real providers; only nodes and pods are simulated.
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Environment } from "../model/model.ts";
import { packageFile } from "../package-root.ts";
import { deployLocally, type Kubectl } from "./deploy-local/deployment.ts";
import { bundledApp } from "./fixtures/bundled-app.ts";
import { expectNothingToChange, json, placeIn } from "./fixtures/deployed.ts";

// Building the local Kubernetes takes minutes where nothing is built yet.
const MINUTES = 60_000;

let app: Awaited<ReturnType<typeof bundledApp>>;
beforeAll(async () => {
  app = await bundledApp();
});
afterAll(() => app.remove());

/** Each has an environment "local"; the production base is a platform of its own. */
const PLATFORMS = ["agenthive", "commandcenter", "nexus", "production", "weathervane"];

const foldersLeft = () => readdirSync(tmpdir()).filter((name) => name.startsWith("fairlead-deploy-"));

describe("the local environments of all platforms, on one cluster", () => {
  test(
    "are deployed, stand, need no second deploy, and are taken down again (CC-1, AH-13, PM-7)",
    async () => {
      const places = await Promise.all(
        PLATFORMS.map((platform) =>
          placeIn(packageFile("."), { platform, environment: "local", app: app.command }),
        ),
      );
      const [first] = places;
      if (!first) throw new Error("no platform is deployed");
      const before = foldersLeft();
      let looked = false;
      const times = await deployLocally({
        ...first.deployment,
        places: places.flatMap(({ deployment }) => deployment.places),
        whileDeployed: async (deployed) => {
          const { deployments, kubectl } = deployed;
          const wanted = places.flatMap(({ environment: { namespace, services } }) =>
            services.map(({ name }) => `${namespace}/${name}`),
          );
          expect(deployments.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(wanted);
          for (const { available, wanted: pods } of deployments) expect(available).toBe(pods);
          for (const { platform, environment, generated } of places) {
            const { namespace } = environment;
            await expectRestrictedPods(kubectl, namespace);
            await expectBoundVolumes(kubectl, environment);
            await expectFilesUnchanged(kubectl, { platform: platform.name, namespace, generated });
            await expectNothingToChange(deployed, platform.name, environment.name);
          }
          looked = true;
        },
      });
      expect(looked).toBe(true);
      expect(times.map(({ place }) => place)).toEqual(PLATFORMS.map((name) => `${name}-local`));
      expect(first.said.find((line) => line.startsWith("providers: "))).toMatch(/mirror|registry/);
      expect(foldersLeft()).toEqual(before);
      for (const name of PLATFORMS)
        expect(existsSync(packageFile(`.fairlead/state/${name}-local-foundation.tfstate`))).toBe(false);
    },
    30 * MINUTES,
  );

  /** The API server itself refuses any pod that does not meet the standard, and took ours without a warning. */
  async function expectRestrictedPods(kubectl: Kubectl, namespace: string): Promise<void> {
    const run = [
      "run",
      "careless",
      "--image=example/careless:1",
      "--namespace",
      namespace,
      "--dry-run=server",
    ];
    await expect(kubectl(run)).rejects.toThrow('violates PodSecurity "restricted:latest"');
    const { items } = await json<{ items: { status: { phase: string } }[] }>(
      kubectl,
      "get",
      "pods",
      "-n",
      namespace,
    );
    expect(items.length).toBeGreaterThan(0);
    for (const pod of items) expect(pod.status.phase).toBe("Running");
  }

  async function expectBoundVolumes(
    kubectl: Kubectl,
    { namespace, volumes }: Pick<Environment, "namespace" | "volumes">,
  ): Promise<void> {
    const claims = await json<{ items: { metadata: { name: string }; status: { phase: string } }[] }>(
      kubectl,
      ...["get", "pvc", "-n", namespace],
    );
    expect(claims.items.map(({ metadata, status }) => `${metadata.name} ${status.phase}`)).toEqual(
      volumes.map(({ claim }) => `${claim} Bound`).sort(),
    );
  }

  /** What the cluster holds is byte for byte what was generated: nothing was evaluated or lost on the way. */
  async function expectFilesUnchanged(
    kubectl: Kubectl,
    {
      platform,
      namespace,
      generated,
    }: { platform: string; namespace: string; generated: ReadonlyMap<string, string> },
  ): Promise<void> {
    const maps = await json<{ items: { metadata: { name: string }; data: Record<string, string> }[] }>(
      kubectl,
      ...["get", "configmaps", "-n", namespace, "-l", "app.kubernetes.io/managed-by=fairlead"],
    );
    const deployed = new Set(maps.items.flatMap(({ data }) => Object.values(data)));
    const folders = ["alerts", "dashboards"].map((kind) => `generated/${kind}/${platform}/local/`);
    const ours = [...generated].filter(([path]) => folders.some((folder) => path.startsWith(folder)));
    expect(ours.length).toBeGreaterThan(0);
    expect(ours.filter(([, content]) => !deployed.has(content)).map(([path]) => path)).toEqual([]);
  }
});
