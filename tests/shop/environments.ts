import { defineEnvironments, defineRouting } from "fairlead";
import { services } from "./services.ts";

export const routing = defineRouting({
  receivers: {
    pager: { kind: "pagerduty", routingKey: { secret: "alertmanager-pager", key: "routing-key" } },
    chat: { kind: "slack", webhook: { secret: "alertmanager-chat", key: "url" }, channel: "#shop-alerts" },
    heartbeat: { kind: "webhook-secret", address: { secret: "alertmanager-heartbeat", key: "url" } },
  },
  routes: { critical: ["pager", "chat"], warning: ["chat"] },
  heartbeat: "heartbeat",
});

const links = (host: string) => ({
  runbooks: `https://runbooks.${host}`,
  grafana: `https://grafana.${host}`,
  prometheus: `https://prometheus.${host}`,
  alertmanager: `https://alertmanager.${host}`,
});

export const environments = defineEnvironments(
  { services, routing },
  {
    local: {
      stage: "local",
      target: "local",
      size: "minimum",
      context: "local",
      links: {
        runbooks: "http://127.0.0.1:8000",
        grafana: "http://127.0.0.1:3000",
        prometheus: "http://127.0.0.1:9090",
        alertmanager: "http://127.0.0.1:9093",
      },
      receivers: {
        pager: { kind: "webhook", url: "http://127.0.0.1:9095/pager" },
        chat: { kind: "webhook", url: "http://127.0.0.1:9095/chat" },
        heartbeat: { kind: "webhook", url: "http://127.0.0.1:9095/heartbeat" },
      },
      services: { api: { scaling: { replicas: 1 } } },
    },
    prod: {
      stage: "prod",
      target: "kubernetes",
      size: "production",
      context: "shop-prod",
      links: links("shop.example"),
      monitoring: { kind: "operator", labels: { release: "kube-prometheus-stack" } },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      meets: ["SH-3"],
    },
  },
);
