import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Metric, Platform } from "../../model/model.ts";
import { ownPlatform } from "../../tests/project-model.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import type { EventType } from "../domain/event.ts";
import { countEvent } from "./event-metrics.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { openWork } from "./open-work.ts";
import type { PlatformState } from "./platform-state.ts";
import { platforms } from "./platforms.ts";
import { sampleEvents } from "./sample-events.ts";

/** What no event tells of: counted or read where it is, by the file that does it. */
const inPlace: readonly { where: string; metrics: RegExp }[] = [
  { where: "the process itself", metrics: /^(process|nodejs|v8js)_/ },
  { where: "statements of the store's pool", metrics: /^db_client_/ },
  { where: "requests of the API", metrics: /^(http_server|user)_/ },
  { where: "WebSockets of the API", metrics: /^websocket_(messages|handshake_duration|timeouts)/ },
  { where: "spans, as they end and are sent", metrics: /^otel_sdk_/ },
  { where: "rounds of admitting runs", metrics: /^nexus_coordination_cycle_duration_seconds$/ },
  { where: "records of the audit log", metrics: /^nexus_audit_records_total$/ },
  {
    where: "secrets masked in the log or in what agents put out",
    metrics: /^commandcenter_secrets_masked_total$/,
  },
];

const agentTypes: Record<string, string> = { nexus: "tester", agenthive: "tester" };
const names = Object.keys(platforms);
const samplesOf = ({ name, breakers }: Platform) =>
  sampleEvents({ agentType: agentTypes[name] ?? "code-reviewer", breakers: breakers.map((one) => one.name) });

const state: PlatformState = {
  isLeader: async () => true,
  work: async () => ({ pending: { urgent: 1, normal: 4, low: 0 }, running: { verify: 2 } }),
  runs: async () => ({ queued: 5, running: 2, "waiting-for-approval": 1, paused: 0 }),
  approvals: async () => ({ pending: 1, oldestSeconds: 30 }),
  agents: async () => [{ type: "tester", state: "busy", count: 2, load: 1, capacity: 4 }],
  sessions: async () => [{ id: "s-1", ageSeconds: 60, isConservative: false }],
  orphanedRuns: async () => 0,
  costs: async () => ({ today: 1, monthByProject: { shop: 3 } }),
  openBreakers: () => [],
  mode: () => "normal",
  emergencyLevel: () => 0,
  personRequested: () => false,
  tokensOfHour: async () => 64_000,
  modelQueues: () => ({ waiting: 0, backOffSeconds: {} }),
  live: () => ({ streams: 1, sockets: { opening: 0, used: 1, idle: 0 } }),
  oldestUncompressedSeconds: async () => 0,
  evidenceSpace: async () => ({ size: 100, used: 60, free: 30, reserved: 10 }),
  databaseSilentSeconds: () => 0.5,
};
const limits = {
  ...{ runs: () => 10, queuedRuns: 1_000, byName: { "hourly-tokens": 100_000 } },
  version: "1.0.0",
};

/** What moves a service's metrics, by metric. */
interface Sources {
  events: Map<string, Set<EventType>>;
  gauges: Set<string>;
  misuses: string[];
}

async function sourcesOf(platform: Platform, service: string): Promise<Sources> {
  const telemetry = platforms[platform.name];
  if (!telemetry) throw new Error(platform.name);
  const misuses: string[] = [];
  const events: Sources["events"] = new Map();
  let now: EventType = "run.accepted";
  const instruments = new Map(
    telemetry.services.map((name) => {
      const unsourced = telemetry.unsourced.filter(({ services }) => services?.includes(name) ?? true);
      const onMisuse = (message: string) => misuses.push(`${name}: ${message}`);
      const on = createInstruments(platform.metrics, { service: name, unsourced, onMisuse });
      const moved = (metric: string) => {
        if (name === service) events.set(metric, (events.get(metric) ?? new Set()).add(now));
      };
      const watched: Instruments = {
        ...on,
        add(metric, labels, value) {
          moved(metric);
          on.add(metric, labels, value);
        },
        record(metric, labels, value) {
          moved(metric);
          on.record(metric, labels, value);
        },
      };
      return [name, watched];
    }),
  );
  const on = (name: string) => instruments.get(name) as Instruments;
  const work = openWork();
  for (const sample of Object.values(samplesOf(platform)).flat()) {
    now = sample.type;
    work.follow(sample);
    countEvent(sample, { table: telemetry.events, on });
  }
  const reads = telemetry.gauges[service] ?? [];
  const options = { state, work, limits, metrics: platform.metrics };
  const gauges = await Promise.all(reads.map((read) => read(options)));
  return { events, gauges: new Set(gauges.flatMap(Object.keys)), misuses };
}

const metricsOf = (platform: Platform, service: string): Metric[] =>
  platform.metrics.filter(({ services, native }) => services.includes(service) && !native);

function unsourcedOf(platform: Platform, service: string) {
  const all = platforms[platform.name]?.unsourced ?? [];
  return all.filter(({ services }) => services?.includes(service) ?? true);
}

describe.each(names)("%s's metrics", (name) => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await ownPlatform(name);
  });
  const services = platforms[name]?.services ?? [];

  test.each(services)("of %s have a source each, or are said to have none", async (service) => {
    const { events, gauges, misuses } = await sourcesOf(platform, service);
    expect(misuses).toEqual([]);
    const whole = unsourcedOf(platform, service).flatMap((one) => (one.values ? [] : one.metrics));
    const declared = metricsOf(platform, service).map((metric) => metric.name);
    const letIn = /permission_checks|token_verifications/;
    const sources = (metric: string) => [
      ...(events.has(metric) || letIn.test(metric) ? ["events"] : []),
      ...(gauges.has(metric) ? ["gauge"] : []),
      ...inPlace.filter(({ metrics }) => metrics.test(metric)).map(({ where }) => where),
    ];
    const silent = declared.filter((metric) => sources(metric).length === 0 && !whole.includes(metric));
    expect(silent).toEqual([]);
    const stale = whole.filter((metric) => events.has(metric) || gauges.has(metric));
    expect(stale).toEqual([]);
    const undeclared = [...events.keys(), ...gauges].filter((metric) => !declared.includes(metric));
    expect(undeclared.filter((metric) => !metric.startsWith("system_filesystem"))).toEqual([]);
  });

  test("no entry of what has no source is stale", () => {
    for (const { metrics, values, services: of = services } of platforms[name]?.unsourced ?? []) {
      const declared = metrics.flatMap((metric) =>
        platform.metrics.filter(
          (one) => one.name === metric && one.services.some((each) => of.includes(each)),
        ),
      );
      // Entries that several platforms share name metrics that not each of them has.
      expect(declared, metrics.join()).not.toEqual([]);
      for (const { labels } of values ? declared : []) {
        expect(labels[values?.label ?? ""]).toEqual(expect.arrayContaining([...(values?.of ?? [])]));
      }
    }
  });

  test("stand on the page with what moves them", async () => {
    const page = await readFile(join(rootFolder, "docs/orchestrator/telemetry.md"), "utf8");
    for (const service of services) expect(page).toContain(await tableOf(platform, service));
    expect(page).toContain(absences(platform));
    expect(page).toContain(`${name}: ${platforms[name]?.api}`);
  });
});

test("the page names what is counted where it happens", async () => {
  const page = await readFile(join(rootFolder, "docs/orchestrator/telemetry.md"), "utf8");
  for (const { where } of inPlace) expect(page.replaceAll("\n", " ")).toContain(where);
});

const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const code = (name: string) => `\`${name}\``;

/** Which event or reading moves which of a service's own metrics. */
async function tableOf(platform: Platform, service: string): Promise<string> {
  const { events, gauges } = await sourcesOf(platform, service);
  const rows = metricsOf(platform, service)
    .filter(({ name }) => events.has(name) || gauges.has(name))
    .map(({ name }) => {
      const by = [...(events.get(name) ?? [])].sort().map(code);
      return line([code(name), by.length > 0 ? by.join(", ") : "read at each scrape"]);
    });
  return [line([`${service}`, "moved by"]), line(["---", "---"]), ...rows].join("\n");
}

/** What has no source, and why. */
function absences({ name }: Platform): string {
  const rows = (platforms[name]?.unsourced ?? []).map(({ metrics, services = [], values, because }) =>
    line([
      metrics.map(code).join(", "),
      [...services, ...(values ? [`${values.label}: ${values.of.join(", ")}`] : [])].join("; "),
      because,
    ]),
  );
  return [line(["not measured", "only of", "because"]), line(["---", "---", "---"]), ...rows].join("\n");
}
