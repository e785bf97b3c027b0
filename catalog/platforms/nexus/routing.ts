import { defineRouting } from "fairlead";

export const routing = defineRouting({
  receivers: {
    pagerduty: { kind: "pagerduty", routingKey: { secret: "nexus-alerting", key: "pagerduty-routing-key" } },
    secondary: {
      kind: "pagerduty",
      routingKey: { secret: "nexus-alerting", key: "pagerduty-secondary-key" },
    },
    slack: {
      kind: "slack",
      webhook: { secret: "nexus-alerting", key: "slack-webhook" },
      channel: "#nexus-alerts",
    },
    heartbeat: { kind: "webhook-secret", address: { secret: "nexus-alerting", key: "heartbeat-url" } },
  },
  routes: { critical: ["pagerduty", "slack"], warning: ["slack"] },
  escalation: [{ after: "15m", to: ["secondary"] }],
  heartbeat: "heartbeat",
});
