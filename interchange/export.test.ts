import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { defineMetrics, type PlatformInput, type SloInput } from "fairlead";
import { expect, onTestFinished, test } from "vitest";
import type { Slo } from "../model/model.ts";
import { ProblemCollector } from "../model/problems.ts";
import { developmentTool } from "../tests/development-tool.ts";
import { modelOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { exportOpenSlo } from "./export.ts";
import { importPlatform } from "./import.ts";

const metrics = {
  ...right.metrics,
  ...defineMetrics(
    { services: right.services },
    {
      jobs_total: {
        type: "counter",
        class: "business",
        help: "Jobs.",
        services: ["api"],
        labels: { outcome: ["ok", "failed"], tenant: { atMost: 40 } },
      },
      done_timestamp_seconds: {
        type: "gauge",
        class: "system",
        unit: "seconds",
        help: "When it was last done.",
        services: ["api"],
      },
      wait_seconds: {
        type: "histogram",
        class: "user",
        unit: "seconds",
        help: "Waiting.",
        services: ["api"],
        buckets: [0.3, 1],
      },
    },
  ),
};
const { runbook } = right.slos["order-success"];
const common = {
  description: 'Described: "quotes", {braces} and ${more}.',
  service: "api",
  objective: "99%",
  runbook,
} as const;
const jobs = { metric: "jobs_total" } as const;
const failed = { ...jobs, where: { outcome: "failed" } };

const own: Record<string, SloInput> = {
  bad: {
    ...common,
    title: "Bad of all",
    sli: { kind: "bad-events", bad: failed, total: jobs },
    minimumEvents: 20,
    noTraffic: "unknown",
  },
  slow: {
    ...common,
    title: "A title that is longer than the sixty-three characters of a display name",
    sli: { kind: "latency", metric: "wait_seconds", threshold: "1s" },
    period: "calendar-quarter",
  },
  fast: {
    ...common,
    title: "Fast",
    objective: "99.95%",
    sli: { kind: "latency", metric: "wait_seconds", threshold: "300ms" },
    period: "7d",
  },
  fresh: {
    ...common,
    title: "Fresh",
    sli: { kind: "freshness", metric: "done_timestamp_seconds", youngerThan: "6h", counts: "oldest" },
    period: "calendar-month",
  },
  deep: {
    ...common,
    title: "Deep",
    sli: { kind: "gauge", metric: "shop_queue_depth", aggregate: "max", is: "<=", value: 100 },
    period: "28d",
  },
  own: {
    ...common,
    title: "Own",
    sli: {
      kind: "custom",
      bad: 'sum(increase(jobs_total{outcome=~"fail.*"}[$window]))',
      total: "sum(increase(jobs_total[$window]))",
      examples: [
        {
          title: "Half",
          series: { 'jobs_total{platform="shop",outcome="failed"}': "0+1x20" },
          expect: [{ at: "15m", events: 5, bad: 5 }],
        },
      ],
    },
  },
};
const unsayable: Record<string, SloInput> = {
  each: {
    ...common,
    title: "Each tenant's",
    by: ["tenant"],
    sli: { kind: "bad-events", bad: failed, total: jobs },
  },
  both: {
    ...common,
    title: "Both",
    period: "30d",
    sli: { kind: "composite", of: [{ slo: "bad" }, { slo: "own" }] },
  },
};

function shop(): PlatformInput {
  const slos = { ...own, ...unsayable };
  const panel = {
    title: "All",
    description: "All.",
    type: "stat" as const,
    unit: "count" as const,
    queries: [{ expr: "sum(jobs_total)" }],
    slos: Object.keys(slos),
  };
  const dashboards = {
    more: { title: "More", description: "More.", rows: [{ title: "More", panels: [panel] }] },
  };
  const [base, ...rest] = right.shop.parts;
  return { ...right.shop, parts: [{ ...base, metrics }, ...rest, { slos, dashboards }] };
}

async function exported(): Promise<{ file: string; said: string[]; slos: Slo[] }> {
  const [platform] = modelOf([shop()], right.policies).platforms;
  if (!platform) throw new Error("no platform");
  const problems = new ProblemCollector(() => undefined);
  const folder = await mkdtemp(join(tmpdir(), "fairlead-export-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, "shop.yaml");
  await writeFile(file, exportOpenSlo(platform, problems));
  return {
    file,
    said: problems.problems.map(({ rule, message }) => `${rule}: ${message}`),
    slos: platform.slos,
  };
}

/** What an SLO is, whoever described it: its words and all that it records. */
function essence(slo: Slo) {
  const {
    name,
    title,
    description,
    service,
    objective,
    period,
    minimumEvents,
    noTraffic,
    recordingRules,
    tiers,
  } = slo;
  const rules = recordingRules.map(({ record, expr, labels: { team, ...labels } }) => ({
    record,
    expr,
    labels,
  }));
  return { name, title, description, service, objective, period, minimumEvents, noTraffic, rules, tiers };
}

test("an SLO that was exported and imported again records the same series by the same rules", async () => {
  const { file, slos } = await exported();
  const { model } = await importPlatform([file], { format: "openslo", platform: "shop" });
  const [again] = model.platforms;
  const sayable = slos.filter(({ name }) => !(name in unsayable));
  expect(sayable.length).toBeGreaterThan(6);
  expect(again?.slos.map(essence)).toEqual(sayable.map(essence));
});

test("what OpenSLO cannot say is told", async () => {
  expect((await exported()).said).toEqual([
    'interchange/not-exported: "both" is left out: it is made of other SLOs',
    'interchange/not-exported: "each" is left out: it keeps tenant apart, each with a budget of its own',
  ]);
});

test("oslo, the validator of the OpenSLO project, accepts what is exported, and nothing that is broken", async () => {
  const oslo = await developmentTool("oslo");
  const { file } = await exported();
  const validate = async () => {
    const { all, exitCode } = await execa(oslo, ["validate", "-f", file], {
      all: true,
      reject: false,
      timeout: 30_000,
    });
    return { said: all, exitCode };
  };
  expect(await validate()).toEqual({ said: "Valid!", exitCode: 0 });

  await writeFile(file, (await readFile(file, "utf8")).replace("Occurrences", "Something"));
  expect((await validate()).exitCode).not.toBe(0);
}, 400_000);
