import { defineRouting } from "fairlead";

/** Critical wakes somebody and is seen by all; warnings are only seen. */
export const routing = defineRouting({
  meets: ["PM-4"],
  receivers: {
    pagerduty: {
      kind: "pagerduty",
      routingKey: { secret: "production-alerting", key: "pagerduty-routing-key" },
    },
    secondary: {
      kind: "pagerduty",
      routingKey: { secret: "production-alerting", key: "pagerduty-secondary-key" },
    },
    slack: {
      kind: "slack",
      webhook: { secret: "production-alerting", key: "slack-webhook" },
      channel: "#production-alerts",
    },
    heartbeat: { kind: "webhook-secret", address: { secret: "production-alerting", key: "heartbeat-url" } },
  },
  routes: { critical: ["pagerduty", "slack"], warning: ["slack"] },
  escalation: [{ after: "15m", to: ["secondary"] }],
  heartbeat: "heartbeat",
});
