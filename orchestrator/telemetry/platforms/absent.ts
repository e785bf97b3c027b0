// What the reference service does not have, though platforms declare metrics of it.
import type { Unsourced } from "../unsourced.ts";

export const noCache: Unsourced = {
  because:
    "nothing is cached by that name: workflows are read from PostgreSQL, permissions are a table in the program",
  metrics: [
    "cache_entries",
    "cache_evictions_total",
    "cache_invalidations_total",
    "cache_requests_total",
    "cache_size_bytes",
    "cache_warming_duration_seconds",
    "cache_warming_timestamp_seconds",
  ],
};

export const noHttpClient: Unsourced = {
  because: "no HTTP client with a pool of connections: calls of models and tools have metrics of their own",
  metrics: [
    "http_client_connection_max",
    "http_client_connection_timeouts_total",
    "http_client_connection_wait_time_seconds",
    "http_client_open_connections",
    "http_client_pending_requests",
    "http_client_request_duration_seconds",
  ],
};

export const noBrowser: Unsourced = {
  because: "there are no pages that browsers could report of",
  metrics: ["user_page_load_duration_seconds", "weathervane_page_load_duration_seconds"],
};

export const noLogProcessor: Unsourced = {
  because: "logs are lines on standard error, not records of an OpenTelemetry processor",
  metrics: ["otel_sdk_processor_log_processed_total"],
};

export const noRedisPool: Unsourced = {
  because: "there is no Redis: PostgreSQL holds all state",
  metrics: [
    "db_client_connection_count",
    "db_client_connection_max",
    "db_client_connection_pending_requests",
    "db_client_connection_timeouts_total",
    "db_client_connection_use_time_seconds",
    "db_client_connection_wait_time_seconds",
  ],
  values: { label: "db_client_connection_pool_name", of: ["redis"] },
};

/** Requests of services whose work is done in the process of the API. */
export const noServerOfItsOwn = (services: readonly string[]): Unsourced => ({
  because: "it has no HTTP server of its own here: all requests reach the API's service",
  services,
  metrics: [
    "http_server_active_requests",
    "http_server_page_items",
    "http_server_page_requests_total",
    "http_server_request_duration_seconds",
    "http_server_response_body_size_bytes",
  ],
});
