import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Platform } from "../../model/model.ts";
import type { DomainEvent } from "../domain/event.ts";
import { countEvent, type EventMetrics, type ServiceInstruments } from "./event-metrics.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import { type OpenWork, openWork } from "./open-work.ts";
import type { PlatformLimits, PlatformState } from "./platform-state.ts";
import { observeProcess } from "./process-metrics.ts";
import { weathervaneMetrics } from "./weathervane.ts";
import { observeWeathervane } from "./weathervane-gauges.ts";

/** Platforms whose events are counted; others show what all processes have in common. */
const tables: Readonly<Record<string, EventMetrics>> = { weathervane: weathervaneMetrics };

/** The metrics of all services that this process stands for. */
export interface Telemetry {
  /** Moves the metrics that the platform's table names. */
  observe(event: DomainEvent): void;
  on: ServiceInstruments;
  /** All of them in Prometheus' text format, one service after the other. */
  exposition(service: string): Promise<string>;
  services: string[];
  close(): Promise<void>;
}

interface TelemetryOptions {
  platform: Platform;
  state: PlatformState;
  limits: PlatformLimits;
  onMisuse: (message: string) => void;
}

/** Creates the instruments of every service of the platform that exposes metrics. */
export function startTelemetry({ platform, state, limits, onMisuse }: TelemetryOptions): Telemetry {
  const { metrics } = platform;
  const services = platform.services.filter((service) => service.metrics).map(({ name }) => name);
  const byService = new Map(
    services.map((service) => [service, createInstruments(metrics, { service, onMisuse })]),
  );
  const on = (service: string): Instruments => {
    const instruments = byService.get(service);
    if (!instruments) throw new Error(`${platform.name} has no service ${service} with metrics`);
    return instruments;
  };
  const stops = services.map((service) => observeProcess(on(service)));
  const work: OpenWork = openWork();
  if (platform.name === "weathervane") observeWeathervane({ on, state, work, limits, metrics });
  const table = tables[platform.name] ?? {};
  return {
    on,
    services,
    observe(event) {
      work.follow(event);
      countEvent(event, { table, on });
    },
    exposition: (service) => on(service).exposition(),
    async close() {
      for (const stop of stops) stop();
      await Promise.all([...byService.values()].map((instruments) => instruments.shutdown()));
    },
  };
}

/** Serves each service's metrics at `/SERVICE/metrics`, on a port that no client of the API sees. */
export async function serveMetrics(
  { services, exposition }: Pick<Telemetry, "services" | "exposition">,
  { host, port }: { host: string; port: number },
): Promise<{ url: string; close(): Promise<void> }> {
  const server: Server = createServer(async (request, response) => {
    const service = services.find((name) => request.url === `/${name}/metrics`);
    if (service === undefined) return response.writeHead(404).end();
    try {
      const text = await exposition(service);
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
    } catch {
      // Half an answer would look like series that have ended.
      response.writeHead(503).end();
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://${host}:${(server.address() as AddressInfo).port}`, close };
}
