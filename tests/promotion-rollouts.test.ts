// Releases that enter by Argo Rollouts, and go back (WV-19, AH-3): fairlead promote beside the real controller, a real Kubernetes API, a real Prometheus.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Entry } from "../delivery/ledger/entry.ts";
import type { LedgerRecord, StoredRecord } from "../delivery/ledger/record.ts";
import { CATALOG, CanaryCluster, NAMESPACE } from "../stacks/fixtures/canary-cluster.ts";
import { again, type Loop, lockFileAgent } from "../stacks/fixtures/lock-file-agent.ts";
import { edit } from "./project-folder.ts";

const MINUTES = 60_000;
vi.setConfig({ testTimeout: 15 * MINUTES, hookTimeout: 30 * MINUTES });
const patient = { timeout: 10 * MINUTES, interval: 500 };

const on = new CanaryCluster();
const LEDGER = ".fairlead/ledger";
const LOCK_FILE = () => join(on.project, "promotion/hello/local.lock.json");
const digests: Record<string, string> = {};
let agent: Loop | undefined;
let person: Loop | undefined;

beforeAll(async () => {
  await on.start(withPromotion);
  person = again(3_000, askAgain);
});
afterAll(async () => {
  try {
    await person?.end();
    await agent?.end();
  } finally {
    await on.remove();
  }
});

/** Releases enter the local environment by two shares; the budget of its SLO is watched afterwards. */
async function withPromotion(): Promise<void> {
  const { project, prometheus } = on;
  const change = (from: string, to: string) => edit(project, CATALOG, from, to);
  await change("defineMetrics,", "defineMetrics, definePromotion,");
  await change('public: ["http"],', 'public: ["http"],\n      canary: { minimumEvents: 50 },');
  await change('prometheus: "http://127.0.0.1:9090"', `prometheus: "${prometheus}"`);
  await change(
    "services: { api: { scaling: { replicas: 1 } } },",
    `services: { api: { scaling: { replicas: 2 } } },
      canaries: { controller: "argo-rollouts", router: { kind: "istio" }, steps: ["5%", "100%"], observe: "12s", every: "3s" },`,
  );
  await change(
    "export default",
    `const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    ledger: { kind: "folder", folder: "${LEDGER}" },
    environments: {
      local: { deploy: { kind: "terraform" }, rollBackOn: { alerts: ["availability"], watch: "5s" } },
    },
  },
);

export default`,
  );
  await change("environments, gates }", "environments, gates, promotion }");
  await expecting(0, ["generate"]);
  const { stdout } = await expecting(0, ["key", "robot", "--role", "promoter"]);
  await writeFile(join(project, "approvers.json"), JSON.stringify({ keys: [JSON.parse(stdout)] }));
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
}

/** From now on the lock file alone is written, and an agent deploys what it says: that takes a second where Terraform takes many. */
async function withAgent(): Promise<void> {
  await edit(
    on.project,
    CATALOG,
    'deploy: { kind: "terraform" }, rollBackOn: { alerts: ["availability"], watch: "5s" }',
    'deploy: { kind: "lock-file" }, rollBackOn: { alerts: ["availability"], watch: "2m" }',
  );
  await git("add", "--all");
  agent = lockFileAgent(LOCK_FILE(), on.kubectl);
}

/** A step in which a busy machine made too few requests is asked again, as a person would have it. */
async function askAgain(): Promise<void> {
  const { pauseConditions = [] } = await rollout().catch((): RolloutStatus => ({}));
  if (pauseConditions.some(({ reason }) => reason === "InconclusiveAnalysisRun"))
    await on.patchStatus({ pauseConditions: null });
}

const git = (...args: string[]) =>
  execa("git", ["-c", "user.name=robot", "-c", "user.email=robot@example.com", ...args], { cwd: on.project });

const begin = (args: readonly string[]) =>
  on.begin(args, { FAIRLEAD_KEY: join(on.folder, "robot.pem"), NO_COLOR: "1" });

async function expecting(exitCode: number, args: readonly string[]) {
  const said = await begin(args);
  expect(said.exitCode, `fairlead ${args.join(" ")}\n${said.stdout}\n${said.stderr}`).toBe(exitCode);
  return { stdout: said.stdout, stderr: said.stderr };
}

interface Ended {
  promotion: string;
  outcome: string;
  release: string;
  because?: string;
}

const image = (letter: string) => `ghcr.io/example/api@sha256:${letter.repeat(64)}`;

/** A release whose only image has that digest; nobody has to make it. */
async function release(letter: string): Promise<string> {
  await git("commit", "--quiet", "--allow-empty", `--message=${letter}`);
  const args = ["--commit", "HEAD", "--image", `api=${image(letter)}`, "--format", "json"];
  const { stdout } = await expecting(0, ["release", "create", ...args]);
  const { digest } = JSON.parse(stdout) as { digest: string };
  digests[letter] = digest;
  return digest;
}

const promoting = (digest: string) => [
  ...["promote", digest, "--env", "local", "--timeout", "8m", "--format", "json"],
];
const letGo = () => expecting(0, ["let-go", "--env", "local", "--because", "somebody has looked"]);

async function records(): Promise<LedgerRecord[]> {
  const { stdout } = await execa("sh", ["-c", 'cat "$0"/records/*', join(on.project, LEDGER)]);
  return stdout.split("\n").map((line) => (JSON.parse(line) as StoredRecord).record);
}

type Told = Extract<Entry, { kind: "step" }> & { at: string };

/** What the ledger has of how a promotion's steps ended, in their order. */
async function stepsOf(promotion: string): Promise<Told[]> {
  const own = (await records()).map(({ entry, at }) => ({ ...entry, at }));
  return own.filter(
    (entry): entry is Told =>
      entry.kind === "step" && entry.promotion === promotion && entry.state !== "begun",
  );
}

async function saidBy(promotion: string): Promise<Record<string, string>> {
  return Object.fromEntries((await stepsOf(promotion)).map(({ step, says = "" }) => [step, says]));
}

/** Seconds from a step that failed until the ledger has that the requests were back. */
async function secondsBack(promotion: string): Promise<number> {
  const steps = await stepsOf(promotion);
  const at = (isMeant: (step: Told) => boolean) => Date.parse(steps.find(isMeant)?.at ?? "");
  return (at(({ step }) => step === "back-canary") - at(({ state }) => state === "failed")) / 1000;
}

/** When an analysis ended so, in milliseconds since 1970. */
async function analysisEnded(phase: string): Promise<number> {
  const path = `jsonpath={.items[?(@.status.phase=="${phase}")].status.completedAt}`;
  return Date.parse(await on.kubectl("-n", NAMESPACE, "get", "analysisruns", "-o", path));
}

interface RolloutStatus {
  phase?: string;
  stableRS?: string;
  currentPodHash?: string;
  pauseConditions?: { reason: string }[];
}

async function rollout(): Promise<RolloutStatus> {
  const said = await on.kubectl("-n", NAMESPACE, "get", "rollout", "api", "-o", "json");
  return (JSON.parse(said) as { status?: RolloutStatus }).status ?? {};
}

/** The image of the pods that get the requests which no canary takes. */
async function stableImage(): Promise<string> {
  const { stableRS } = await rollout();
  const path = "jsonpath={.items[*].spec.template.spec.containers[0].image}";
  return on.kubectl(
    "-n",
    NAMESPACE,
    "get",
    "replicasets",
    "-l",
    `rollouts-pod-template-hash=${stableRS}`,
    "-o",
    path,
  );
}

/** What runs by all that can be asked: the ledger, the lock file, and the Rollout, which has no canary any more. */
async function expectRuns(letter: string, { held }: { held: boolean }): Promise<void> {
  const { stdout } = await expecting(0, ["releases", "--format", "json"]);
  const { environments } = JSON.parse(stdout) as { environments: { held?: object; runs?: object }[] };
  expect(environments[0]).toMatchObject({ runs: { release: digests[letter] } });
  expect(environments[0]?.held !== undefined).toBe(held);
  const lockFile = await readFile(LOCK_FILE(), "utf8");
  expect(JSON.parse(lockFile)).toMatchObject({ release: digests[letter], images: { api: image(letter) } });
  expect(await stableImage()).toBe(image(letter));
  await expect.poll(async () => (await rollout()).phase, patient).toBe("Healthy");
  const { stableRS, currentPodHash } = await rollout();
  expect(currentPodHash).toBe(stableRS);
  expect(await stableImage()).toBe(image(letter));
}

test("a release comes in share by share, each as the controller has judged it (WV-19)", async () => {
  const first = await release("a");
  await expecting(0, promoting(first));
  await expectRuns("a", { held: false });
  const second = await release("b");
  on.asked.shares = [];
  const { stdout } = await expecting(0, promoting(second));
  const ended = JSON.parse(stdout) as Ended;
  expect(ended).toMatchObject({ outcome: "promoted", runs: second });
  await expect.poll(() => on.asked.shares, patient).toEqual([5, 100, 0]);
  await expectRuns("b", { held: false });
  const said = await saidBy(ended.promotion);
  // A canary begins while Terraform is still at other objects: on a busy machine it has ended by then.
  expect(said["canary-5-percent"]).toMatch(/^api past 5%: (Healthy|\w+ at step \d)/);
  expect(said["canary-100-percent"]).toMatch(/^api past 100%: Healthy/);
});

test("what fails in an analysis of the controller's is taken back by itself, and nothing enters then (AH-3)", async () => {
  await withAgent();
  on.asked.shares = [];
  on.asked.errorRatioOf = (of) => (of === image("c") ? 0.2 : 0);
  const { stdout } = await expecting(1, promoting(await release("c")));
  const ended = JSON.parse(stdout) as Ended;
  expect(ended).toMatchObject({ outcome: "rolled-back", runs: digests.b, held: true, inconclusive: false });
  // Which of them is first is the machine's affair.
  expect(ended.because).toMatch(/Metric "availability[a-z-]*" assessed Failed.* \(api-\S+: Failed\)/);
  expect(await saidBy(ended.promotion)).toMatchObject({ "back-canary": "api aborted" });
  await expect.poll(() => on.asked.shares, patient).toEqual([5, 0]);
  const [controller, ledger] = [
    (on.asked.changedAt - (await analysisEnded("Failed"))) / 1000,
    await secondsBack(ended.promotion),
  ];
  process.stdout.write(
    `taken back: all requests ${controller} s after the analysis had failed; the promotion knew it ${ledger} s after it had seen that\n`,
  );
  await expectRuns("b", { held: true });
  const { stdout: report } = await expecting(0, ["history", ended.promotion, "--format", "markdown"]);
  expect(report).toContain("# Promotion to local: rolled back");
  expect(report).toMatch(/availability[a-z-]*.* assessed Failed/);
});

test("a budget that burns once it has all requests takes it back, though Prometheus was down meanwhile (AH-3)", async () => {
  await letGo();
  const running = begin(promoting(await release("d")));
  let said = "";
  running.stderr.on("data", (text) => {
    said += text;
  });
  await expect.poll(() => said, patient).toContain("watch: begun");
  await on.stopPrometheus();
  await expect.poll(() => said, patient).toContain("Prometheus does not answer");
  on.asked.errorRatioOf = (of) => (of === image("d") ? 1 : 0);
  await on.startPrometheus();
  const { exitCode, stdout } = await running;
  expect(exitCode, said).toBe(1);
  const ended = JSON.parse(stdout) as Ended;
  expect(ended).toMatchObject({ outcome: "rolled-back", runs: digests.b, held: true, inconclusive: false });
  // The quickest or the slowest of its alerts: on how long Prometheus has read already.
  expect(ended.because).toMatch(/^alert Availability(Page|Ticket)\w+ fires since /);
  expect(await saidBy(ended.promotion)).toMatchObject({
    "canary-5-percent": expect.stringMatching(/^api past 5%: \w+ at step \d, judged by api-\S+$/),
    "back-canary": "api has all requests",
  });
  process.stdout.write(
    `taken back: all requests ${await secondsBack(ended.promotion)} s after the alert was seen\n`,
  );
  await expectRuns("b", { held: true });
});

test("while Prometheus is down nobody can tell: it goes back, and also what has all requests since long", async () => {
  await letGo();
  await on.stopPrometheus();
  const { stdout } = await expecting(3, promoting(await release("e")));
  const ended = JSON.parse(stdout) as Ended;
  expect(ended).toMatchObject({ outcome: "rolled-back", runs: digests.b, held: true, inconclusive: true });
  expect(ended.because).toMatch(/availability.* assessed Error/);
  await expectRuns("b", { held: true });
  const back = await expecting(0, [
    "rollback",
    "--env",
    "local",
    "--because",
    "it loses orders",
    "--format",
    "json",
  ]);
  expect(JSON.parse(back.stdout)).toMatchObject({ outcome: "rolled-back", runs: digests.a });
  await expectRuns("a", { held: true });
});
