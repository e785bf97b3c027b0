// Terraform into one cluster, manifests into another: the same live objects. Both have a real API; nodes and pods are simulated.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { alerts } from "../../alerts/index.ts";
import { dashboards } from "../../dashboards/index.ts";
import { loadProject } from "../../model/project.ts";
import { packageFile } from "../../package-root.ts";
import { admissionPolicies } from "../../policies/admission/index.ts";
import { outputOf } from "../../programs/run-program.ts";
import { type LocalCluster, requireTool, startCluster } from "../../tools/index.ts";
import { deployLocally, type Kubectl } from "../deploy-local/deployment.ts";
import { persistentVolumes } from "../deploy-local/volumes.ts";
import { bundledApp } from "../fixtures/bundled-app.ts";
import { installOperatorCrds, placeIn } from "../fixtures/deployed.ts";
import { filesOf, shopFromGit, writeFiles } from "../fixtures/gitops.ts";
import { installGitopsCrds } from "../fixtures/gitops-crds.ts";
import { differences, liveObjects } from "../fixtures/live-objects.ts";
import { manifests } from "./index.ts";

const MINUTES = 60_000;

let folder: string;
let cluster: LocalCluster | undefined;
let kubectl: Kubectl;
let app: Awaited<ReturnType<typeof bundledApp>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-manifests-"));
  app = await bundledApp();
  cluster = await startCluster({ stateDir: join(folder, "cluster") });
  kubectl = await kubectlFor(cluster);
}, 15 * MINUTES);
afterAll(async () => {
  await cluster?.stop();
  await app.remove();
  await rm(folder, { recursive: true, force: true });
}, 2 * MINUTES);

test(
  "manifests of WeatherVane's local environment bring what its Terraform stacks bring, field by field",
  async () => {
    const { environment, deployment } = await placeIn(packageFile("."), {
      platform: "weathervane",
      environment: "local",
      app: app.command,
    });
    const { model } = await loadProject(packageFile("."), { platforms: ["weathervane"] });
    const artifacts = [...alerts(model), ...dashboards(model), ...admissionPolicies(model)];
    const rendered = manifests(model, artifacts, ({ name }) => name === environment.name);
    await writeFiles(folder, new Map(rendered.map(({ path, content }) => [path, content])));
    let looked = false;
    await deployLocally({
      ...deployment,
      whileDeployed: async ({ kubectl: byTerraform }) => {
        await kubectl(["apply", "-f", "-"], JSON.stringify(persistentVolumes([{ environment }])));
        const root = `${folder}/generated/manifests/weathervane/local`;
        const layers = ["foundation", "observability", "services"];
        for (const layer of layers) await apply(kubectl, `${root}/${layer}`);
        await available(kubectl, environment.namespace);

        const [terraform, plain] = [
          await liveObjects(byTerraform, environment.namespace),
          await liveObjects(kubectl, environment.namespace),
        ];
        // ReplicaSets are among them: their names are digests of the pods' template, as the server has it.
        expect(differences(terraform, plain)).toEqual([]);
        expect(Object.keys(plain).length).toBeGreaterThan(30);

        // Applied again nothing changes, so a controller that does so every few minutes comes to rest.
        const versions = () => kubectl([...ALL, "-n", environment.namespace]);
        const before = await versions();
        await apply(kubectl, root);
        expect(await versions()).toBe(before);

        // The comparison sees a single field.
        const quota = [
          "patch",
          "resourcequota",
          "capacity",
          "-n",
          environment.namespace,
          "--type=merge",
          "-p",
        ];
        await kubectl([...quota, '{"spec":{"hard":{"requests.cpu":"5"}}}']);
        expect(differences(terraform, await liveObjects(kubectl, environment.namespace))).toEqual([
          "ResourceQuota/capacity.spec.hard.requests.cpu",
        ]);
        looked = true;
      },
    });
    expect(looked).toBe(true);
  },
  15 * MINUTES,
);

test(
  "Argo CD's and Flux' own definitions take their objects, and the API server all that they read from Git",
  async () => {
    await installGitopsCrds(kubectl);
    await installOperatorCrds(kubectl);
    const root = join(folder, "shop");
    const files = filesOf(shopFromGit());
    await writeFiles(root, files);
    for (const name of ["argocd", "flux-system", "shop-prod"]) await kubectl(["create", "namespace", name]);
    const folders = [
      "argocd",
      "argocd/synced",
      "flux",
      "flux/synced/foundation",
      "flux/synced/foundation-charts",
    ];
    for (const path of [".", ...folders, "flux/synced/services", "flux/synced/observability"])
      await kubectl([...DRY_RUN, "-k", join(root, path)]);

    // The definitions see a field that there is none of.
    for (const path of ["argocd/application.yaml", "argocd/app-project.yaml", "flux/services.yaml"]) {
      const odd = { ...parse(files.get(path) ?? ""), spec: { ...parse(files.get(path) ?? "").spec, odd: 1 } };
      await expect(kubectl([...DRY_RUN, "-f", "-"], JSON.stringify(odd))).rejects.toThrow(/odd/);
    }
  },
  15 * MINUTES,
);

const DRY_RUN = ["apply", "--server-side", "--dry-run=server", "--validate=strict"];

/** Name and version of all that Fairlead's manifests bring. */
const ALL = [
  ...[
    "get",
    "deployments,services,networkpolicies,configmaps,serviceaccounts,resourcequotas,limitranges,pvc",
  ],
  ...["-l", "app.kubernetes.io/managed-by=fairlead"],
  ...["-o", "custom-columns=K:.kind,N:.metadata.name,G:.metadata.generation,D:.data"],
];

async function kubectlFor({ kubeconfig }: LocalCluster): Promise<Kubectl> {
  const program = await requireTool("kubectl");
  const run = { cwd: folder, env: process.env, signal: new AbortController().signal, limitSeconds: 300 };
  return (args, input) => outputOf(program, ["--kubeconfig", kubeconfig, ...args], { ...run, input });
}

/** The API server itself checks each field by name, and refuses what no type has. */
async function apply(kubectl: Kubectl, path: string): Promise<void> {
  await kubectl(["apply", "--server-side", "--validate=strict", "-k", path]);
}

async function available(kubectl: Kubectl, namespace: string): Promise<void> {
  const condition = ["--for=condition=Available", "--timeout=100s"];
  await kubectl(["wait", "deployment", "--all", "-n", namespace, ...condition]);
}
