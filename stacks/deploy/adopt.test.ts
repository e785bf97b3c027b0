// docs/adopt.md, command by command, on a real Kubernetes API that has an operator's kinds, monitoring and objects of its own; and what the account that
// deploys may not do.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Code } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { createProject } from "../../init/index.ts";
import { loadProject } from "../../model/project.ts";
import { packageFile } from "../../package-root.ts";
import { edit } from "../../tests/project-folder.ts";
import { type LocalCluster, requireTool, startCluster } from "../../tools/index.ts";
import { objectsThatAreThere } from "../fixtures/adopting-cluster.ts";
import { installOperatorCrds } from "../fixtures/deployed.ts";
import { installCanaryCrds } from "../fixtures/install-crds.ts";
import { rightsToDeploy } from "./deployer.ts";
import type { Rule } from "./rbac-rules.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 20 * MINUTES, hookTimeout: 15 * MINUTES });
const ACCOUNT = "system:serviceaccount:hello-local:fairlead-deployer";
const CATALOG = "catalog/platforms/hello/index.ts";

let folder: string;
let project: string;
let cluster: LocalCluster;
let program: string;
let path: string;
let blocks: Code[];

beforeAll(async () => {
  const page = await readFile(packageFile("docs/adopt.md"), "utf8");
  blocks = fromMarkdown(page).children.filter((node): node is Code => node.type === "code");
  folder = await mkdtemp(join(tmpdir(), "fairlead-adopt-test-"));
  project = join(folder, "hello");
  await createProject(project);
  const [settings = ""] = blocks.filter(({ lang }) => lang === "ts").map(({ value }) => value);
  await edit(project, CATALOG, '      context: "local",\n', `${settings}\n`);
  program = await requireTool("kubectl");
  path = await shims();
  cluster = await startCluster({ stateDir: join(folder, "cluster") });
  const said = (args: readonly string[], input?: string) => kubectl(args, input);
  await installOperatorCrds(said, ["prometheuses"]);
  await kubectl(["create", "-f", "-"], JSON.stringify(objectsThatAreThere("hello")));
});

afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A folder in which `fairlead` and `kubectl` are what the page means by them. */
async function shims(): Promise<string> {
  const bin = join(folder, "bin");
  await mkdir(bin);
  const programs = {
    fairlead: `"${process.execPath}" "${packageFile("dist/cli/main.js")}"`,
    kubectl: `"${program}"`,
  };
  for (const [name, command] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${command} "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  return `${bin}:${process.env.PATH}`;
}

/** As the administrator. */
async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const options = { ...(input !== undefined && { input }), timeout: 2 * MINUTES };
  return (await execa(program, ["--kubeconfig", cluster.kubeconfig, ...args], options)).stdout;
}

/** As the deployer: exit code, and what was said. */
async function asDeployer(command: string, ...args: string[]) {
  const env = { PATH: path, KUBECONFIG: deployer(), KUBE_CONFIG_PATH: deployer() };
  const { exitCode, all } = await execa(command, args, {
    ...{ cwd: project, env, reject: false, all: true, timeout: 10 * MINUTES },
  });
  return { exitCode, said: all.replace(/\s+/g, " ") };
}
/** One layer alone: a whole plan takes three times as long. */
const planServices = (adopted: string) =>
  asDeployer("fairlead", ..."plan --env local --layer services --adopt".split(" "), adopted);
const deployer = () => join(project, "deployer.kubeconfig");

/** The nth block of the page that a shell runs, and what it says. */
async function run(block: number): Promise<string> {
  const script = blocks.filter(({ lang }) => lang === "sh")[block]?.value ?? "exit 9";
  const env = { PATH: path, KUBECONFIG: cluster.kubeconfig, KUBE_CONFIG_PATH: deployer(), NO_COLOR: "1" };
  const options = { cwd: project, env, reject: false, all: true, timeout: 15 * MINUTES } as const;
  const { exitCode, all } = await execa("bash", ["-euo", "pipefail", "-c", script], options);
  expect(exitCode, all).toBe(0);
  return all;
}

/** What others have there: what they asked for, and its number of changes. */
const othersObjects = () =>
  kubectl([
    ...["--namespace", "monitoring", "get", "prometheus,alertmanager,deployment,configmap"],
    ...["-o", 'jsonpath={range .items[*]}{.kind} {.metadata.uid} {.metadata.generation}{"\\n"}{end}'],
  ]);

let before: string;

test("what is there is found, and a name that is taken is refused until it is named", async () => {
  const looked = await run(0);
  expect(looked).toContain("map[release:kps]");
  expect(looked).toContain("map[alertmanager:kps]");
  expect(looked).toContain("grafana_dashboard");
  before = await othersObjects();
  await run(1);
  await run(2);
  const refused = await asDeployer("fairlead", "plan", "--env", "local");
  expect(refused.exitCode).toBe(1);
  for (const name of ["Namespace/hello-local", "Deployment/api", "ConfigMap/dashboard-overview"])
    expect(refused.said).toContain(`plan with --adopt ${name}`);
  const unknown = await planServices("Deployment/apy");
  expect(unknown.exitCode).toBe(1);
  expect(unknown.said).toContain('no object "Deployment/apy"');
  expect(unknown.said).toContain('did you mean "Deployment/api"?');
  const absent = await planServices("Service/api");
  expect([absent.exitCode, absent.said]).toEqual([1, expect.stringContaining("plan/adopt-missing")]);
});

/** The deployer's rights without those to one kind. */
async function without(resource: string): Promise<void> {
  const rights = await readFile(join(project, "deployer.yaml"), "utf8");
  const fewer = rights.replace(`      - ${resource}\n`, "      - nothing\n");
  expect(fewer).not.toBe(rights);
  await kubectl(["apply", "-f", "-"], fewer);
}

test("a right that is missing is told by plan: account, verb and resource", async () => {
  await without("deployments");
  const { exitCode, said } = await planServices("Deployment/api");
  expect([exitCode, said]).toEqual([1, expect.stringContaining("plan/forbidden")]);
  expect(said).toContain(`User "${ACCOUNT}" cannot get resource "deployments"`);
  expect(said).toContain("fairlead plan --rbac prints all that a deploying account needs");
  await kubectl(["apply", "-f", join(project, "deployer.yaml")]);
});

test("the page's plan takes over what it names in place, and another finds nothing to change", async () => {
  const plan = await run(3);
  const shown = blocks.find(({ lang }) => lang === "text")?.value.split("\n…\n") ?? [];
  expect(shown).toHaveLength(3);
  for (const part of shown) expect(plan).toContain(part);
  expect(plan).not.toMatch(/^ +[-±] /m);
  const second = await run(4);
  expect(second).toContain("nothing to change");
  // The team's own, which no stack makes.
  expect(
    await kubectl(["-n", "hello-local", "get", "configmap", "settings", "-o", "jsonpath={.data.owner}"]),
  ).toBe("team");
  const selected = [
    "-n",
    "hello-local",
    "get",
    "prometheusrules,servicemonitors",
    "-l",
    "release=kps",
    "-o",
    "name",
  ];
  expect((await kubectl(selected)).split("\n").length).toBeGreaterThan(1);
});

test("with the deployer's token nothing outside of the namespace can be changed, and no Secret read", async () => {
  const tries = {
    "a ConfigMap beside Prometheus": ["--namespace", "monitoring", "create", "configmap", "x"],
    Grafana: ["--namespace", "monitoring", "delete", "deployment", "grafana"],
    "Prometheus' selectors": [
      ...["--namespace", "monitoring", "patch", "prometheus", "kps", "--type=merge"],
      ...["--patch", '{"spec":{"ruleSelector":{}}}'],
    ],
    "another namespace's labels": ["label", "namespace", "monitoring", "x=y"],
    "a namespace": ["create", "namespace", "x"],
    "its own namespace": ["delete", "namespace", "hello-local", "--wait=false"],
    "rights of its own": [
      ...["--namespace", "hello-local", "create", "rolebinding", "x", "--clusterrole=admin"],
      "--serviceaccount=hello-local:fairlead-deployer",
    ],
    "rights in the cluster": ["create", "clusterrole", "x", "--verb=get", "--resource=secrets"],
    "a Secret": ["--namespace", "hello-local", "get", "secrets"],
    "a shell in a pod": [
      "--namespace",
      "hello-local",
      "create",
      "--raw",
      "/api/v1/namespaces/hello-local/pods/x/exec",
      "-f",
      "/dev/null",
    ],
  };
  for (const [what, args] of Object.entries(tries)) {
    const { exitCode, said } = await asDeployer("kubectl", ...args);
    expect({ what, exitCode, said }).toEqual({
      what,
      exitCode: 1,
      said: expect.stringMatching(/forbidden/i),
    });
  }
  expect(await othersObjects()).toBe(before);
});

test("a right that is missing is told by apply, and what was done", async () => {
  const size = 'size: "minimum",';
  await edit(project, CATALOG, size, `${size} quota: { cpu: "9500m", memory: "20Gi", storage: "60Gi" },`);
  const plan = await asDeployer("fairlead", "plan", "--env", "local", "--layer", "foundation");
  const [, digest = ""] = /Plan ([0-9a-f]{64})/.exec(plan.said) ?? [];
  await without("resourcequotas");
  const { exitCode, said } = await asDeployer("fairlead", "apply", digest);
  expect([exitCode, said]).toEqual([1, expect.stringContaining("plan/forbidden")]);
  expect(said).toContain(`User "${ACCOUNT}" cannot patch resource "resourcequotas"`);
  expect(said).toContain("applied: none; in part: foundation; not begun: none");
});

test("every right of every environment of every platform is to a resource that there is", async () => {
  // Only now: each definition more makes every plan slower.
  await installCanaryCrds(kubectl);
  const resources = async () => (await kubectl(["api-resources", "-o", "name"])).split("\n");
  await expect.poll(resources).toContain("httproutes.gateway.networking.k8s.io");
  const project = await loadProject(packageFile("."));
  const there = new Set(await resources());
  for (const platform of project.model.platforms)
    for (const environment of platform.environments) {
      const { manifests } = await rightsToDeploy({ project, platform, environment });
      const roles = parseAllDocuments(manifests).map((one) => one.toJS() as { rules?: Rule[] });
      const names = roles.flatMap(({ rules = [] }) =>
        rules.flatMap(({ apiGroups: [group], resources }) =>
          resources.map((resource) => (group ? `${resource}.${group}` : resource)),
        ),
      );
      const place = `${platform.name} in ${environment.name}`;
      expect({ place, unknown: names.filter((name) => !there.has(name)) }).toEqual({ place, unknown: [] });
      expect(names).toContain("deployments.apps");
    }
});
