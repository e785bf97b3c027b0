import { defineMetrics } from "fairlead";
import { streams } from "../label-values.ts";
import { services } from "../services.ts";

/** Technical: messages, by OpenTelemetry's names; requests and queries are the production base's. */
export const messagingMetrics = defineMetrics(
  { services },
  {
    messaging_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of NATS operations; error_type is empty for those that succeeded.",
      services: ["api", "orchestrator"],
      labels: {
        messaging_system: ["nats"],
        messaging_operation_name: ["publish", "receive", "ack"],
        messaging_destination_name: streams,
        error_type: ["", "timeout", "connection", "_OTHER"],
      },
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    },
  },
);
