// Puts a process that serves together: the platform's model, its resilience, its metrics and traces, the engine and the API.
import type { Logger } from "pino";
import type { Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import type { Ports } from "./api/ports.ts";
import { startApi } from "./api/start-api.ts";
import { wallClock } from "./clock.ts";
import type { Worker } from "./domain/agent.ts";
import { type Engine, type EngineOptions, startEngine } from "./engine/engine.ts";
import { agentTypesOf, residentsOf } from "./engine/residents.ts";
import { pipelineWorkflow } from "./pipeline/definition.ts";
import { RUBRIC_THRESHOLD } from "./pipeline/gates.ts";
import { Resilience } from "./resilience/resilience.ts";
import { sharedStates } from "./resilience/shared-states.ts";
import { redactingLog } from "./security/log.ts";
import { type Scrub, scrubber } from "./security/redaction.ts";
import { scrubbedWorker } from "./security/scrubbed-work.ts";
import type { ServingSettings } from "./settings.ts";
import type { Store } from "./store/database.ts";
import { builtIn, storeWorkflow } from "./store/workflows.ts";
import { stateOfPlatform } from "./telemetry/state-of-platform.ts";
import { serveMetrics, startTelemetry, type Telemetry } from "./telemetry/telemetry.ts";
import { runSpanIds, spanIds, startTracing, type Tracing } from "./telemetry/tracing.ts";

export interface ServiceOptions {
  settings: ServingSettings;
  store: Store;
  worker: Worker;
  /** What the engine is told beyond what the service knows. */
  engine: Omit<EngineOptions, "worker" | "clock" | "closed" | "limit" | "observe" | "onRound" | "agents"> & {
    limit: () => number;
  };
  /** Types of the agents that the process brings along, if not those that the catalog names; and how long agents may be silent. */
  agents?: { types?: readonly string[]; leaseSeconds?: number };
  connections: number;
  version: string;
  /** Where log lines go; standard error unless told. */
  logTo?: { write(line: string): void };
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
  const { platform, log, resilience, telemetry, tracing } = watch;
  const definition = pipelineWorkflow("full");
  await storeWorkflow(store.pool, { project: builtIn, definition, createdBy: "orchestrator" });
  const engine = await startEngine(store, engineOptions(options, watch));
  watch.engine = engine;
  const stopped = new AbortController();
  const watching = resilience.watch(stopped.signal);
  const api = await startApi({
    ...{ store, engine, version, log, clock: wallClock, platform: platform.name },
    ...{ host, port: settings.port, tokens: settings.tokens },
    modes: modesOf(resilience),
    breakers: () => statesOf(platform, resilience),
    readers: telemetry.readers,
    observe: telemetry.countRequests,
    adapt: (ports) => ({ ...ports, audit: telemetry.counted(ports.audit) }),
    metrics: () => metricsOfApi(telemetry),
  });
  const metrics = await serveMetrics(telemetry, {
    ...{ host, port: settings.metricsPort },
    onError: (err) => log.error({ err }, "metrics cannot be read"),
  });
  return {
    engine,
    url: api.url,
    metricsUrl: metrics.url,
    async stop(drainMs) {
      stopped.abort();
      await api.close();
      await engine.drain(drainMs);
      await watching;
      await Promise.all([metrics.close(), telemetry.close(), tracing.shutdown()]);
    },
  };
}

/** What looks at the engine and what it looks at; the engine comes last, since it tells all of them what happens. */
interface Watch {
  platform: Platform;
  log: Logger;
  scrub: Scrub;
  resilience: Resilience;
  telemetry: Telemetry;
  tracing: Tracing;
  engine: Engine | undefined;
}

async function startWatching(options: ServiceOptions): Promise<Watch> {
  const { settings, store, connections, engine, secrets } = options;
  const platform = await platformOf(settings);
  const scrub = scrubber(secrets);
  const log = redactingLog({
    ...{ level: settings.logLevel, scrub, mixin: spanIds },
    onMasked: () => telemetry.masked("log"),
    ...(options.logTo && { to: options.logTo }),
  });
  const resilience = new Resilience({
    ...{ platform, clock: wallClock, record: (event) => watch.engine?.record(event) },
    stores: { breakers: sharedStates(store.pool, "breaker"), modes: sharedStates(store.pool, "mode") },
  });
  const telemetry = startTelemetry({
    platform,
    state: stateOfPlatform({
      ...{ store, resilience, clock: wallClock },
      executorId: () => watch.engine?.executorId,
    }),
    limits: {
      runs: engine.limit,
      queuedRuns: engine.queueLimit,
      byName: Object.fromEntries(platform.limits.map(({ name, atMost }) => [name, atMost])),
      evidenceFolder: settings.evidenceFolder,
      version: options.version,
    },
    onMisuse: (metric) => log.warn({ metric }, "a metric is used as it is not declared"),
  });
  telemetry.countStatements(store.pool, connections);
  const { tracesEndpoint: endpoint } = settings;
  const tracing = startTracing({
    ...{ service: platform.name, metrics: telemetry.spans },
    ...(endpoint !== undefined && { endpoint }),
  });
  const watch: Watch = { platform, log, scrub, resilience, telemetry, tracing, engine: undefined };
  return watch;
}

function engineOptions(
  { engine, worker, agents: { types, ...lease } = {} }: ServiceOptions,
  { log, scrub, platform, resilience, telemetry, tracing }: Watch,
): EngineOptions {
  return {
    ...engine,
    worker: tracing.tracedWorker(
      scrubbedWorker(worker, { scrub, onMasked: () => telemetry.masked("output") }),
    ),
    clock: wallClock,
    closed: () => (resilience.restrictions().accepts ? undefined : "the mode that is on takes no new work"),
    onRound: telemetry.coordinated,
    limit: () => (resilience.restrictions().starts ? engine.limit() : 0),
    agents: { residents: residentsOf(types ?? agentTypesOf(platform), engine.limit()), ...lease },
    pipeline: {
      mode: () => (resilience.restrictions().stages ? "minimal" : "full"),
      threshold: () => RUBRIC_THRESHOLD * (1 - resilience.restrictions().thresholdLoweredBy),
    },
    observe(event) {
      log.info({ ...runSpanIds(event), event }, event.type);
      telemetry.observe(event);
      if (event.type === "run.finished") tracing.runEnded(event, Date.now());
    },
  };
}

function statesOf({ breakers }: Platform, resilience: Resilience): Record<string, "open" | "closed"> {
  const open = resilience.openBreakers();
  return Object.fromEntries(breakers.map(({ name }) => [name, open.includes(name) ? "open" : "closed"]));
}

/** What stands at the API's `/metrics`: the metrics of the service that the API is. All services' are on the port for metrics. */
async function metricsOfApi({ api, exposition }: Telemetry) {
  const body = await exposition(api);
  return { contentType: "text/plain; version=0.0.4; charset=utf-8", body };
}

async function platformOf({ project, platform: name }: ServingSettings): Promise<Platform> {
  const { model, platformNames } = await loadProject(project, { platforms: [name] });
  const platform = model.platforms.find((one) => one.name === name);
  if (!platform) throw new Error(`there is no platform "${name}"; there are ${platformNames.join(", ")}`);
  return platform;
}

/** Ladders of the platform as the API shows them: the degradation modes by name, the emergency levels by number. */
function modesOf(resilience: Resilience): Ports["modes"] {
  const degradation = resilience.mainLadder;
  const emergency = resilience.ladders.get("emergency");
  const read = async () => {
    const now = await degradation?.current();
    return {
      mode: now?.mode.name ?? "normal",
      modes: degradation?.names ?? ["normal"],
      emergencyLevel: emergency?.mode.rank ?? 0,
      since: new Date(now?.state.since ?? 0).toISOString(),
    };
  };
  return {
    read,
    async change({ mode, because, by }) {
      await degradation?.set({ to: mode, because, by });
      return read();
    },
  };
}
