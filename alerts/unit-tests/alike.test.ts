import type { PlatformInput } from "fairlead";
import fc from "fast-check";
import { expect, test } from "vitest";
import { modelOf } from "../../tests/model-of.ts";
import { environments, policies, services, shop } from "../../tests/shop.ts";
import { shopWith } from "../../tests/shop-with.ts";
import { manySignals } from "../fixtures/many-signals.ts";
import { ruleFiles } from "../rule-files.ts";
import { sloGroupNames } from "../rules.ts";
import { testFiles, testTexts } from "../test-files.ts";
import { onceForAlike } from "./alike.ts";

/** The tests of every SLO's alerts, each worked out by itself. */
function byThemselves(platform: ReturnType<typeof modelOf>["platforms"][number]): string[] {
  const environment = platform.environments.at(-1);
  if (!environment) return [];
  const texts = ruleFiles(platform).flatMap(({ slo, alerts }) =>
    slo
      ? testTexts({ slo, alerts, groups: sloGroupNames(slo, platform) }, { platform, environment })
      : alerts.flatMap((alert) =>
          testTexts(
            { alerts: [alert], groups: [`${platform.name}/${alert.name}`] },
            { platform, environment },
          ),
        ),
  );
  return texts.map((text) => text());
}

test.each([
  ["the shop", modelOf([shop], policies)],
  ["a platform with every form of SLO", modelOf([manySignals])],
])("the tests of %s are those that each SLO would have by itself", (_, { platforms }) => {
  for (const platform of platforms)
    expect(testFiles(platform).map(({ content }) => content)).toEqual(byThemselves(platform));
});

// Names that tests, YAML, PromQL or the stand-ins themselves mean something by, and some that mean nothing.
const name = fc.oneof(
  fc.constantFrom(
    "latency",
    "no",
    "null",
    "e5",
    "another",
    "other",
    "one",
    "critical",
    "ok",
    "failed",
    "orders",
  ),
  fc.constantFrom(
    "zq0qz",
    "zq1qz-a",
    "a",
    "b-c",
    "fast",
    "shop",
    "job",
    "service",
    "users",
    "users-of-users",
  ),
  fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}$/),
);

function platformOf(
  names: readonly string[],
  slos: readonly string[],
  labels: readonly string[],
): PlatformInput {
  const each = <T>(all: readonly string[], of: (name: string, i: number) => T) =>
    Object.fromEntries(all.map((one, i) => [one, of(one, i)]));
  const { store } = services;
  const counter = { metric: "calls_total" };
  return shopWith({
    services: each(names, (one) => ({ ...store, title: `The ${one}`, metrics: { port: "store" } })),
    metrics: {
      calls_total: {
        type: "counter",
        class: "user",
        help: "Calls.",
        services: [...names],
        labels: { outcome: [...labels] },
      },
    },
    slos: each(slos, (one, i) => {
      const service = names[i % names.length] ?? "";
      return {
        title: `Calls of ${one} to ${service} succeed`,
        description: `Users of ${service}: see ${one}.`,
        service,
        objective: "99%",
        sli: { kind: "bad-events", bad: { ...counter, where: { outcome: labels.slice(1) } }, total: counter },
        runbook: {
          meaning: "It fails.",
          impact: "Users wait.",
          diagnosis: [{ do: "Look." }],
          mitigation: [{ do: "Mend it." }],
        },
      };
    }),
    alerts: {},
    dashboards: { [slos[0] ?? "all"]: dashboardOf(slos) },
    volumes: {},
    events: {},
    loadProfiles: {},
    gates: {},
    environments: { local: { ...environments.local, services: {}, volumes: {} } },
  } as unknown as Parameters<typeof shopWith>[0]);
}

function dashboardOf(slos: readonly string[]) {
  const query = { expr: "sum(rate(calls_total[5m]))", legend: "calls" };
  const panel = {
    title: "Calls",
    description: "Few fail.",
    type: "timeseries",
    unit: "per-second",
    queries: [query],
    slos,
  };
  return { title: "Calls", description: "How they do.", rows: [{ title: "Calls", panels: [panel] }] };
}

const CONFUSING: [string[], string[], string[]][] = [
  [
    ["another", "orders"],
    ["one", "latency"],
    ["another", "other"],
  ],
  [
    ["orders", "another"],
    ["another", "other"],
    ["a", "another"],
  ],
  [
    ["a", "b"],
    ["one", "c"],
    ["b", "a"],
  ],
  [
    ["no", "e5"],
    ["null", "y"],
    ["no", "yes"],
  ],
  [
    ["zq0qz", "zq1qz"],
    ["zq1qz", "x"],
    ["zq0qz", "zq2qz"],
  ],
];

test("whatever services, SLOs and labels are called, tests are those that each SLO would have by itself", () => {
  const several = fc.uniqueArray(name, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(several, several, several, (names, slos, labels) => {
      const [platform] = modelOf([platformOf(names, slos, labels)]).platforms;
      if (!platform) throw new Error("no platform");
      expect(testFiles(platform).map(({ content }) => content)).toEqual(byThemselves(platform));
    }),
    { numRuns: 20, examples: CONFUSING },
  );
}, 120_000);

test("the tests of a thousand SLOs of one form are worked out once", () => {
  let written = 0;
  const [platform] = modelOf([
    platformOf(["users", "orders"], ["a-ok", "b-ok", "c-ok", "d-ok"], ["ok", "failed"]),
  ]).platforms;
  const write = onceForAlike(({ alerts }) => {
    written++;
    return alerts.map(
      ({ alertname }) =>
        () =>
          alertname,
    );
  });
  const texts = platform?.slos.map((slo) =>
    write({
      slo,
      groups: [],
      dashboards: [],
      alerts: platform.alerts.filter((alert) => alert.slo === slo.name),
    }),
  );
  expect(texts?.map(([first]) => first?.())).toEqual(["AOkAbsent", "BOkAbsent", "COkAbsent", "DOkAbsent"]);
  // Of each service one, since to the one the other comes first, and the SLO that the dashboard is named after.
  expect(written).toBe(3);
});
