// Puts a process that serves together: the platform's model, its resilience, its metrics and traces, the engine and the API.
import type { Logger } from "pino";
import type { Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import type { Api } from "./api/api.ts";
import { startApi } from "./api/start-api.ts";
import { wallClock } from "./clock.ts";
import type { Worker } from "./domain/agent.ts";
import type { DomainEvent } from "./domain/event.ts";
import { type Engine, type EngineOptions, startEngine } from "./engine/engine.ts";
import { pipelineWorkflow } from "./pipeline/definition.ts";
import { type EvidenceKeeper, keepEvidence } from "./resilience/evidence-keeper.ts";
import { limitOf } from "./resilience/platform-limits.ts";
import { Resilience } from "./resilience/resilience.ts";
import { sharedStates } from "./resilience/shared-states.ts";
import { engineWithin, followEvents, type Guarded, startSafeguards } from "./safeguards.ts";
import { redactingLog } from "./security/log.ts";
import { scrubber } from "./security/redaction.ts";
import type { ServingSettings } from "./settings.ts";
import type { Store } from "./store/database.ts";
import { tokensOfHour } from "./store/token-usage.ts";
import { workOfNow } from "./store/work-of-now.ts";
import { builtIn, storeWorkflow } from "./store/workflows.ts";
import { countStatements } from "./telemetry/database-metrics.ts";
import { countRequests } from "./telemetry/http-metrics.ts";
import type { PlatformState } from "./telemetry/platform-state.ts";
import { serveMetrics, startTelemetry, type Telemetry } from "./telemetry/telemetry.ts";
import { spanIds, startTracing, type Tracing } from "./telemetry/tracing.ts";

export interface ServiceOptions {
  settings: ServingSettings;
  store: Store;
  worker: Worker;
  /** What the engine is told beyond what the service knows. */
  engine: Omit<EngineOptions, "worker" | "clock" | "closed" | "limit" | "observe"> & { limit: () => number };
  connections: number;
  version: string;
  /** Values that must not appear in any log line. */
  secrets: readonly string[];
}

/** A process that serves. */
export interface Service {
  engine: Engine;
  url: string;
  /** `/SERVICE/metrics` below it. */
  metricsUrl: string;
  /** Lets requests finish, then drains the engine for so long. */
  stop(drainMs: number): Promise<void>;
}

/** Starts it; throws before it listens where the project, the keys or the database are not right. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { settings, store, version } = options;
  const { host } = settings;
  const watch = await startWatching(options);
  const { platform, resilience, telemetry, tracing, log } = watch;
  const definition = pipelineWorkflow("full");
  await storeWorkflow(store.pool, { project: builtIn, definition, createdBy: "orchestrator" });
  const engine = await startEngine(store, engineOptions(options, watch));
  watch.engine = engine;
  const { accept, stop, ...ports } = await startSafeguards(watch, engine);
  const api = await startApi({
    ...{ store, version, log, clock: wallClock, platform: platform.name, ...ports },
    engine: { ...engine, accept },
    ...{ host, port: settings.port, tokens: settings.tokens },
    locked: () => resilience.restrictions().keysLocked,
    breakers: () => statesOf(platform, resilience),
    observe: (server) => countAll(server, { platform, telemetry }),
    metrics: () => firstMetrics(telemetry),
  });
  const metrics = await serveMetrics(telemetry, { host, port: settings.metricsPort });
  return {
    engine,
    url: api.url,
    metricsUrl: metrics.url,
    async stop(drainMs) {
      await api.close();
      await stop();
      await engine.drain(drainMs);
      await Promise.all([metrics.close(), telemetry.close(), tracing.shutdown()]);
    },
  };
}

/** What looks at the engine and what it looks at; the engine comes last, since it tells all of them what happens. */
interface Watch extends Guarded {
  telemetry: Telemetry;
  tracing: Tracing;
  engine: Engine | undefined;
}

async function startWatching({ settings, store, connections, secrets }: ServiceOptions): Promise<Watch> {
  const platform = await platformOf(settings);
  const log = redactingLog({ level: settings.logLevel, scrub: scrubber(secrets), mixin: spanIds });
  const record = (event: DomainEvent) => watch.engine?.record(event);
  const resilience = new Resilience({
    ...{ platform, clock: wallClock, record },
    stores: { breakers: sharedStates(store.pool, "breaker"), modes: sharedStates(store.pool, "mode") },
  });
  const evidence = await keepEvidence({
    ...{ platform, resilience, store, clock: wallClock, record, onError: warn(log) },
    ...{ folder: settings.evidenceFolder, capacityBytes: settings.evidenceBytes },
  });
  const telemetry = startTelemetry({
    platform,
    state: stateOf({ store, resilience, evidence, executorId: () => watch.engine?.executorId }),
    limits: {
      tokensPerHour: limitOf(platform, "hourly-tokens")?.atMost ?? 0,
      evidenceFolder: settings.evidenceFolder,
    },
    onMisuse: (metric) => log.warn({ metric }, "a metric is used as it is not declared"),
  });
  countAllStatements(store, { telemetry, connections });
  const { tracesEndpoint: endpoint } = settings;
  const tracing = startTracing({ service: platform.name, ...(endpoint !== undefined && { endpoint }) });
  const guarded = {
    settings,
    clock: wallClock,
    store,
    platform,
    log,
    resilience,
    evidence,
    sessions: undefined,
  };
  const watch: Watch = { ...guarded, telemetry, tracing, engine: undefined };
  return watch;
}

function countAllStatements(
  { pool }: Store,
  { telemetry, connections }: { telemetry: Telemetry; connections: number },
): void {
  for (const service of telemetry.services) {
    const on = telemetry.on(service);
    if (on.has("db_client_connection_count")) countStatements(pool, { on, pool: "tasks", most: connections });
  }
}

const warn = (log: Logger) => (error: Error) => log.warn({ err: error }, "evidence is not looked after");

function engineOptions({ engine, worker }: ServiceOptions, watch: Watch): EngineOptions {
  const { log, telemetry, tracing } = watch;
  const follow = followEvents(watch, (event) => watch.engine?.record(event));
  return {
    ...engine,
    worker: tracing.tracedWorker(worker),
    ...engineWithin(watch, engine),
    clock: wallClock,
    observe(event) {
      log.info({ event }, event.type);
      telemetry.observe(event);
      follow(event);
      if (event.type === "run.finished") tracing.runEnded(event, Date.now());
    },
  };
}

/** Requests are those of the service that the load profiles send theirs to. */
function countAll(server: Api, { platform, telemetry }: Pick<Watch, "platform" | "telemetry">): void {
  const [service = ""] = platform.loadProfiles.map(({ target }) => target.service);
  if (!telemetry.services.includes(service)) return;
  const metrics = platform.metrics.filter(({ services }) => services.includes(service));
  countRequests(server, { on: telemetry.on(service), metrics });
}

function statesOf({ breakers }: Platform, resilience: Resilience): Record<string, "open" | "closed"> {
  const open = resilience.openBreakers();
  return Object.fromEntries(breakers.map(({ name }) => [name, open.includes(name) ? "open" : "closed"]));
}

async function firstMetrics({ services, exposition }: Telemetry) {
  const body = await exposition(services[0] ?? "");
  return { contentType: "text/plain; version=0.0.4; charset=utf-8", body };
}

async function platformOf({ project, platform: name }: ServingSettings): Promise<Platform> {
  const { model, platformNames } = await loadProject(project, { platforms: [name] });
  const platform = model.platforms.find((one) => one.name === name);
  if (!platform) throw new Error(`there is no platform "${name}"; there are ${platformNames.join(", ")}`);
  return platform;
}

function stateOf({
  store,
  resilience,
  evidence,
  executorId,
}: {
  store: Store;
  resilience: Resilience;
  evidence: EvidenceKeeper;
  executorId: () => string | undefined;
}): PlatformState {
  return {
    isLeader: async () => (await workOfNow(store.pool)).leader === executorId(),
    work: () => workOfNow(store.pool),
    openBreakers: () => resilience.openBreakers(),
    mode: () => [...resilience.ladders.values()][0]?.mode.name ?? "normal",
    tokensOfHour: () => tokensOfHour(store.pool, wallClock.now()),
    liveStreams: () => 0,
    oldestUncompressedSeconds: () => evidence.oldestUncompressedSeconds(),
  };
}
