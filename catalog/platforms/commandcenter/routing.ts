import { defineRouting } from "fairlead";

/** Everything goes to the webhook of the on-call service, which wakes people for what is critical; all is seen in Slack. */
export const routing = defineRouting({
  meets: ["CC-3"],
  receivers: {
    "on-call": { kind: "webhook-secret", address: { secret: "commandcenter-alerting", key: "on-call-url" } },
    secondary: {
      kind: "webhook-secret",
      address: { secret: "commandcenter-alerting", key: "secondary-url" },
    },
    slack: {
      kind: "slack",
      webhook: { secret: "commandcenter-alerting", key: "slack-webhook" },
      channel: "#commandcenter-alerts",
    },
    heartbeat: {
      kind: "webhook-secret",
      address: { secret: "commandcenter-alerting", key: "heartbeat-url" },
    },
  },
  routes: { critical: ["on-call", "slack"], warning: ["slack"] },
  escalation: [{ after: "15m", to: ["secondary"] }],
  heartbeat: "heartbeat",
});
