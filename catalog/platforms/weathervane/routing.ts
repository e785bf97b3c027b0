import { defineRouting } from "fairlead";

/** Critical wakes somebody and is seen by all; warnings are only seen. */
export const routing = defineRouting({
  meets: ["WV-9", "WV-6", "WV-7"],
  receivers: {
    pagerduty: {
      kind: "pagerduty",
      routingKey: { secret: "weathervane-alerting", key: "pagerduty-routing-key" },
    },
    secondary: {
      kind: "pagerduty",
      routingKey: { secret: "weathervane-alerting", key: "pagerduty-secondary-key" },
    },
    slack: {
      kind: "slack",
      webhook: { secret: "weathervane-alerting", key: "slack-webhook" },
      channel: "#weathervane-alerts",
    },
    heartbeat: { kind: "webhook-secret", address: { secret: "weathervane-alerting", key: "heartbeat-url" } },
  },
  routes: { critical: ["pagerduty", "slack"], warning: ["slack"] },
  escalation: [{ after: "15m", to: ["secondary"] }],
  heartbeat: "heartbeat",
});
