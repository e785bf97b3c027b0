// What is watched once a release has all of the traffic, and stacks: what they answer is told here, what is done with it is real.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "../../live/prometheus.ts";
import type { Alert } from "../../model/model.ts";
import { approvedReleasesStep } from "./approved-releases.ts";
import { type Stacks, type StacksPlan, terraformDeployer } from "./deployers/terraform.ts";
import { A, B, promotedTrial } from "./fixtures/promoted-trial.ts";
import { ENVIRONMENT, PLATFORM, type Trial, trialSite } from "./fixtures/trial-site.ts";
import { promote } from "./promote.ts";
import { rollback } from "./rollback.ts";
import type { Site } from "./site.ts";
import { watchStep } from "./watch.ts";
import { watchedAlerts } from "./watched-alerts.ts";

type Said = "quiet" | "firing" | "no rule" | "down";

/** A Prometheus that says of its alert what it is told to, time after time; the last for good. */
async function prometheus(...said: Said[]) {
  const asked: Said[] = [];
  const server = createServer((_, response) => {
    const now = said.length > 1 ? said.shift() : said[0];
    asked.push(now ?? "down");
    if (now === "down") return void response.destroy();
    const labels = { platform: PLATFORM, environment: ENVIRONMENT };
    const alert = { labels, state: "firing", activeAt: "2026-03-01T03:00:00Z", value: "1" };
    const rule = { name: "ShopBurns", labels, alerts: now === "firing" ? [alert] : [] };
    const data = { groups: [{ rules: now === "no rule" ? [] : [rule] }] };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ status: "success", data }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked };
}

/** A site that watches an alert for some seconds, by a clock of which each look takes five seconds. */
function watching(
  trial: Trial,
  url: string,
  seconds: { watchSeconds: number; timeoutSeconds: number },
): Site {
  const site = trialSite(trial);
  let passed = 0;
  const watched = {
    prometheus: connect(url),
    alerts: [{ alertname: "ShopBurns", labels: { platform: PLATFORM, environment: ENVIRONMENT } }],
    ...seconds,
    now: () => new Date(passed),
    sleep: async () => {
      passed += 5_000;
    },
  };
  return { ...site, afterwards: [watchStep(watched)] };
}

const SECONDS = { watchSeconds: 20, timeoutSeconds: 120 };
const lockFile = async ({ root }: Trial) =>
  JSON.parse(await readFile(join(root, "promotion/shop/prod.lock.json"), "utf8"));

test("an alert that fires while it is watched takes the release back, and the environment is held (AH-3)", async () => {
  const trial = await promotedTrial();
  const { url } = await prometheus("quiet", "quiet", "firing", "down");
  const outcome = await promote({ release: B.digest }, watching(trial, url, SECONDS));
  expect(outcome).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true, inconclusive: false });
  expect(outcome.because).toContain("ShopBurns fires since 2026-03-01T03:00:00.000Z");
  expect(await lockFile(trial)).toMatchObject({ release: A.digest });
});

test("the time counts only as long as Prometheus tells that nothing fires", async () => {
  const trial = await promotedTrial();
  const { url, asked } = await prometheus("quiet", "quiet", "down", "no rule", "quiet");
  const outcome = await promote({ release: B.digest }, watching(trial, url, SECONDS));
  expect(outcome).toMatchObject({ outcome: "promoted", runs: B.digest });
  // Twenty seconds after the gap: five looks.
  expect(asked).toEqual(["quiet", "quiet", "down", "no rule", ...new Array(5).fill("quiet")]);
});

test.each(["down", "no rule"] as const)(
  "while it is %s nothing is ever promoted: after the time it goes back, which asks nothing",
  async (said) => {
    const trial = await promotedTrial();
    const { url, asked } = await prometheus(said);
    const site = watching(trial, url, SECONDS);
    const outcome = await promote({ release: B.digest }, site);
    expect(outcome).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true, inconclusive: true });
    const before = asked.length;
    await promote({ release: B.digest }, trialSite(trial));
    await rollback({ because: "Prometheus is down" }, site);
    expect(await lockFile(trial)).toMatchObject({ release: A.digest });
    expect(asked.length).toBe(before);
  },
);

const PLAN = { digest: "1".repeat(64), says: "1 changes", changes: true, waits: false, loses: [] };

/** Stacks that write down what is done with them; each plan is the next of those given, then one without changes. */
function stacks(...plans: Partial<StacksPlan>[]): Stacks & { did: string[] } {
  const did: string[] = [];
  return {
    did,
    async plan() {
      const next = { ...PLAN, ...(plans.shift() ?? { changes: false, digest: "0".repeat(64) }) };
      did.push(`plan ${next.digest.slice(0, 1)}`);
      return next;
    },
    async apply(digest) {
      did.push(`apply ${digest.slice(0, 1)}`);
    },
  };
}

function deploying(trial: Trial, stacks: Stacks, approved: string[][] = []): Site {
  const place = { root: trial.root, platform: PLATFORM, environment: ENVIRONMENT };
  const approve = approvedReleasesStep(async (releases) => {
    approved.push(releases.map(({ digest }) => digest));
  });
  return { ...trialSite(trial), canary: undefined, deployer: terraformDeployer(place, { stacks, approve }) };
}

test("the stacks are planned with the lock file written, and exactly that plan is applied; what waits is planned again", async () => {
  const trial = await promotedTrial();
  const cluster = stacks({ waits: true }, { digest: "2".repeat(64) });
  const approved: string[][] = [];
  const outcome = await promote({ release: B.digest }, deploying(trial, cluster, approved));
  expect(outcome).toMatchObject({ outcome: "promoted" });
  expect(cluster.did).toEqual(["plan 1", "apply 1", "plan 2", "apply 2"]);
  // The one that runs may still be needed.
  expect(approved).toEqual([[B.digest, A.digest]]);
});

test("a plan that loses data is never applied: the lock file is taken back, and told is what to do", async () => {
  const trial = await promotedTrial();
  const cluster = stacks({ loses: ["PersistentVolumeClaim/orders"] });
  const outcome = await promote({ release: B.digest }, deploying(trial, cluster));
  expect(outcome).toMatchObject({ outcome: "aborted", runs: A.digest, held: false });
  expect(outcome.because).toContain("fairlead apply with --confirm-destroy PersistentVolumeClaim/orders");
  expect(cluster.did).toEqual(["plan 1"]);
  expect(await lockFile(trial)).toMatchObject({ release: A.digest, images: A.content.images });
});

test("what fails once it was applied is planned and applied back", async () => {
  const trial = await promotedTrial();
  const cluster = stacks({}, { changes: false }, { digest: "3".repeat(64) });
  const outcome = await promote({ release: B.digest }, { ...deploying({ ...trial, check: 1 }, cluster) });
  expect(outcome).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true });
  expect(cluster.did).toEqual(["plan 1", "apply 1", "plan 1", "apply 1"]);
});

test("an alert is named by its own name, and an SLO stands for all alerts on the burning of its budget", () => {
  const alert = (name: string, more: object = {}) => ({
    name,
    alertname: name.toUpperCase(),
    source: "catalog",
    ...more,
  });
  const alerts = [
    alert("queue-long"),
    alert("availability-page", { source: "slo-burn", slo: "availability" }),
    alert("availability-ticket", { source: "slo-burn", slo: "availability" }),
    alert("availability-absent", { source: "slo-absent", slo: "availability" }),
  ] as Alert[];
  const watched = (...names: string[]) =>
    watchedAlerts({ name: PLATFORM, alerts }, { environment: ENVIRONMENT, names }).map(
      ({ alertname }) => alertname,
    );
  expect(watched("queue-long")).toEqual(["QUEUE-LONG"]);
  expect(watched("availability")).toEqual(["AVAILABILITY-PAGE", "AVAILABILITY-TICKET"]);
});
