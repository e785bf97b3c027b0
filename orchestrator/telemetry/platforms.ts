import type { Platform } from "../../model/model.ts";
import type { PlatformTelemetry } from "./platform-telemetry.ts";
import { agenthive } from "./platforms/agenthive.ts";
import { commandcenter } from "./platforms/commandcenter.ts";
import { nexus } from "./platforms/nexus.ts";
import { production } from "./platforms/production.ts";
import { weathervane } from "./platforms/weathervane.ts";

/** Platforms whose events are counted. */
export const platforms: Readonly<Record<string, PlatformTelemetry>> = {
  agenthive,
  commandcenter,
  nexus,
  production,
  weathervane,
};

/**
 * What a platform measures. One that has no table here shows what every process has in common for all its services with metrics; its
 * requests count at the first that declares any.
 */
export function telemetryOf({ name, services, metrics }: Platform): PlatformTelemetry {
  const known = platforms[name];
  if (known) return known;
  const names = services.filter((service) => service.metrics).map((service) => service.name);
  const serving = metrics.find((metric) => metric.name === "http_server_request_duration_seconds");
  const api = names.find((service) => serving?.services.includes(service)) ?? names[0] ?? "";
  return { services: names, api, events: {}, gauges: {}, unsourced: [] };
}
