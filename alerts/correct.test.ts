// Where SLO rules usually err: each case is played to the generated rules and to the usual ones, in one promtool test.
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { casesPlatform, naiveRules } from "./fixtures/cases.ts";
import { promtool } from "./fixtures/promtool.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { alerts } from "./index.ts";

const GROUPS = ["/long", "/counts", "", "/period"];

interface Case {
  name: string;
  /** Time between evaluations, of which the default is also that between samples. */
  evaluation?: string;
  /** SLOs of the platform that take part; all others would only take time. */
  slos?: string[];
  /** Samples of failed and of successful requests, in promtool's notation; left out: no such series. */
  failed?: string;
  ok?: string;
  /** Further series. */
  more?: Record<string, string>;
  at: string;
  /** What must hold: an expression's value, or that it has none. */
  holds: Record<string, number | "nothing">;
  /** Alerts that must fire at that time, out of these; all others of them must be silent. */
  fires?: string[];
  silent?: string[];
}

const ratio = (window: string, slo = "plain") => `slo:sli_error:ratio_rate${window}{slo="${slo}"}`;
const period = 'slo:period_error:ratio{slo="plain"}';

const cases: Case[] = [
  {
    name: "without traffic nothing fails; the usual ratio is 0/0, which no comparison and no average survives",
    // An hour of traffic, half an hour of none.
    failed: "0x90",
    ok: "0+60x60 3600x30",
    at: "90m",
    holds: {
      [ratio("5m")]: 0,
      [period]: 0,
      "naive:ratio5m > -1": "nothing",
      "naive:period > -1": "nothing",
    },
  },
  {
    name: "one failure out of ten requests at night pages nobody where fifty are needed to mean something",
    failed: "0x55 1x10",
    ok: "0+0.1666015625x65",
    at: "59m",
    slos: ["plain", "guarded"],
    holds: { [`${ratio("1h", "guarded")} > bool 0.09`]: 1 },
    fires: ["NaivePage", "PlainPageQuick"],
    silent: ["GuardedPageQuick", "GuardedPageSlow"],
  },
  {
    name: "before the first failure its series does not exist: that is 0, and no gap",
    ok: "0+60x90",
    at: "90m",
    holds: {
      [ratio("5m")]: 0,
      [ratio("1h")]: 0,
      [period]: 0,
      "naive:ratio5m": "nothing",
      "naive:period": "nothing",
    },
  },
  {
    name: "a restart of one of two instances counts nothing twice; to add up first and to take the rate then does",
    failed: "1000+1x90",
    ok: "1000+99x90",
    more: { 'requests_total{platform="cases",outcome="ok",instance="b"}': "900000+100x60 0+100x30" },
    at: "70m",
    holds: {
      // 1 of 200.
      [`abs(${ratio("1h")} - 0.005) < bool 0.0001`]: 1,
      'rate(sum(requests_total{outcome="failed"})[1h:1m]) / rate(sum(requests_total)[1h:1m]) > bool 0.005': 0,
    },
  },
  {
    name: "a series that is born with 5 hides those five from every increase(); born with 0 it shows them",
    failed: "_x59 5x30",
    ok: "0+60x90",
    at: "62m",
    holds: { [ratio("5m")]: 0, "naive:ratio5m": 0 },
  },
  {
    name: "the same five are seen where the label's values are initialised, as every service must",
    failed: "0x59 5x30",
    ok: "0+60x90",
    at: "62m",
    holds: { [`abs(${ratio("5m")} - 5 / 305) < bool 0.001`]: 1 },
  },
  {
    name: "a period weighs events and not hours: a bad idle night is not half of a busy day",
    evaluation: "5m",
    // Twelve hours with two requests a minute of which one fails, twelve with two thousand of which none fails.
    failed: "0+1x720 720x720",
    ok: "0+1x720 720+2000x720",
    at: "24h",
    holds: {
      // 720 of 1,441,440.
      [`abs(${period} - 0.0005) < bool 0.00001`]: 1,
      "naive:period > bool 0.2": 1,
    },
  },
  {
    name: "a threshold of 0.1% is 0.001: what is exactly as much as the budget allows does not alert",
    more: {
      'slo:sli_error:ratio_rate6h{platform="cases",slo="plain"}': "0.001x9",
      'slo:sli_error:ratio_rate3d{platform="cases",slo="plain"}': "0.001x9",
    },
    at: "5m",
    holds: {
      // As binary fractions have it: 0.0009999999999999432.
      [`${ratio("6h")} > (100 - 99.9) / 100`]: 0.001,
      [`${ratio("6h")} > 0.001`]: "nothing",
    },
    silent: ["PlainTicketSlow"],
  },
  {
    name: "at 90% the quickest page would wait for 144% errors: it is not written, and the next one fires",
    failed: "0+60x400",
    ok: "0x400",
    at: "390m",
    evaluation: "5m",
    slos: ["lax"],
    holds: { [ratio("6h", "lax")]: 1 },
    fires: ["LaxPageSlow"],
    silent: ["NaivePageOf90"],
  },
  {
    name: "what failed during a gap in scraping is in the windows that reach over it; an average of 5-minute ratios never sees it",
    failed: "0x30 _x20 200x20",
    ok: "0+60x30 _x20 3060+60x20",
    at: "60m",
    holds: {
      [`${ratio("1h")} > bool 0.05`]: 1,
      "avg_over_time(naive:ratio5m[1h])": 0,
      // As honest as can be: the period adds up five minutes at a time, and does not see it either.
      [period]: 0,
    },
  },
];

const ruleFile = ({ path }: { path: string }) => path.includes("/prod/rules/");
const artifacts = alerts(modelOf([casesPlatform]));

function testOf({ name, evaluation = "1m", slos = ["plain"], failed, ok, more, ...expected }: Case) {
  const { at, holds, fires = [], silent = [] } = expected;
  const request = (outcome: string) => `requests_total{platform="cases",outcome="${outcome}",instance="a"}`;
  const series = {
    ...(failed !== undefined && { [request("failed")]: failed }),
    ...(ok !== undefined && { [request("ok")]: ok }),
    ...more,
  };
  // Whether it fires, not what it says: that is for the generated tests.
  const state = (alertname: string, value: number) => ({
    expr: `count(ALERTS{alertname="${alertname}",alertstate="firing"}) or vector(0)`,
    eval_time: at,
    exp_samples: [{ labels: "{}", value }],
  });
  return {
    rule_files: ["naive.yaml", ...slos.map((slo) => `generated/alerts/cases/prod/rules/${slo}.yaml`)],
    evaluation_interval: evaluation,
    group_eval_order: ["naive", ...slos.flatMap((slo) => GROUPS.map((group) => `cases/${slo}${group}`))],
    tests: [
      {
        name,
        interval: "1m",
        input_series: Object.entries(series).map(([series, values]) => ({ series, values })),
        promql_expr_test: [
          ...Object.entries(holds).map(([expr, value]) => ({
            // Values without their labels.
            expr: `sum(${expr})`,
            eval_time: at,
            exp_samples: value === "nothing" ? [] : [{ labels: "{}", value }],
          })),
          ...fires.map((alertname) => state(alertname, 1)),
          ...silent.map((alertname) => state(alertname, 0)),
        ],
      },
    ],
  };
}

async function play(tests: object): Promise<{ ok: boolean; said: string }> {
  const files = [
    ...artifacts.filter(ruleFile),
    { path: "naive.yaml", content: JSON.stringify(naiveRules) },
    { path: "test.yaml", content: JSON.stringify(tests) },
  ];
  return promtool(["test", "rules", "test.yaml"], await temporaryFolder(files));
}

test.each(cases)("$name", async (one) => {
  expect(await play(testOf(one))).toEqual({ ok: true, said: expect.any(String) });
});
