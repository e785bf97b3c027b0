// How often the canary's judge rolls back: where nothing is wrong (false alarms, over all four steps together), and where something is (power),
// beside a judge that asks Mann and Whitney's test alone, p < 0.05 at each step, as many tools do. Seeded; prints JSON.
import { judgeCanary, type Observation, usualPlan } from "../../delivery/canary/judge.ts";
import { rankHigher } from "../../delivery/canary/mann-whitney.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";

const canaries = Number(process.argv[2] ?? 1_000);
/** Values on each side that each step adds. */
const perStep = 1_000;

/** Box and Muller. */
const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

interface Kind {
  /** Log-normal latency: median in seconds, sigma. */
  latency: { median: number; sigma: number };
  /** Share of requests that take so much longer. */
  slow?: { share: number; times: number };
  errors: number;
  /** Share of requests that end at the time limit, all after the same time. */
  timeOuts?: number;
}

/** Seconds. */
const timeLimit = 30;
const healthy: Kind = { latency: { median: 0.1, sigma: 0.5 }, errors: 0.001 };
const scenarios: Record<string, { baseline?: Kind; canary: Kind; isWorse: boolean }> = {
  "nothing changed": { canary: healthy, isWorse: false },
  "20 % slower": { canary: { ...healthy, latency: { median: 0.12, sigma: 0.5 } }, isWorse: true },
  "spread half as wide again, same median": {
    canary: { ...healthy, latency: { median: 0.1, sigma: 0.75 } },
    isWorse: true,
  },
  "3 % of requests 10 times slower": {
    canary: { ...healthy, slow: { share: 0.03, times: 10 } },
    isWorse: true,
  },
  "1 % errors instead of 0.1 %": { canary: { ...healthy, errors: 0.01 }, isWorse: true },
  "nothing changed, with 5 % time-outs": {
    baseline: { ...healthy, timeOuts: 0.05 },
    canary: { ...healthy, timeOuts: 0.05 },
    isWorse: false,
  },
  "10 % time-outs instead of 1 %": {
    baseline: { ...healthy, timeOuts: 0.01 },
    canary: { ...healthy, timeOuts: 0.1 },
    isWorse: true,
  },
};

function draw({ latency, slow, errors, timeOuts }: Kind, random: () => number) {
  const values = Array.from({ length: perStep }, () => {
    if (timeOuts !== undefined && random() < timeOuts) return timeLimit;
    const value = latency.median * Math.exp(latency.sigma * normal(random));
    return slow && random() < slow.share ? value * slow.times : value;
  });
  const failed = Array.from({ length: perStep }, () => (random() < errors ? 1 : 0)).reduce<number>(
    (a, b) => a + b,
    0,
  );
  return { values, failed };
}

/** At which step each judge rolls back; undefined: never. */
function canary(
  { baseline, canary }: { baseline?: Kind; canary: Kind },
  random: () => number,
): { ours?: number; rankAlone?: number } {
  const seen = { baseline: [] as number[], canary: [] as number[], before: 0, now: 0 };
  const at: { ours?: number; rankAlone?: number } = {};
  for (const step of usualPlan.steps.keys()) {
    const [old, fresh] = [draw(baseline ?? healthy, random), draw(canary, random)];
    seen.baseline.push(...old.values);
    seen.canary.push(...fresh.values);
    seen.before += old.failed;
    seen.now += fresh.failed;
    const total = seen.canary.length;
    const observations: Observation[] = [
      { name: "latency", kind: "values", baseline: seen.baseline, canary: seen.canary },
      {
        ...{ name: "errors", kind: "errors" },
        baseline: { errors: seen.before, total },
        canary: { errors: seen.now, total },
      },
    ];
    if (judgeCanary(observations).decision === "roll back") at.ours ??= step + 1;
    if (rankHigher(seen.baseline, seen.canary).p < 0.05) at.rankAlone ??= step + 1;
    if (at.ours !== undefined && at.rankAlone !== undefined) break;
  }
  return at;
}

const rows = Object.entries(scenarios).map(([name, { isWorse, ...kinds }], s) => {
  const ended = Array.from({ length: canaries }, (_, i) => canary(kinds, seededNumbers(1_000_003 * s + i)));
  const rate = (judge: "ours" | "rankAlone") =>
    ended.filter((one) => one[judge] !== undefined).length / canaries;
  const atFirst = ended.filter(({ ours }) => ours === 1).length / canaries;
  return { name, isWorse, ours: rate("ours"), atFirst, rankAlone: rate("rankAlone") };
});
process.stdout.write(JSON.stringify({ canaries, perStep, alpha: usualPlan.alpha, rows }));
