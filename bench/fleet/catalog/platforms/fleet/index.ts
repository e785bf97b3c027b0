// A made-up platform for the benchmark: as many services as FAIRLEAD_BENCH_SERVICES says, five SLOs each.
import {
  defineDashboards,
  defineEnvironments,
  defineLoadProfiles,
  defineMetrics,
  definePlatform,
  defineRouting,
  defineServices,
  defineSlos,
} from "fairlead";

const names = Array.from(
  { length: Number(process.env.FAIRLEAD_BENCH_SERVICES ?? 200) },
  (_, i) => `service-${i}`,
);
// Those with SLOs, dashboards and loads: of all by default. What shows the SLOs of hundreds is too large to be deployed.
const observed = names.slice(0, Number(process.env.FAIRLEAD_BENCH_OBSERVED ?? names.length));
const each = <T>(of: (name: string) => Record<string, T>, among = observed): Record<string, T> =>
  Object.assign({}, ...among.map(of));

const services = defineServices(
  { volumes: {} },
  each(
    (name) => ({
      [name]: {
        title: `The ${name} of the fleet`,
        description: "Answers requests.",
        image: `ghcr.io/fleet/${name}:1.0.0`,
        ports: { http: 8080 },
        metrics: { port: "http" },
        probes: {
          readiness: { http: "/readyz", port: "http" },
          liveness: { http: "/healthz", port: "http" },
        },
        resources: { requests: { cpu: "5m", memory: "16Mi" }, limits: { memory: "32Mi" } },
        scaling: { min: 2, max: 6, cpu: "70%" },
      },
    }),
    names,
  ),
);

const metrics = defineMetrics(
  { services },
  {
    http_requests_total: {
      type: "counter",
      class: "user",
      help: "Requests that were answered.",
      services: names,
      labels: { code: ["200", "404", "500"] },
    },
    http_request_duration_seconds: {
      type: "histogram",
      class: "user",
      unit: "seconds",
      help: "Time to answer a request.",
      services: names,
      buckets: [0.1, 0.3, 1],
    },
    jobs_total: {
      type: "counter",
      class: "business",
      help: "Jobs that ended.",
      services: names,
      labels: { outcome: ["done", "failed", "given_up"] },
    },
  },
);

const runbook = {
  meaning: "Too much of what users ask for fails or is slow.",
  impact: "Users see errors, wait, or have to come back later.",
  diagnosis: [
    {
      do: "See how much fails.",
      query: "sum by (code) (rate(http_requests_total[5m]))",
      good: "little",
      bad: "much",
    },
    {
      do: "Read what the service says.",
      command: "kubectl -n $NAMESPACE logs deployment/service-0 --tail=100",
    },
  ],
  mitigation: [{ do: "Restart it.", command: "kubectl -n $NAMESPACE rollout restart deployment/service-0" }],
};

const slos = defineSlos(
  { services, metrics },
  each((service) => {
    const common = { service, description: "Users notice at once.", runbook };
    const jobs = { metric: "jobs_total" } as const;
    const latency = { kind: "latency", metric: "http_request_duration_seconds" } as const;
    return {
      [`${service}-availability`]: {
        ...common,
        title: `Requests to ${service} succeed`,
        objective: "99.9%",
        sli: {
          kind: "bad-events",
          bad: { metric: "http_requests_total", where: { code: "500" } },
          total: { metric: "http_requests_total" },
        },
        minimumEvents: service === "service-7" ? 50 : 50,
      },
      [`${service}-latency`]: {
        ...common,
        title: `Requests to ${service} are fast`,
        objective: "99%",
        sli: { ...latency, threshold: "300ms" },
      },
      [`${service}-slowest`]: {
        ...common,
        title: `No request to ${service} takes long`,
        objective: "99.5%",
        period: "28d",
        sli: { ...latency, threshold: "1s" },
      },
      [`${service}-jobs`]: {
        ...common,
        title: `Jobs of ${service} end well`,
        objective: "98%",
        sli: { kind: "good-events", good: { ...jobs, where: { outcome: "done" } }, total: jobs },
      },
      [`${service}-kept`]: {
        ...common,
        title: `Jobs of ${service} are not given up`,
        objective: "99.5%",
        sli: { kind: "bad-events", bad: { ...jobs, where: { outcome: "given_up" } }, total: jobs },
        minimumEvents: 20,
      },
    };
  }),
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
  { metrics, slos, alerts: {} },
  each((service) => ({
    [service]: {
      title: `Overview of ${service}`,
      description: "How it is doing.",
      rows: [
        {
          title: "Requests",
          panels: [
            {
              title: "Requests by code",
              description: "Errors should be few.",
              type: "timeseries",
              unit: "per-second",
              queries: [
                {
                  expr: `sum by (code) (rate(http_requests_total{service="${service}"}[$__rate_interval]))`,
                  legend: "{{code}}",
                },
              ],
              slos: [
                `${service}-availability`,
                `${service}-latency`,
                `${service}-slowest`,
                `${service}-jobs`,
                `${service}-kept`,
              ],
            },
          ],
        },
      ],
    },
  })),
);

const loadProfiles = defineLoadProfiles(
  { services, slos },
  each((service) => ({
    [`${service}-smoke`]: {
      title: `Smoke of ${service}`,
      description: "A few requests, to see that it answers.",
      target: { service, port: "http" },
      arrivals: { kind: "constant", rate: "5/s", for: "30s" },
      requests: [{ name: "home", path: "/" }],
      slos: [`${service}-availability`, `${service}-latency`],
    },
  })),
);

// No environment of stage "prod": its stacks are measured apart.
const environments = defineEnvironments(
  { services, routing },
  {
    staging: {
      stage: "staging",
      target: "kubernetes",
      size: "production",
      context: "staging",
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

export default definePlatform({
  name: "fleet",
  title: "Fleet",
  description: "Many services with many SLOs.",
  team: "fleet",
  contacts: [{ role: "on-call engineer", how: "pager, schedule fleet-primary" }],
  repository: "https://git.example.com/fleet",
  parts: [
    { services, metrics },
    { slos, routing, dashboards },
    { loadProfiles, environments },
  ],
});
