// Platforms of SLOs that are alike, whose names mean something to whoever reads them wrongly.
import type { PlatformInput } from "fairlead";
import fc from "fast-check";
import { environments, services } from "./shop.ts";
import { shopWith } from "./shop-with.ts";

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
    "platform",
    "bad-events",
    "users",
    "users-of-users",
  ),
  fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}$/),
);

// So that each service has some that are alike.
const MANY = Array.from({ length: 12 }, (_, i) => `some-${i}`);

/** SLOs of these names, and some more, one service after another, of a counter with a label that has these values. */
export function platformOf(...[names, some, labels]: Words): PlatformInput {
  const slos = [...new Set([...some, ...MANY])];
  const each = <T>(all: readonly string[], of: (name: string, i: number) => T) =>
    Object.fromEntries(all.map((one, i) => [one, of(one, i)]));
  const { store } = services;
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
    slos: each(slos, (one, i) => sloOf(one, { i, service: names[i % names.length] ?? "", labels })),
    alerts: {},
    dashboards: { [slos[0] ?? "all"]: dashboardOf(slos) },
    volumes: {},
    events: {},
    loadProfiles: {},
    gates: {},
    environments: { local: { ...environments.local, services: {}, volumes: {} } },
  } as unknown as Parameters<typeof shopWith>[0]);
}

function sloOf(
  name: string,
  { i, service, labels }: { i: number; service: string; labels: readonly string[] },
) {
  const counter = { metric: "calls_total" };
  return {
    title: `Calls of ${name} to ${service} succeed`,
    description: `Users of ${service}: see ${name}.${i % 4 === 3 ? odd(name, service) : ""}`,
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
}

// What stands beside a name may mean something to Markdown.
const odd = (slo: string, service: string) =>
  ` See ${slo}.done, ${service}://${slo} or ${slo}_${service}, ${service}_x, ${slo}@${service} and www.${slo}.`;

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

type Words = [services: string[], slos: string[], labels: string[]];

/** Words that were confused with each other, or that texts mean something by. */
export const confusingWords: Words[] = [
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
    ["show", "https"],
    ["www", "apps", "e12"],
    ["http", "xmpp"],
  ],
  [
    ["service", "a-0"],
    ["outcome", "latency"],
    ["latency", "e5"],
  ],
  [
    ["counter", "bad-events"],
    ["platform", "burn"],
    ["ok", "critical"],
  ],
  [
    ["zq0qz", "zq1qz"],
    ["zq1qz", "x"],
    ["zq0qz", "zq2qz"],
  ],
];

const several = fc.uniqueArray(name, { minLength: 2, maxLength: 4 });

/** Any such words. */
export const anyWords: fc.Arbitrary<Words> = fc.tuple(several, several, several);
