import type { EventMetrics } from "../event-metrics.ts";
import type { PlatformTelemetry, ReadGauges } from "../platform-telemetry.ts";
import { byLabel, plain } from "../readings.ts";
import { noBrowser, noCache, noHttpClient, noLogProcessor } from "./absent.ts";

const outcomes = { succeeded: "success", failed: "failure", cancelled: "cancelled" } as const;
const event = "workflow";

/** What the common base counts of its workflows (PM-3). */
const events: EventMetrics = {
  "run.accepted": (_, on) => on("worker").add("business_requested_total", { event }),
  "run.finished": ({ outcome, sinceAcceptedSeconds }, on) => {
    on("worker").add("business_events_total", { event, outcome: outcomes[outcome] });
    on("worker").record("business_lead_time_seconds", { event }, sinceAcceptedSeconds);
  },
};

const ofGateway: ReadGauges = async ({ state }) => {
  const { opening, ...open } = state.live().sockets;
  return { websocket_connections: byLabel("state", open), websocket_pending_handshakes: plain(opening) };
};

const ofWorker: ReadGauges = async ({ state }) => ({
  production_queue_workflows: plain((await state.runs()).queued),
});

/** The common base: the process is its gateway and its worker. */
export const production: PlatformTelemetry = {
  services: ["gateway", "worker"],
  api: "gateway",
  events,
  gauges: { gateway: [ofGateway], worker: [ofWorker] },
  features: {
    createRun: "start-workflow",
    runAndWait: "start-workflow",
    streamEvents: "follow-workflow",
    openEventSocket: "follow-workflow",
    listWorkflows: "list-workflows",
    listRuns: "list-workflows",
    readRun: "read-result",
  },
  unsourced: [
    noBrowser,
    noCache,
    noHttpClient,
    noLogProcessor,
    {
      because: "the number of sockets has no limit of its own",
      metrics: ["websocket_connections_max"],
    },
    {
      because: "a socket that never subscribes ends with its token, or when its other end is gone",
      metrics: ["websocket_timeouts_total"],
      values: { label: "phase", of: ["handshake"] },
    },
    {
      because: "results are in the steps, permissions a table in the program",
      metrics: [
        "db_client_operation_duration_seconds",
        "db_client_response_returned_rows",
        "db_client_slow_operations_total",
      ],
      values: { label: "db_collection_name", of: ["results", "permissions"] },
    },
  ],
};
