import {
  defineAlerts,
  defineDashboards,
  defineEnvironments,
  defineGates,
  defineLoadProfiles,
  defineMetrics,
  definePlatform,
  defineRouting,
  defineServices,
  defineSlos,
} from "fairlead";

const services = defineServices(
  { volumes: {} },
  {
    api: {
      title: "API",
      description: "Answers requests.",
      image: "ghcr.io/example/api:1.0.0",
      ports: { http: 8080 },
      metrics: { port: "http", path: "/metrics" },
      probes: {
        readiness: { http: "/readyz", port: "http" },
        liveness: { http: "/healthz", port: "http" },
      },
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "1000m", memory: "256Mi" } },
      scaling: { min: 2, max: 6, cpu: "70%" },
      public: ["http"],
    },
  },
);

const metrics = defineMetrics(
  { services },
  {
    http_requests_total: {
      type: "counter",
      class: "user",
      help: "Requests that were answered.",
      services: ["api"],
      labels: { outcome: ["ok", "error"] },
    },
    queue_length: {
      type: "gauge",
      class: "technical",
      help: "Jobs that wait.",
      services: ["api"],
    },
  },
);

const runbook = {
  meaning: "Too many requests end in an error.",
  impact: "Users see errors.",
  diagnosis: [
    {
      do: "See how many requests fail.",
      query: "sum by (outcome) (rate(http_requests_total[5m]))",
      good: "errors are a small part and falling",
      bad: "errors are a large part",
    },
    { do: "Read what the service says.", command: "kubectl -n $NAMESPACE logs deployment/api --tail=100" },
  ],
  mitigation: [{ do: "Restart it.", command: "kubectl -n $NAMESPACE rollout restart deployment/api" }],
  rollback: [
    {
      do: "Undo the last release. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
      command: "kubectl -n $NAMESPACE rollout undo deployment/api",
    },
  ],
};

const slos = defineSlos(
  { services, metrics },
  {
    availability: {
      title: "Requests succeed",
      description: "Users see errors instead of answers.",
      service: "api",
      objective: "99.5%",
      sli: {
        kind: "bad-events",
        bad: { metric: "http_requests_total", where: { outcome: "error" } },
        total: { metric: "http_requests_total" },
      },
      minimumEvents: 20,
      runbook,
    },
  },
);

const alerts = defineAlerts(
  { services, metrics },
  {
    "queue-long": {
      summary: "More than 100 jobs wait",
      description: "Work arrives faster than it is done.",
      severity: "warning",
      service: "api",
      when: { kind: "threshold", metric: "queue_length", aggregate: "max", is: ">", value: 100 },
      for: "10m",
      because: "a burst is worked off within minutes; what still waits after ten does not drain",
      runbook: { ...runbook, meaning: "The queue grows faster than it is worked off." },
    },
  },
);

const routing = defineRouting({
  receivers: {
    pager: { kind: "pagerduty", routingKey: { secret: "alertmanager-pager", key: "routing-key" } },
    chat: { kind: "slack", webhook: { secret: "alertmanager-chat", key: "url" }, channel: "#alerts" },
    heartbeat: { kind: "webhook-secret", address: { secret: "alertmanager-heartbeat", key: "url" } },
  },
  routes: { critical: ["pager", "chat"], warning: ["chat"] },
  heartbeat: "heartbeat",
});

const dashboards = defineDashboards(
  { metrics, slos, alerts },
  {
    overview: {
      title: "Overview",
      description: "How the platform is doing.",
      rows: [
        {
          title: "Requests",
          panels: [
            {
              title: "Requests by outcome",
              description: "Errors should be few.",
              type: "timeseries",
              unit: "per-second",
              queries: [
                {
                  expr: "sum by (outcome) (rate(http_requests_total[$__rate_interval]))",
                  legend: "{{outcome}}",
                },
              ],
              slos: ["availability"],
              width: "half",
            },
            {
              title: "Jobs that wait",
              description: "Above 100 work arrives faster than it is done.",
              type: "timeseries",
              unit: "count",
              queries: [{ expr: "max(queue_length)", legend: "waiting" }],
              thresholds: [{ value: 100, color: "red" }],
              alerts: ["queue-long"],
              width: "half",
            },
          ],
        },
      ],
    },
  },
);

const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke",
      description: "A few requests, to see that it answers.",
      target: { service: "api", port: "http" },
      arrivals: { kind: "constant", rate: "5/s", for: "30s" },
      requests: [{ name: "home", path: "/" }],
      slos: ["availability"],
    },
  },
);

const environments = defineEnvironments(
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
      // A laptop pages nobody.
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
      context: "prod",
      links: {
        runbooks: "https://runbooks.example.com",
        grafana: "https://grafana.example.com",
        prometheus: "https://prometheus.example.com",
        alertmanager: "https://alertmanager.example.com",
      },
      monitoring: { kind: "operator", labels: { release: "kube-prometheus-stack" } },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
    },
  },
);

const gates = defineGates(
  { environments },
  { release: { title: "Release gate", policy: "release", environments: ["prod"] } },
);

export default definePlatform({
  name: "hello",
  title: "Hello",
  description: "A platform of one service, to begin with.",
  team: "hello",
  contacts: [{ role: "on-call engineer", how: "pager, schedule hello-primary" }],
  repository: "https://git.example.com/hello",
  parts: [
    { services, metrics },
    { slos, alerts, routing, dashboards },
    { loadProfiles, environments, gates },
  ],
});
