// Puts a process that serves together: the platform's model, its resilience, its metrics and traces, the engine and the API.
import type { Logger } from "pino";
import type { Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { startApi } from "./api/start-api.ts";
import { type Clock, wallClock } from "./clock.ts";
import type { Worker } from "./domain/agent.ts";
import type { RecordEvent } from "./domain/event.ts";
import { type Engine, type EngineOptions, newExecutorId, startEngine } from "./engine/engine.ts";
import { agentTypesOf, residentsOf } from "./engine/residents.ts";
import { pipelineWorkflow } from "./pipeline/definition.ts";
import { RUBRIC_THRESHOLD } from "./pipeline/gates.ts";
import { databasePulse } from "./resilience/database-pulse.ts";
import { openEvidenceFolder } from "./resilience/evidence-folder.ts";
import { executorBreaker, guardedWorker } from "./resilience/guarded-worker.ts";
import { limitOf, runLimitsOf } from "./resilience/platform-limits.ts";
import { recoveryLimitsOf } from "./resilience/recovery.ts";
import { Resilience } from "./resilience/resilience.ts";
import { sharedStates } from "./resilience/shared-states.ts";
import { engineWithin, followEvents, type Guarded, startSafeguards } from "./safeguards.ts";
import { redactingLog } from "./security/log.ts";
import { type Scrub, scrubber } from "./security/redaction.ts";
import { scrubbedWorker } from "./security/scrubbed-work.ts";
import type { ServingSettings } from "./settings.ts";
import type { Store } from "./store/database.ts";
import { builtIn, storeWorkflow } from "./store/workflows.ts";
import type { PlatformLimits } from "./telemetry/platform-state.ts";
import { stateOfPlatform } from "./telemetry/state-of-platform.ts";
import {
  serveMetrics,
  startTelemetry,
  type Telemetry,
  type TelemetryOptions,
} from "./telemetry/telemetry.ts";
import { runSpanIds, spanIds, startTracing, type Tracing } from "./telemetry/tracing.ts";
import type { Models } from "./work/models-file.ts";
import { outcomesOfCalls, startWork, type Work } from "./work/start-work.ts";

type ToldByService =
  | "worker"
  | "clock"
  | "closed"
  | "limit"
  | "queueLimit"
  | "observe"
  | "onRound"
  | "agents"
  | "pipeline"
  | "approvalSeconds";

export interface ServiceOptions {
  settings: ServingSettings;
  store: Store;
  /** Does the steps that have a script; all of them where there are no models. */
  worker: Worker;
  /** What the others are done with. */
  models?: Models;
  /** What the engine is told beyond what the service knows. */
  engine: Omit<EngineOptions, ToldByService> & Partial<Pick<EngineOptions, "limit" | "queueLimit">>;
  /** Types of the agents that the process brings along, if not those that the catalog names; and how long agents may be silent. */
  agents?: { types?: readonly string[]; leaseSeconds?: number };
  connections: number;
  /** Of breakers, modes, limits and steps; the wall's unless told. */
  clock?: Clock;
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
  /** Takes nothing more; lets requests, sessions and, for so long, the steps under way end, and gives what is left to others. */
  stop(drainMs: number): Promise<void>;
}

/** Starts it; throws before it listens where the project, the keys or the database are not right. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { settings, store, version } = options;
  const { host } = settings;
  const watch = await startWatching(options);
  const { clock, platform, resilience, telemetry, tracing, log, work } = watch;
  const definition = pipelineWorkflow("full");
  await storeWorkflow(store.pool, { project: builtIn, definition, createdBy: "orchestrator" });
  const engine = await startEngine(store, engineOptions(options, watch));
  watch.engine = engine;
  const { accept, stop, ...ports } = await startSafeguards(watch, engine);
  const api = await startApi({
    ...{ store, version, log, clock, platform: platform.name, ...ports },
    scrub: watch.scrub,
    engine: { ...engine, accept },
    ...{ host, port: settings.port, tokens: settings.tokens },
    locked: () => resilience.restrictions().keysLocked,
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
      // Steps, sessions and requests end side by side: each has its own time, and whoever stops the process gives it one for all.
      await Promise.all([engine.settle(drainMs), api.close(), stop()]);
      await engine.drain(0);
      await work?.stop();
      await Promise.all([metrics.close(), telemetry.close(), tracing.shutdown()]);
    },
  };
}

/** What looks at the engine and what it looks at; the engine comes last, since it tells all of them what happens. */
interface Watch extends Guarded {
  scrub: Scrub;
  telemetry: Telemetry;
  tracing: Tracing;
  /** By models; nothing where there are none. */
  work: Work | undefined;
  executorId: string;
  engine: Engine | undefined;
}

async function startWatching(options: ServiceOptions): Promise<Watch> {
  const { settings, store, connections, secrets, clock = wallClock } = options;
  const platform = await platformOf(settings);
  const scrub = scrubber(secrets);
  const log = redactingLog({
    ...{ level: settings.logLevel, scrub, mixin: spanIds },
    onMasked: () => telemetry.masked("log"),
    ...(options.logTo && { to: options.logTo }),
  });
  const record: RecordEvent = (event) => watch.engine?.record(event);
  const resilience = new Resilience({
    ...{ platform, clock, record },
    stores: { breakers: sharedStates(store.pool, "breaker"), modes: sharedStates(store.pool, "mode") },
    outcomeOf: outcomesOfCalls(platform),
  });
  const evidence = await openEvidenceFolder({
    ...{ platform, resilience, store, clock, record, onError: warn(log) },
    ...{ folder: settings.evidenceFolder, capacityBytes: settings.evidenceBytes },
  });
  const pulse = databasePulse({ resilience, db: store.pool, clock });
  const telemetry = startTelemetry({
    ...{ platform, limits: limitsOf(options, platform), ...warnings(log) },
    state: stateOfPlatform({
      ...{ store, resilience, evidence, pulse, clock },
      sessions: () => watch.sessions?.own ?? [],
      executorId: () => watch.engine?.executorId,
    }),
  });
  telemetry.countStatements(store.pool, connections);
  const tracing = tracingOf(platform, { settings, telemetry });
  const executorId = newExecutorId();
  const work = workOf(options, { platform, resilience, tracing, scrub, record, executorId });
  const guarded = {
    ...{ settings, clock, store, platform, log, resilience, evidence, pulse, work },
    sessions: undefined,
  };
  const watch: Watch = { ...guarded, scrub, telemetry, tracing, executorId, engine: undefined };
  return watch;
}

function workOf(
  { models, worker: scripted, store, clock = wallClock, settings: { evidenceFolder } }: ServiceOptions,
  parts: Pick<
    Parameters<typeof startWork>[0],
    "platform" | "resilience" | "tracing" | "scrub" | "record" | "executorId"
  >,
): Work | undefined {
  return models && startWork({ ...parts, models, scripted, store, evidenceFolder, clock });
}

/** How many runs go on at once and may wait: what the process was told, else what the catalog says. */
function runsOf({ engine }: ServiceOptions, platform: Platform): Pick<EngineOptions, "limit" | "queueLimit"> {
  const { runs, queuedRuns } = runLimitsOf(platform);
  return { limit: engine.limit ?? (() => runs), queueLimit: engine.queueLimit ?? queuedRuns };
}

function limitsOf(options: ServiceOptions, platform: Platform): PlatformLimits {
  const { limit, queueLimit } = runsOf(options, platform);
  const { version } = options;
  return {
    runs: limit,
    queuedRuns: queueLimit,
    byName: Object.fromEntries(platform.limits.map(({ name, atMost }) => [name, atMost])),
    version,
  };
}

function tracingOf(
  { name: service }: Platform,
  { settings: { tracesEndpoint: endpoint }, telemetry }: { settings: ServingSettings; telemetry: Telemetry },
): Tracing {
  return startTracing({
    ...{ service, metrics: telemetry.spans },
    ...(endpoint !== undefined && { endpoint }),
  });
}

const warnings = (log: Logger): Pick<TelemetryOptions, "onMisuse" | "onUnread"> => ({
  onMisuse: (metric) => log.warn({ metric }, "a metric is used as it is not declared"),
  onUnread: (err) => log.warn({ err }, "gauges could not be read"),
});

const warn = (log: Logger) => (error: Error) => log.warn({ err: error }, "evidence is not looked after");

function engineOptions(options: ServiceOptions, watch: Watch): EngineOptions {
  const { engine, worker, agents: { types, ...lease } = {} } = options;
  const { clock, log, scrub, platform, resilience, telemetry, tracing, work } = watch;
  const runs = runsOf(options, platform);
  const attempts = recoveryLimitsOf(platform);
  const follow = followEvents(watch, (event) => watch.engine?.record(event));
  return {
    ...engine,
    ...runs,
    ...engineWithin(watch, runs),
    executorId: watch.executorId,
    approvalSeconds: limitOf(platform, "approval-wait")?.atMost,
    worker: guardedWorker(
      tracing.tracedWorker(
        scrubbedWorker(work?.worker ?? worker, { scrub, onMasked: () => telemetry.masked("output") }),
      ),
      { breaker: resilience.breakers.get(executorBreaker), clock },
    ),
    clock,
    onRound: telemetry.coordinated,
    agents: { residents: residentsOf(types ?? agentTypesOf(platform), runs.limit()), ...lease },
    pipeline: {
      mode: () => (resilience.restrictions().stages ? "minimal" : "full"),
      threshold: () => RUBRIC_THRESHOLD * (1 - resilience.restrictions().thresholdLoweredBy),
      attempts: () => attempts,
    },
    observe(event) {
      log.info({ ...runSpanIds(event), event }, event.type);
      telemetry.observe(event);
      follow(event);
      if (event.type === "run.finished") tracing.runEnded(event, Date.now());
    },
  };
}

function statesOf({ breakers }: Platform, resilience: Resilience): Record<string, "open" | "closed"> {
  const open = resilience.openBreakers();
  return Object.fromEntries(breakers.map(({ name }) => [name, open.includes(name) ? "open" : "closed"]));
}

/** The samples of one project, in an exposition. */
const samplesOfProjects = /^[^#\n]*[{,]project=".*\n/gm;

/**
 * What stands at the API's `/metrics`: the metrics of the service that the API is, without the series of single projects, since it asks for
 * no token. All series of all services are on the port for metrics.
 */
async function metricsOfApi({ api, exposition }: Telemetry) {
  const body = (await exposition(api)).replace(samplesOfProjects, "");
  return { contentType: "text/plain; version=0.0.4; charset=utf-8", body };
}

async function platformOf({ project, platform: name }: ServingSettings): Promise<Platform> {
  const { model, platformNames } = await loadProject(project, { platforms: [name] });
  const platform = model.platforms.find((one) => one.name === name);
  if (!platform) throw new Error(`there is no platform "${name}"; there are ${platformNames.join(", ")}`);
  return platform;
}
