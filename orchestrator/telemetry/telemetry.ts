import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type pg from "pg";
import type { Platform } from "../../model/model.ts";
import type { Audit } from "../api/ports.ts";
import type { DomainEvent } from "../domain/event.ts";
import { countAudit } from "./audit-metrics.ts";
import { countStatements } from "./database-metrics.ts";
import { countEvent, type ServiceInstruments } from "./event-metrics.ts";
import { countRequests } from "./http-metrics.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { type LiveReaders, liveReaders } from "./live-readers.ts";
import { openWork } from "./open-work.ts";
import { type PlatformLimits, type PlatformState, readOnce } from "./platform-state.ts";
import { declaredValues } from "./platform-telemetry.ts";
import { telemetryOf } from "./platforms.ts";
import { observeProcess } from "./process-metrics.ts";
import { countSockets } from "./socket-metrics.ts";
import { type SpanMetrics, spanMetrics } from "./span-metrics.ts";
import { unsourcedOf } from "./unsourced.ts";

/** The metrics of all services that this process stands for. */
export interface Telemetry {
  /** Moves the metrics that the platform's table names. */
  observe(event: DomainEvent): void;
  on: ServiceInstruments;
  /** All of them in Prometheus' text format, one service after the other. */
  exposition(service: string): Promise<string>;
  services: readonly string[];
  /** The one that the API is: its requests count there, and its metrics are the API's own. */
  api: string;
  /** Counts the requests of the API, on the service that it is. */
  countRequests(app: FastifyInstance): void;
  /** Counts the statements of the pool that all services share, which has so many connections at most; once. */
  countStatements(pool: pg.Pool, connections: number): void;
  /** The audit log, with its records counted. */
  counted(audit: Audit): Audit;
  /** Counts a round of admitting runs, and its time. */
  coordinated(seconds: number): void;
  /** Counts a secret that was masked. */
  masked(place: "log" | "output"): void;
  readers: LiveReaders;
  spans: SpanMetrics;
  close(): Promise<void>;
}

export interface TelemetryOptions {
  platform: Platform;
  state: Omit<PlatformState, "live">;
  limits: PlatformLimits;
  onMisuse: (message: string) => void;
  /** Told of gauges that could not be read, or not in time: a scrape goes without them. */
  onUnread: (error: Error) => void;
}

/** Creates the instruments of every service that this process stands for, and has what is so now read at each scrape. */
export function startTelemetry({ platform, state, limits, onMisuse, onUnread }: TelemetryOptions): Telemetry {
  const { metrics } = platform;
  const { services, api, events: table, gauges, ...ofPlatform } = telemetryOf(platform);
  const byService = new Map(
    services.map((service) => {
      const unsourced = unsourcedOf(service, ofPlatform.unsourced);
      return [service, createInstruments(metrics, { service, unsourced, onMisuse, onUnread })];
    }),
  );
  const on = (service: string): Instruments => {
    const instruments = byService.get(service);
    if (!instruments) throw new Error(`this process does not stand for ${platform.name}'s ${service}`);
    return instruments;
  };
  const all = [...byService.values()];
  const [work, spans, readers] = [openWork(), spanMetrics(), liveReaders(countSockets(all))];
  const stops = all.map(observeProcess);
  all.forEach(spans.observe);
  for (const [service, reads] of Object.entries(gauges)) {
    for (const read of reads)
      on(service).observeTogether(() =>
        read({ state: readOnce({ ...state, live: readers.now }), work, limits, metrics }),
      );
  }
  return {
    ...{ on, services, api, readers, spans, ...counters(platform, { all, on }) },
    observe(event) {
      work.follow(event);
      countEvent(event, { table, on });
    },
    exposition: (service) => on(service).exposition(),
    async close() {
      for (const stop of stops) stop();
      await Promise.all(all.map((instruments) => instruments.shutdown()));
    },
  };
}

/** What is counted where it happens, since no event tells of it. */
function counters(
  platform: Platform,
  { all, on }: { all: readonly Instruments[]; on: ServiceInstruments },
): Pick<Telemetry, "countRequests" | "countStatements" | "counted" | "coordinated" | "masked"> {
  const { metrics } = platform;
  const { api, features, letIn, tables = {} } = telemetryOf(platform);
  const cycle = "nexus_coordination_cycle_duration_seconds";
  const masked = "commandcenter_secrets_masked_total";
  return {
    countRequests(app) {
      const options = { ...(features && { features }), ...(letIn && { letIn: () => letIn(on) }) };
      if (api !== "") countRequests(app, { on: on(api), metrics, ...options });
    },
    countStatements(pool, most) {
      const names = declaredValues(metrics, "db_client_connection_max", "db_client_connection_pool_name");
      countStatements(pool, { on: all, pool: names[0] ?? "main", most, tables });
    },
    counted: countAudit(all.filter((one) => one.has("nexus_audit_records_total"))),
    coordinated(seconds) {
      for (const one of all) if (one.has(cycle)) one.record(cycle, {}, seconds);
    },
    masked(place) {
      // One process for all services: it counts at the API's.
      if (api !== "" && on(api).has(masked)) on(api).add(masked, { place });
    },
  };
}

/** Serves each service's metrics at `/SERVICE/metrics`, on a port that no client of the API sees. */
export async function serveMetrics(
  { services, exposition }: Pick<Telemetry, "services" | "exposition">,
  { host, port, onError }: { host: string; port: number; onError: (error: unknown) => void },
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(async (request, response) => {
    const service = services.find((name) => request.url === `/${name}/metrics`);
    if (service === undefined) return response.writeHead(404).end();
    try {
      const text = await exposition(service);
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    } catch (error) {
      onError(error);
      // Half an answer would look like series that have ended.
      response.writeHead(503).end();
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, close };
}
