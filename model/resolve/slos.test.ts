import { defineMetrics, type PlatformInput, type SloInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf, problemsOf } from "../../tests/model-of.ts";
import * as right from "../../tests/shop.ts";

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
        labels: { outcome: ["ok", "failed"], tenant: { atMost: 40 }, region: ["eu", "us", "asia"] },
      },
      done_timestamp_seconds: {
        type: "gauge",
        class: "system",
        unit: "seconds",
        help: "When it was last done.",
        services: ["api"],
      },
      answer_seconds: {
        type: "histogram",
        class: "user",
        unit: "seconds",
        help: "Answering.",
        services: ["api"],
        native: true,
      },
    },
  ),
};

const common = {
  title: "Title",
  description: "Description.",
  service: "api",
  objective: "99%",
  runbook: right.slos["order-success"].runbook,
} as const;

type Own = Omit<SloInput, keyof typeof common> & Partial<SloInput>;

/** The shop with further SLOs beside its own. */
function shopWith(own: Record<string, Own>): PlatformInput {
  const slos = Object.fromEntries(Object.entries(own).map(([name, slo]) => [name, { ...common, ...slo }]));
  const panel = {
    title: "All of them",
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

const problems = (own: Record<string, Own>) => problemsOf([shopWith(own)], right.policies);
const rules = (own: Record<string, Own>, name: string, record: string) =>
  modelOf([shopWith(own)], right.policies)
    .platforms[0]?.slos.find((slo) => slo.name === name)
    ?.recordingRules.filter((rule) => rule.record === record)
    .map(({ expr }) => expr);

const jobs: Own = {
  sli: {
    kind: "bad-events",
    bad: { metric: "jobs_total", where: { outcome: "failed" } },
    total: { metric: "jobs_total" },
  },
};
const custom = (sli: Partial<Extract<SloInput["sli"], { kind: "custom" }>>): Own => ({
  sli: {
    kind: "custom",
    bad: 'sum(increase(jobs_total{outcome="failed"}[$window]))',
    total: "sum(increase(jobs_total[$window]))",
    examples: [{ title: "some", series: { jobs_total: "0x9" }, expect: [{ at: "5m", events: 2, bad: 1 }] }],
    ...sli,
  },
});

const composite = (...names: string[]): Own => ({
  sli: { kind: "composite", of: names.map((slo) => ({ slo, weight: 1 })) },
});

test.each<[string, Record<string, Own>, string]>([
  [
    "more groups than are allowed",
    { one: { ...jobs, by: ["tenant", "region"] } },
    "slo/too-many-series at slos.one.by: tenant × region may have 120 combinations, and the SLO allows 100 → keep fewer labels apart, declare fewer values, or set atMostSeries: 120",
  ],
  [
    "a group by a label that nobody declares, such as one of the scrape",
    { one: { ...jobs, by: ["instance"] } },
    'promql/unknown-label at slos.one.by[0]: metric "jobs_total" declares no label "instance" → declare it with its values, or { atMost: N }',
  ],
  [
    "a group by a label that the rules set",
    { one: { ...jobs, by: ["service"] } },
    'alert/label-set-by-rule at slos.one.by[0]: label "service" cannot keep groups apart: the rules set it to one value → take it out',
  ],
  [
    "a group by a label that the SLI selects by",
    { one: { ...jobs, by: ["outcome"] } },
    'slo/group-selected at slos.one.by[0]: the SLI selects by "outcome", which is to stay apart → take the condition on it out of the SLI, or the label out of by',
  ],
  [
    "freshness of what is no time",
    { one: { sli: { kind: "freshness", metric: "shop_queue_depth", youngerThan: "1h" } } },
    'slo/not-a-time at slos.one.sli.metric: "shop_queue_depth" is in count, and freshness needs the Unix time at which something last happened → choose a gauge in seconds, such as "backup_last_success_timestamp_seconds"',
  ],
  [
    "minutes that are finer than a sample",
    {
      one: {
        objective: "99.99%",
        sli: { kind: "freshness", metric: "done_timestamp_seconds", youngerThan: "1h" },
      },
    },
    "slo/finer-than-a-sample at slos.one.objective: at 99.99% tier page-quick fires after 5.18 bad seconds, and the gauge is looked at every 30 s → lower the objective, or count events instead of minutes",
  ],
  [
    "a native histogram's number of events",
    {
      one: {
        sli: { kind: "bad-events", bad: { metric: "answer_seconds" }, total: { metric: "answer_seconds" } },
      },
    },
    'metric/wrong-type at slos.one.sli.bad.metric: metric "answer_seconds" is a histogram, and a counter is needed here → choose a counter',
  ],
  [
    "a composite of itself",
    { one: composite("order-success", "two"), two: composite("one", "order-success") },
    "slo/cyclic-composite at slos.one.sli.of: it is made of itself: one → two → one → take one of these parts out",
  ],
  [
    "a composite over another period",
    { one: { ...composite("order-success", "order-latency"), period: "28d" } },
    'slo/composite-mismatch at slos.one.sli.of[0]: "order-success" cannot be a part here: its period is 30d, not 28d → give all of them the same period and the same by, and name each once',
  ],
  [
    "a composite of other groups",
    { one: { ...composite("two", "order-success"), by: ["tenant"] }, two: { ...jobs, by: ["tenant"] } },
    'slo/composite-mismatch at slos.one.sli.of[1]: "order-success" cannot be a part here: it keeps nothing apart, not tenant → give all of them the same period and the same by, and name each once',
  ],
  [
    "a composite that names a part twice",
    { one: composite("order-success", "order-success") },
    'slo/composite-mismatch at slos.one.sli.of[1]: "order-success" cannot be a part here: it is a part already → give all of them the same period and the same by, and name each once',
  ],
  [
    "a composite of something unknown",
    { one: composite("order-success", "order-sucess") },
    'reference/unknown-slo at slos.one.sli.of[1].slo: no SLO "order-sucess" in shop; it has "one", "order-latency", "order-success" → did you mean "order-success"?',
  ],
  [
    "own PromQL that does not parse",
    { one: custom({ total: "sum(increase(jobs_total[$window])" }) },
    "promql/syntax at slos.one.sli.total: the query does not parse at its end → write a query that Prometheus accepts",
  ],
  [
    "own PromQL of a metric that nobody declares",
    { one: custom({ total: "sum(increase(job_total[$window]))" }) },
    'promql/unknown-metric at slos.one.sli.total: no metric "job_total" is declared → did you mean "jobs_total"?',
  ],
  ...[
    ["sum(increase(jobs_total[5m]))", "the expression does not count over [$window]"],
    [
      "sum(increase(jobs_total[$window])) + sum(increase(jobs_total[5m]))",
      "a range other than [$window] would be the same for every window",
    ],
    [
      "sum(increase(jobs_total[$window] offset 1h))",
      "a fixed moment or offset would be the same for every window",
    ],
    ["sum(rate(jobs_total[$window]))", "rate() is a pace, and the events of a window are needed"],
  ].map(([total = "", said = ""]): [string, Record<string, Own>, string] => [
    `own PromQL such as ${total}`,
    { one: custom({ total }) },
    `slo/custom-window at slos.one.sli.total: ${said} → count over the window and over nothing else: "sum(increase(my_errors_total[$window]))"`,
  ]),
  [
    "an example that does not say its group",
    { one: { ...custom({}), by: ["tenant"] } },
    'slo/custom-group at slos.one.sli.examples[0].expect[0]: the expectation must say of which group it is: tenant → write of: { tenant: "…" }',
  ],
  [
    "minutes with an answer to no traffic",
    {
      one: {
        noTraffic: "good",
        sli: { kind: "freshness", metric: "done_timestamp_seconds", youngerThan: "1h" },
      },
    },
    'schema/wrong-value at slos.one.noTraffic: noTraffic is "good": it has a meaning only where events are counted',
  ],
])("%s is a problem", (_what, own, said) => {
  expect(
    problems(own)
      .split("\n")
      .map((line) => line.replace(/ → $/, "")),
  ).toContainEqual(expect.stringContaining(said));
});

test("a part records what its composite reads, and a guarded part says nothing in a window with too few events", () => {
  const own = {
    one: { ...composite("order-success", "low"), objective: "99%" },
    low: { ...jobs, objective: "50%" },
  } as const;
  // At 50% neither page can fire, but the composite's can.
  expect(rules(own, "low", "slo:sli_error:ratio_rate1h")).toHaveLength(1);
  expect(rules(own, "one", "slo:sli_error:ratio_rate1h")).toEqual([
    'sum(1 * (slo:sli_error:ratio_rate1h{platform="shop",slo="order-success"} and slo:sli_total:increase1h{platform="shop",slo="order-success"} >= 50) or 1 * slo:sli_error:ratio_rate1h{platform="shop",slo="low"})' +
      ' / sum(1 * (slo:sli_error:ratio_rate1h{platform="shop",slo="order-success"} and slo:sli_total:increase1h{platform="shop",slo="order-success"} >= 50) ^ 0 or 1 * slo:sli_error:ratio_rate1h{platform="shop",slo="low"} ^ 0)',
  ]);
  expect(rules({ low: own.low }, "low", "slo:sli_error:ratio_rate1h")).toEqual([]);
});

test("events are counted in the windows in which somebody asks how many there were", () => {
  // At 80% the pages cannot fire: 6h is a short window only, unless a composite weighs its parts by it.
  const low = { ...jobs, objective: "80%", minimumEvents: 10 } as const;
  const whole = { ...composite("order-success", "low"), objective: "80%" } as const;
  const counted = (own: Parameters<typeof rules>[0]) =>
    ["1h", "6h", "1d", "3d"].filter((window) => rules(own, "low", `slo:sli_total:increase${window}`)?.length);
  expect(counted({ low })).toEqual(["1d", "3d"]);
  expect(counted({ low, whole })).toEqual(["6h", "1d", "3d"]);
});
