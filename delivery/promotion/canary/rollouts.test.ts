// What a promotion makes of Rollouts in states that are hard to come by: a stand-in tells of them. The real controller: tests/promotion-rollouts.test.ts.
import { expect, test } from "vitest";
import { ProblemsError } from "../../../problems/problem.ts";
import { A, B, promotedTrial } from "../fixtures/promoted-trial.ts";
import { type Trial, trialSite } from "../fixtures/trial-site.ts";
import { promote } from "../promote.ts";
import { rollback } from "../rollback.ts";
import type { Site } from "../site.ts";
import { rolloutsCanary } from "./rollouts.ts";

const imageOf = (release: typeof A) => release.content.images.api ?? "";
const steps = [{ setWeight: 10 }, { pause: {} }, { analysis: {} }, { setWeight: 100 }, { analysis: {} }];

/** A cluster with one service; `status` is the Rollout's, `tells` what it says before each look. */
class StandIn {
  deployed = template(imageOf(B));
  generation = 7;
  status: Record<string, unknown> = {
    workloadObservedGeneration: "7",
    observedGeneration: "1",
    currentPodHash: "new",
    stableRS: "old",
  };
  releases: Record<string, object> = { new: template(imageOf(B)), old: template(imageOf(A)) };
  readonly patches: unknown[] = [];
  readonly #tells: (() => void)[];
  /** What the controller does once it was told something. */
  follow: () => void = () => {};

  constructor(...tells: (() => void)[]) {
    this.#tells = tells;
  }

  readonly kubectl = async (args: readonly string[]): Promise<string> => {
    if (args.includes("patch")) return this.#patched(args.at(-1) ?? "", args);
    if (args.includes("replicasets.apps")) return JSON.stringify({ items: this.#replicaSets() });
    (this.#tells.length > 1 ? this.#tells.shift() : this.#tells[0])?.();
    const metadata = { generation: 1 };
    const rollout = {
      kind: "Rollout",
      metadata,
      spec: { strategy: { canary: { steps } } },
      status: this.status,
    };
    const spec = { selector: { matchLabels: { name: "api" } }, template: this.deployed };
    const deployment = { kind: "Deployment", metadata: { generation: this.generation }, spec };
    return JSON.stringify({ items: [rollout, deployment] });
  };

  #patched(text: string, args: readonly string[]): string {
    const change = JSON.parse(text);
    this.patches.push(change);
    if (args.includes("deployments.apps")) {
      this.deployed = change[0].value;
      this.generation++;
    } else Object.assign(this.status, change.status);
    this.follow();
    return "";
  }

  #replicaSets(): object[] {
    const ownerReferences = [{ kind: "Rollout", name: "api" }];
    return Object.entries(this.releases).map(([hash, template], i) => {
      const annotations = { "rollout.argoproj.io/revision": String(9 - i) };
      const labels = { "rollouts-pod-template-hash": hash };
      return { metadata: { annotations, labels, ownerReferences }, spec: { template } };
    });
  }
}

function template(image: string, env: object[] = []) {
  return {
    metadata: { labels: { name: "api" }, annotations: { "fairlead/release": image } },
    spec: { containers: [{ name: "api", image, env }] },
  };
}

const project = () => promotedTrial((trial) => ({ ...trialSite(trial), canary: undefined }));

/** By a clock of which each look takes five seconds. */
function entering(trial: Trial, { kubectl }: StandIn): Site {
  let passed = 0;
  const canary = rolloutsCanary({
    ...{ namespace: "shop-prod", services: ["api"], shares: [10, 100], timeoutSeconds: 60, kubectl },
    now: () => new Date(passed),
    sleep: async () => {
      passed += 5_000;
    },
  });
  return { ...trialSite(trial), canary };
}

const enter = async (trial: Trial, cluster: StandIn) =>
  promote({ release: B.digest }, entering(trial, cluster));

test("a Rollout is watched share by share: what is not deployed or not seen yet is waited for, the last share until it is Healthy", async () => {
  const said: string[] = [];
  const analysis = { canary: { currentStepAnalysisRunStatus: { name: "api-new-2", status: "Running" } } };
  const cluster: StandIn = new StandIn(
    () =>
      Object.assign(
        cluster,
        { deployed: template(imageOf(A)) },
        { status: { ...cluster.status, phase: "Healthy" } },
      ),
    () => Object.assign(cluster, { deployed: template(imageOf(B)), generation: 8 }),
    () =>
      Object.assign(cluster.status, {
        workloadObservedGeneration: "8",
        phase: "Paused",
        currentStepIndex: 1,
      }),
    () => Object.assign(cluster.status, { currentStepIndex: 2, ...analysis }),
    () => Object.assign(cluster.status, { currentStepIndex: 3, canary: {} }),
    () => Object.assign(cluster.status, { currentStepIndex: 5, phase: "Progressing" }),
    () => Object.assign(cluster.status, { phase: "Healthy", stableRS: "new" }),
  );
  const site = { ...entering(await project(), cluster), say: (line: string) => said.push(line) };
  expect(await promote({ release: B.digest }, site)).toMatchObject({ outcome: "promoted" });
  expect(said.filter((line) => /canary.*done/.test(line))).toEqual([
    "canary-10-percent: done (api past 10%: Paused at step 3, judged by api-new-2)",
    "canary-100-percent: done (api past 100%: Healthy)",
  ]);
});

const by = (status: string) => ({ canary: { currentStepAnalysisRunStatus: { name: "api-new-2", status } } });

test.each([
  ["Failed", false],
  ["Error", true],
])(
  "one that was aborted by an analysis that ended as %s goes back; nobody can tell: %s",
  async (status, inconclusive) => {
    const message = 'RolloutAborted: metric "availability"';
    const cluster: StandIn = new StandIn(() =>
      Object.assign(cluster.status, { phase: "Degraded", abort: true, message, ...by(status) }),
    );
    const outcome = await enter(await project(), cluster);
    expect(outcome).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true, inconclusive });
    expect(outcome.because).toContain(`${message} (api-new-2: ${status})`);
    expect(cluster.patches).toEqual([]);
  },
);

test("one that waits for a person is inconclusive, and aborted", async () => {
  const cluster: StandIn = new StandIn(() =>
    Object.assign(
      cluster.status,
      cluster.status.abort ? { phase: "Degraded" } : { phase: "Paused", message: "InconclusiveAnalysisRun" },
    ),
  );
  const outcome = await enter(await project(), cluster);
  expect(outcome).toMatchObject({ outcome: "rolled-back", held: true, inconclusive: true });
  expect(outcome.because).toContain("InconclusiveAnalysisRun");
  expect(cluster.patches).toEqual([{ status: { abort: true } }]);
});

test("a cluster that does not answer for a while is waited for; one that never did is none", async () => {
  const refused = new ProblemsError([
    { rule: "plan/cluster", severity: "error", message: "connection refused" },
  ]);
  const down = () => {
    throw refused;
  };
  const cluster: StandIn = new StandIn(
    () => Object.assign(cluster.status, { phase: "Paused" }),
    down,
    () => Object.assign(cluster.status, { phase: "Healthy" }),
  );
  expect(await enter(await project(), cluster)).toMatchObject({ outcome: "promoted" });
  const outcome = enter(await project(), new StandIn(down));
  await expect(outcome).rejects.toThrow("connection refused");
});

/** A release that has all requests since long; told to go back, the controller does what it does. */
function running(cluster: StandIn): void {
  Object.assign(cluster.status, { phase: "Healthy", stableRS: "new" });
  cluster.follow = () => {
    const seen = { workloadObservedGeneration: String(cluster.generation), currentPodHash: "old" };
    Object.assign(
      cluster.status,
      seen,
      cluster.status.promoteFull ? { stableRS: "old" } : { phase: "Paused" },
    );
  };
}

test("one that has all requests since long gets the pods of before, whole, and those all requests, without being asked again", async () => {
  const trial = await project();
  const cluster = new StandIn();
  const before = template(imageOf(A), [{ name: "MODE", value: "old" }]);
  cluster.releases.old = before;
  running(cluster);
  const site = entering(trial, cluster);
  expect(await promote({ release: B.digest }, site)).toMatchObject({ outcome: "promoted" });
  expect(await rollback({ because: "it burns" }, site)).toMatchObject({
    outcome: "rolled-back",
    runs: A.digest,
  });
  expect(cluster.patches).toEqual([
    [{ op: "replace", path: "/spec/template", value: before }],
    { status: { promoteFull: true } },
  ]);
});

test("where the cluster has forgotten them, what is deployed gets the image and the release of before", async () => {
  const trial = await project();
  const cluster = new StandIn();
  delete cluster.releases.old;
  running(cluster);
  const site = entering(trial, cluster);
  await promote({ release: B.digest }, site);
  await rollback({ because: "it burns" }, site);
  expect(cluster.deployed).toEqual({
    metadata: { labels: { name: "api" }, annotations: { "fairlead/release": A.digest } },
    spec: { containers: [{ name: "api", image: imageOf(A), env: [] }] },
  });
});

test("a controller that does not follow is told, and the promotion stays under way", async () => {
  const trial = await project();
  const cluster = new StandIn();
  running(cluster);
  const site = entering(trial, cluster);
  await promote({ release: B.digest }, site);
  cluster.follow = () => {};
  await expect(rollback({ because: "it burns" }, site)).rejects.toThrow("promotion/rollout-stands-still");
});
