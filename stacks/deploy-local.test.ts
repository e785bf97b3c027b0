// The stacks on a real Kubernetes API, by cdktf and the real providers; only nodes and pods are simulated.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { startCluster } from "../tools/index.ts";
import { deployLocally, type Kubectl } from "./deploy-local/deployment.ts";
import { openWorkspace } from "./deploy-local/workspace.ts";
import { bundledApp, shopProject } from "./fixtures/bundled-app.ts";
import { expectNothingToChange, installOperatorCrds, json, placeIn } from "./fixtures/deployed.ts";

// Building the local Kubernetes takes minutes where nothing is built yet.
const MINUTES = 60_000;

let app: Awaited<ReturnType<typeof bundledApp>>;
beforeAll(async () => {
  app = await bundledApp();
});
afterAll(() => app.remove());

const foldersLeft = () => readdirSync(tmpdir()).filter((name) => name.startsWith("fairlead-deploy-"));

describe("environments with the Prometheus operator and their state in the cluster", () => {
  test(
    "bring rules, monitors and routes that the operator's own CRDs accept, and hostile text as it was",
    async () => {
      const { environment, generated, deployment } = await placeIn(shopProject, {
        platform: "shop",
        environment: "cluster",
        app: app.command,
      });
      const own = await placeIn(shopProject, { platform: "shop", environment: "own", app: app.command });
      const { namespace } = environment;
      let looked = false;
      await deployLocally({
        ...deployment,
        places: [...deployment.places, ...own.deployment.places],
        beforeDeploy: installOperatorCrds,
        whileDeployed: async (deployed) => {
          const { kubectl } = deployed;
          const rules = await json<{ items: { metadata: { name: string }; spec: unknown }[] }>(
            kubectl,
            ...["get", "prometheusrules", "-n", namespace, "-l", "release=kube-prometheus-stack"],
          );
          const files = [...generated].filter(([path]) =>
            path.startsWith("generated/alerts/shop/cluster/rules/"),
          );
          expect(rules.items).toHaveLength(files.length);
          for (const { metadata, spec } of rules.items) {
            expect(spec).toEqual(
              parse(generated.get(`generated/alerts/shop/cluster/rules/${metadata.name}.yaml`) ?? ""),
            );
          }
          const monitors = await kubectl(["get", "servicemonitors", "-n", namespace, "-o", "name"]);
          expect(monitors.trim()).toBe("servicemonitor.monitoring.coreos.com/api");
          const state = await kubectl([
            "get",
            "secret",
            "tfstate-default-shop-cluster-services",
            "-o",
            "name",
          ]);
          expect(state.trim()).toBe("secret/tfstate-default-shop-cluster-services");
          expect(await greetingOf(kubectl, namespace)).toBe(environment.services[0]?.env.GREETING);
          const file = generated.get("generated/alerts/shop/cluster/alertmanager-config.yaml") ?? "";
          await expectRoutes(kubectl, { namespace, wanted: parse(file) });
          await expectOwnAlertmanager(kubectl, own.environment.namespace);
          for (const name of ["cluster", "own"]) await expectNothingToChange(deployed, "shop", name);
          looked = true;
        },
      });
      expect(looked).toBe(true);
    },
    15 * MINUTES,
  );

  /** The CRD lets anything pass as a route below the first: each is tried as the first of a resource that is not kept. */
  async function expectRoutes(
    kubectl: Kubectl,
    { namespace, wanted }: { namespace: string; wanted: Routes },
  ): Promise<void> {
    const { apiVersion, kind, spec } = await json<{ apiVersion: string; kind: string; spec: unknown }>(
      kubectl,
      ...["get", "alertmanagerconfig", "shop", "-n", namespace],
    );
    expect(spec).toEqual(wanted);
    // The heartbeat, invariants and other critical alerts with two steps of escalation each, and warnings.
    expect(wanted.route.routes).toHaveLength(8);
    expect(wanted.route.routes.at(-1)?.muteTimeIntervals).toEqual(
      wanted.muteTimeIntervals.map(({ name }) => name),
    );
    expect(wanted.muteTimeIntervals.map(({ name }) => name)).toEqual([
      "shop/mute-nights",
      "shop/mute-weekend",
      "shop/maintenance-upgrade",
    ]);
    for (const [i, route] of wanted.route.routes.entries()) {
      const tried = { apiVersion, kind, metadata: { name: `route-${i}`, namespace }, spec: { route } };
      const dryRun = ["create", "--dry-run=server", "--validate=strict", "-f", "-"];
      await kubectl(dryRun, JSON.stringify(tried));
      const odd = { ...tried, spec: { route: { ...route, group_wait: "0s" } } };
      await expect(kubectl(dryRun, JSON.stringify(odd))).rejects.toThrow(
        'unknown field "spec.route.group_wait"',
      );
    }
    for (const interval of wanted.muteTimeIntervals) {
      const late = { timeIntervals: [{ times: [{ startTime: "22:00", endTime: "24:01" }] }] };
      const [right, odd] = [interval, { ...interval, ...late }].map((one) =>
        JSON.stringify({
          ...{ apiVersion, kind, metadata: { name: "interval", namespace } },
          spec: { ...wanted, muteTimeIntervals: [one] },
        }),
      );
      await kubectl(["create", "--dry-run=server", "--validate=strict", "-f", "-"], right);
      await expect(kubectl(["create", "--dry-run=server", "-f", "-"], odd)).rejects.toThrow("endTime");
    }
  }

  /** What it reads and mounts is there under the names that it asks for; Secrets of receivers are not ours to bring. */
  async function expectOwnAlertmanager(kubectl: Kubectl, namespace: string): Promise<void> {
    const { spec } = await json<{ spec: { configSecret: string; secrets: string[] } }>(
      kubectl,
      ...["get", "alertmanager", "shop", "-n", namespace],
    );
    const { data } = await json<{ data: Record<string, string> }>(
      kubectl,
      ...["get", "secret", spec.configSecret, "-n", namespace],
    );
    const configuration = Buffer.from(data["alertmanager.yaml"] ?? "", "base64").toString();
    const mounted = configuration.matchAll(/\/etc\/alertmanager\/secrets\/([^/]+)\//g);
    expect([...new Set([...mounted].map(([, secret]) => secret))].sort()).toEqual(spec.secrets);
  }

  interface Routes {
    route: { routes: { muteTimeIntervals?: string[] }[] };
    muteTimeIntervals: { name: string }[];
  }

  async function greetingOf(kubectl: Kubectl, namespace: string): Promise<string> {
    const path = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="GREETING")].value}';
    return kubectl(["get", "deployment", "api", "-n", namespace, "-o", path]);
  }
});

describe("the cluster goes away", () => {
  test(
    "when the deploy is interrupted",
    async () => {
      const { deployment, said } = await placeIn(shopProject, {
        platform: "shop",
        environment: "local",
        app: app.command,
      });
      const before = foldersLeft();
      const interruption = new AbortController();
      const say = (line: string) => {
        said.push(line);
        if (line.startsWith("deploy: shop-local-foundation: ")) interruption.abort();
      };
      await expect(deployLocally({ ...deployment, signal: interruption.signal, say })).rejects.toThrow(
        "aborted",
      );
      expect(said.at(-1)).toBe("cluster: taken down");
      expect(foldersLeft()).toEqual(before);
    },
    15 * MINUTES,
  );

  test(
    "when the deploy fails, and the end of what cdktf said is shown",
    async () => {
      const { deployment } = await placeIn(shopProject, {
        platform: "shop",
        environment: "local",
        app: app.command,
      });
      const before = foldersLeft();
      const broken = {
        ...deployment,
        app: `"${process.execPath}" -e "console.error(['no', 'such', 'stack'].join(' ')); process.exit(3)"`,
      };
      await expect(deployLocally(broken)).rejects.toThrow("no such stack");
      expect(foldersLeft()).toEqual(before);
    },
    15 * MINUTES,
  );

  test(
    "at the next run, when the run that started it was killed",
    async () => {
      const killed = mkdtempSync(join(tmpdir(), "fairlead-deploy-"));
      const { pid } = JSON.parse(
        execFileSync(process.execPath, ["-p", "JSON.stringify(process)"], { encoding: "utf8" }),
      ) as { pid: number };
      const owner = { host: hostname(), pid, startedAt: "before it was killed" };
      await writeFile(join(killed, "used-by.jsonl"), `${JSON.stringify(owner)}\n`);
      const { kubeconfig } = await startCluster({ stateDir: join(killed, "cluster") });
      const ready = () =>
        execFileSync("kubectl", ["--kubeconfig", kubeconfig, "get", "--raw", "/readyz"], {
          encoding: "utf8",
        });
      expect(ready()).toBe("ok");
      const workspace = await openWorkspace();
      expect(existsSync(killed)).toBe(false);
      expect(existsSync(workspace.folder)).toBe(true);
      await workspace.remove();
    },
    15 * MINUTES,
  );
});
