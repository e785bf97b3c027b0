// Our platforms' environments on clusters, planned by Terraform with the real providers against a real Kubernetes API (issue 8, part 1). One
// platform at every change, all of them in `npm run test:long`.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { loadProject, type Project } from "../../model/project.ts";
import { packageFile } from "../../package-root.ts";
import { howMany } from "../../tests/how-many.ts";
import { type LocalCluster, requireTool, startCluster } from "../../tools/index.ts";
import { chartRepository } from "../fixtures/chart-repository.ts";
import { installOperatorCrds } from "../fixtures/deployed.ts";
import { installCanaryCrds } from "../fixtures/install-crds.ts";
import { makePlan } from "./plan.ts";

const MINUTES = 60_000;
const ALL = ["production", "agenthive", "commandcenter", "nexus", "weathervane"];
const platforms = ALL.slice(0, howMany(1, ALL.length));
vi.setConfig({ testTimeout: 30 * MINUTES, hookTimeout: 20 * MINUTES });

let folder: string;
let cluster: LocalCluster;
let project: Project;
let charts: Awaited<ReturnType<typeof chartRepository>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-platform-plans-"));
  project = await loadProject(packageFile("."), { platforms });
  const program = await requireTool("kubectl");
  cluster = await startCluster({ stateDir: join(folder, "cluster") });
  const kubeconfig = join(folder, "kubeconfig");
  await cp(cluster.kubeconfig, kubeconfig);
  const kubectl = async (args: readonly string[]) =>
    (await execa(program, ["--kubeconfig", kubeconfig, ...args])).stdout;
  await installOperatorCrds(kubectl);
  await installCanaryCrds(kubectl);
  const releases = environments().flatMap(({ environment }) => environment.helmReleases);
  const served = new Map(
    releases.map(({ chart, version }) => [`${chart}-${version}`, { name: chart, version }]),
  );
  charts = await chartRepository(join(folder, "charts"), [...served.values()]);
  for (const { environment } of environments()) {
    // Of all that a catalog says of the outside, only where charts and state are is another here.
    environment.backend = { kind: "local", folder: "state" };
    for (const release of environment.helmReleases) release.repository = charts.address;
    await kubectl(["config", "set-context", environment.context, "--cluster=local", "--user=local-admin"]);
  }
  vi.stubEnv("KUBE_CONFIG_PATH", kubeconfig);
  vi.stubEnv("TF_VAR_release", `sha256:${"0".repeat(64)}`);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  charts?.close();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

function environments() {
  return project.model.platforms
    .filter(({ name }) => platforms.includes(name))
    .flatMap((platform) =>
      platform.environments
        .filter(({ stage }) => stage !== "local")
        .map((environment) => ({ platform, environment })),
    );
}

test.each(platforms)("every environment of %s on a cluster has a plan of every layer", async (name) => {
  const places = environments().filter(({ platform }) => platform.name === name);
  expect(places.map(({ environment }) => environment.stage)).toEqual(
    expect.arrayContaining(["dev", "staging", "prod"]),
  );
  for (const { platform, environment } of places) {
    const planned = await makePlan({
      project,
      platform,
      environment,
      out: join(folder, "plans", name, environment.name),
      confirmedContext: environment.context,
      signal: AbortSignal.timeout(20 * MINUTES),
      say: () => {},
    });
    const place = `${name} in ${environment.name}`;
    expect(planned.layers.map(({ layer }) => layer).sort(), place).toEqual([
      "foundation",
      "observability",
      "services",
    ]);
    const changes = planned.layers.flatMap(({ changes, waits }) => {
      expect(waits, place).toBeUndefined();
      return changes;
    });
    expect([...new Set(changes.map(({ effect }) => effect))], place).toEqual(["created"]);
    const named = (kind: string) =>
      changes
        .filter(({ object }) => object.kind === kind)
        .map(({ object }) => object.name)
        .sort();
    expect(named("Deployment"), place).toEqual(environment.services.map((service) => service.name).sort());
    expect(named("Helm release"), place).toEqual(environment.helmReleases.map((release) => release.name));
  }
});
