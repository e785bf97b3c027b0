// What the foundation brings, really applied: Helm releases and Secrets, by `plan` and `apply` on a real Kubernetes API.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { HelmReleaseInput } from "fairlead";
import { externalSecrets } from "fairlead/packs/helm-releases";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { dataLostBy, formatPlan } from "../../delivery/plan/format.ts";
import type { Environment, Model } from "../../model/model.ts";
import type { Layer } from "../../model/names.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { modelOf } from "../../tests/model-of.ts";
import * as right from "../../tests/shop.ts";
import { policies, shop } from "../../tests/shop.ts";
import { shopWith } from "../../tests/shop-with.ts";
import { type LocalCluster, requireTool, startCluster } from "../../tools/index.ts";
import {
  chartRepository,
  externalSecretsChart,
  externalSecretsDefinition,
} from "../fixtures/chart-repository.ts";
import { savedTexts } from "../fixtures/planned-project.ts";
import { applyPlan } from "./apply.ts";
import { makePlan } from "./plan.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 15 * MINUTES });
const CANARY = "canary-that-is-written";
const ROTATED = "canary-that-is-rotated";
const FETCHED = "canary-that-is-fetched";

let folder: string;
let cluster: LocalCluster;
let program: string;
let charts: Awaited<ReturnType<typeof chartRepository>>;
const said: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-foundation-test-"));
  program = await requireTool("kubectl");
  cluster = await startCluster({ stateDir: join(folder, "cluster") });
  charts = await chartRepository(join(folder, "charts"), [
    ...["1.0.0", "1.1.0", "1.2.0"].map((version) => ({ name: "queue", version })),
    { name: "external-secrets", version: "1.3.1", from: externalSecretsChart() },
  ]);
  vi.stubEnv("KUBE_CONFIG_PATH", cluster.kubeconfig);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  charts?.close();
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

const kubectl = async (...args: string[]) =>
  (await execa(program, ["--kubeconfig", cluster.kubeconfig, ...args])).stdout;

/** The shop's production environment with more in it, as one that may be taken down again; charts come from our repository. */
function shopIn(more: object, api: object = {}): Model {
  const prod = {
    ...right.environments.prod,
    stage: "dev",
    context: "local",
    monitoring: { kind: "plain" },
    ...more,
  };
  // Nobody provides volumes on this cluster.
  const services = { ...right.services, api: { ...right.services.api, mounts: {}, ...api } };
  const parts = { services, environments: { prod: { ...prod, backend: { kind: "local" } } } };
  const model = modelOf([shopWith(parts as never)], policies);
  for (const release of environmentOf(model).helmReleases) release.repository = charts.address;
  return model;
}

function environmentOf(model: Model): Environment {
  const [environment] = model.platforms[0]?.environments ?? [];
  if (!environment) throw new Error("the shop has no environment");
  return environment;
}

async function plan(model: Model, layers: Layer[] = ["foundation"]) {
  const [platform] = model.platforms;
  if (!platform) throw new Error("there is no platform");
  const project = {
    root: folder,
    model,
    platformNames: [shop.name],
    environments: ["prod"],
    problems: [],
    locate: () => undefined,
  };
  const request = { project, platform, environment: environmentOf(model), layers };
  return makePlan({ ...request, signal: AbortSignal.timeout(10 * MINUTES), say: (line) => said.push(line) });
}

async function deploy(model: Model, layers?: Layer[]) {
  const planned = await plan(model, layers);
  said.push(formatPlan(planned, "text"), formatPlan(planned, "json"), formatPlan(planned, "markdown"));
  await applyPlan({
    folder: join(folder, planned.folder),
    confirmedLosses: dataLostBy(planned),
    signal: AbortSignal.timeout(10 * MINUTES),
    say: (line) => said.push(line),
  });
  return planned;
}

const effects = ({ layers }: Awaited<ReturnType<typeof plan>>) =>
  layers.flatMap(({ changes }) =>
    changes.map(({ object, effect }) => `${object.kind} ${object.name} ${effect}`),
  );

/** Rules and messages of the Problems that something ends with. */
async function problemsOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProblemsError)) throw new Error(`no Problem, but ${error}`);
  return error.problems.map(({ rule, message, fix }) => `${rule}: ${message} → ${fix}`).join("\n");
}

test("a Helm release is applied, upgraded, rolled back where it fails, and destroyed (issue 8, part 2)", async () => {
  const queue = (version: string, values: HelmReleaseInput["values"] = {}) =>
    shopIn({
      helmReleases: {
        queue: {
          ...{
            title: "Queue",
            repository: "https://charts.example",
            chart: "queue",
            version,
            namespace: "queue",
          },
          ...{ podSecurity: "restricted", values, timeout: values.fails ? "30s" : "5m" },
        },
      },
    });
  const given = async () =>
    JSON.parse(await kubectl("-n", "queue", "get", "configmap", "queue", "-o", "json")).data;

  const evil = `\${evil} %{evil} TfToken[TOKEN.0] "quoted" {{ .Values }}`;
  expect(effects(await deploy(queue("1.0.0", { text: evil, replicas: 2 })))).toContain(
    "Helm release queue created",
  );
  expect(await given()).toMatchObject({ chart: "queue-1.0.0" });
  expect(JSON.parse((await given())["values.json"])).toEqual({ text: evil, replicas: 2 });
  expect(effects(await plan(queue("1.0.0", { text: evil, replicas: 2 })))).toEqual([]);

  expect(effects(await deploy(queue("1.1.0", { replicas: 3 })))).toEqual(["Helm release queue changed"]);
  expect(await given()).toMatchObject({ chart: "queue-1.1.0", "values.json": '{"replicas":3}' });

  await expect(deploy(queue("1.2.0", { replicas: 3, fails: "ImagePullBackOff" }))).rejects.toThrow(
    ProblemsError,
  );
  expect(await given()).toMatchObject({ chart: "queue-1.1.0", "values.json": '{"replicas":3}' });
  const history = await kubectl(
    "-n",
    "queue",
    "get",
    "secrets",
    "-l",
    "owner=helm",
    "-o",
    "jsonpath={.items[*].metadata.labels.status}",
  );
  expect(history.split(" ")).toEqual(["superseded", "superseded", "failed", "deployed"]);
  await deploy(queue("1.2.0", { replicas: 3 }));
  expect(await given()).toMatchObject({ chart: "queue-1.2.0" });

  expect(effects(await deploy(shopIn({})))).toEqual([
    "Helm release queue destroyed",
    "Namespace queue destroyed",
  ]);
  expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain("namespace/queue");
});

test("values that the chart's published schema refuses are refused by the plan", async () => {
  const wrong = shopIn({ helmReleases: externalSecrets({ values: { replicaCount: "two" } }) });
  expect(await problemsOf(plan(wrong))).toMatch(/replicaCount/);
});

test("Secrets are fetched or written, and their values are nowhere but in the cluster (issue 8, part 2; CC-12)", async () => {
  const secrets = (revision: number) => ({
    payment: { kind: "written", revision },
    model: { kind: "external", store: "vault", keys: { key: { from: "shop/model" } } },
  });
  const api = {
    secrets: { ...right.services.api.secrets, MODEL_KEY: { secret: "model", key: "key" } },
  };
  // Nothing runs on simulated nodes, and a webhook that nobody answers would refuse everything.
  const withoutWebhook = { webhook: { create: false }, certController: { create: false } };
  const of = (revision: number) =>
    shopIn({ helmReleases: externalSecrets({ values: withoutWebhook }), secrets: secrets(revision) }, api);
  const value = async (name: string, key: string) =>
    Buffer.from(
      await kubectl("-n", "shop-prod", "get", "secret", name, "-o", `jsonpath={.data.${key}}`),
      "base64",
    ).toString();

  const both: Layer[] = ["foundation", "services"];
  vi.stubEnv("TF_VAR_secret_payment", JSON.stringify({ "api-key": CANARY }));
  // The operator's own chart: only then can services be planned.
  const first = await deploy(of(1), both);
  expect(first.layers.find(({ layer }) => layer === "services")?.waits).toContain(
    "the cluster gets its kinds only with foundation",
  );
  const operator = await kubectl(
    "-n",
    "external-secrets",
    "get",
    "deployments",
    "-o",
    "jsonpath={.items[*].status.readyReplicas}",
  );
  expect(operator).toBe("2");

  // The chart's source is without the definitions that a release of it has; they are beside it.
  await kubectl("apply", "--server-side", "-f", externalSecretsDefinition());

  const services: Layer[] = ["services"];
  vi.stubEnv("TF_VAR_secret_payment", undefined);
  expect(await problemsOf(plan(of(1), services))).toMatch(/plan\/no-secret: .*TF_VAR_secret_payment/);
  vi.stubEnv("TF_VAR_secret_payment", JSON.stringify({ other: CANARY }));
  expect(await problemsOf(plan(of(1), services))).toMatch(/plan\/no-secret: .*TF_VAR_secret_NAME/);

  vi.stubEnv("TF_VAR_secret_payment", JSON.stringify({ "api-key": CANARY }));
  const [second] = await Promise.all([deploy(of(1), services), actAsOperator("model", { key: FETCHED })]);
  expect(effects(second)).toEqual(
    expect.arrayContaining(["Secret payment created", "ExternalSecret model created"]),
  );
  expect(await value("payment", "api-key")).toBe(CANARY);

  // Another value alone is no change; another revision is.
  vi.stubEnv("TF_VAR_secret_payment", JSON.stringify({ "api-key": ROTATED }));
  expect(effects(await plan(of(1), services))).toEqual([]);
  expect(effects(await deploy(of(2), both))).toEqual(["Secret payment changed"]);
  expect(await value("payment", "api-key")).toBe(ROTATED);

  const texts = [...said, ...(await savedTexts(join(folder, ".fairlead")))];
  expect(texts.join("\n")).toContain("data_wo_revision");
  for (const canary of [CANARY, ROTATED, FETCHED])
    for (const form of [canary, Buffer.from(canary).toString("base64")])
      expect(
        texts.some((text) => text.includes(form)),
        form,
      ).toBe(false);
  const state = await readFile(join(folder, ".fairlead/state/shop-prod-services.tfstate"), "utf8");
  expect(state).toContain("written_payment");
});

/** What the External Secrets operator does, which does not run here: the Secret, and that it is ready. */
async function actAsOperator(name: string, data: Record<string, string>): Promise<void> {
  const at = ["-n", "shop-prod"];
  await vi.waitFor(() => kubectl(...at, "get", "externalsecret", name), {
    timeout: 10 * MINUTES,
    interval: 1000,
  });
  const literals = Object.entries(data).map(([key, value]) => `--from-literal=${key}=${value}`);
  await kubectl(...at, "create", "secret", "generic", name, ...literals);
  const status = {
    conditions: [{ type: "Ready", status: "True", reason: "SecretSynced", message: "synced" }],
  };
  const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
  await kubectl(...at, "patch", "externalsecret", name, ...patch);
}
