import { defineRouting } from "fairlead";

/** Critical wakes somebody and is seen by all; warnings are only seen. */
export const routing = defineRouting({
  meets: ["AH-5", "AH-6", "AH-12"],
  receivers: {
    pagerduty: {
      kind: "pagerduty",
      routingKey: { secret: "agenthive-alerting", key: "pagerduty-routing-key" },
    },
    secondary: {
      kind: "pagerduty",
      routingKey: { secret: "agenthive-alerting", key: "pagerduty-secondary-key" },
    },
    slack: {
      kind: "slack",
      webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
      channel: "#agenthive-alerts",
    },
    heartbeat: { kind: "webhook-secret", address: { secret: "agenthive-alerting", key: "heartbeat-url" } },
  },
  routes: { critical: ["pagerduty", "slack"], warning: ["slack"] },
  escalation: [{ after: "15m", to: ["secondary"] }],
  heartbeat: "heartbeat",
});
