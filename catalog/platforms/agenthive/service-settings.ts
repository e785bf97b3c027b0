// What several services are given alike.
import type { ServiceInput } from "fairlead";

/** Ready within five seconds of a change, restarted after three failed answers. */
export const answers: ServiceInput["probes"] = {
  readiness: { http: "/readyz", port: "http", period: "5s" },
  liveness: { http: "/livez", port: "http" },
};

/** Where PostgreSQL is, with its password in it. */
export const database = { DATABASE_URL: { secret: "agenthive-database", key: "url" } };
/** Redis asks for a password even inside the namespace. */
export const redis = { REDIS_PASSWORD: { secret: "agenthive-redis", key: "password" } };

/** Services verify each other's calls, too: every sensitive endpoint needs a token and a permission (AH-10). */
export const tokens = { JWT_PUBLIC_KEY: { secret: "agenthive-auth", key: "jwt-public-key" } };

/** Records and traces; who asks for more detail overrides LOG_LEVEL in an environment. */
export const telemetry = {
  LOG_LEVEL: "info",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://otel-collector.monitoring:4317",
};

/** The cluster's own network, in which the collector is. */
export const collector = { cidr: "10.0.0.0/8", port: 4317, why: "OpenTelemetry collector of the cluster" };
