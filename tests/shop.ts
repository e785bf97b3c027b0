// A small platform with one of everything, for tests.
import {
  type AllowanceInput,
  defineAlerts,
  defineBreakers,
  defineDashboards,
  defineEnvironments,
  defineEvents,
  defineGates,
  defineLimits,
  defineLoadProfiles,
  defineMetrics,
  defineModes,
  defineOperations,
  definePlatform,
  defineRouting,
  defineServices,
  defineSlos,
  defineVolumes,
} from "fairlead";

const runbook = {
  meaning: "Orders fail.",
  impact: "Customers cannot buy.",
  diagnosis: [
    {
      do: "Look at the errors.",
      query: "sum by (outcome) (rate(shop_orders_total[5m]))",
      good: "mostly ok",
      bad: "mostly failed",
    },
    { do: "Read the log.", command: "kubectl -n $NAMESPACE logs deployment/api --tail=100" },
  ],
  mitigation: [{ do: "Restart the API.", command: "kubectl -n $NAMESPACE rollout restart deployment/api" }],
  rollback: [{ do: "Undo the release.", command: "kubectl -n $NAMESPACE rollout undo deployment/api" }],
};

export const volumes = defineVolumes({ receipts: { title: "Receipts", size: "5Gi", access: "shared" } });

const probes = {
  readiness: { http: "/readyz", port: "http" },
  liveness: { http: "/healthz", port: "http" },
} as const;
const resources = { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } } as const;

export const services = defineServices(
  { volumes },
  {
    api: {
      title: "Order API",
      description: "Takes orders.",
      image: "ghcr.io/shop/api:1.2.3",
      ports: { http: 8080 },
      metrics: { port: "http" },
      probes,
      resources,
      scaling: { min: 2, max: 5, cpu: "70%" },
      dependsOn: ["store"],
      public: ["http"],
      secrets: { PAYMENT_KEY: { secret: "payment", key: "api-key" } },
      egress: [{ cidr: "203.0.113.0/24", port: 443, why: "payment provider" }],
      mounts: { "/receipts": "receipts" },
      meets: ["SH-1"],
    },
    store: {
      title: "Order store",
      description: "Keeps orders.",
      image: "ghcr.io/shop/store:2.0.0",
      ports: { store: 6379 },
      probes: { readiness: { tcp: "store" }, liveness: { tcp: "store" } },
      resources,
      scaling: { replicas: 1 },
    },
  },
);

export const metrics = defineMetrics(
  { services },
  {
    shop_orders_total: {
      type: "counter",
      class: "business",
      help: "Orders by outcome.",
      services: ["api"],
      labels: { outcome: ["ok", "failed"] },
    },
    shop_request_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Time to answer a request.",
      services: ["api"],
      labels: { route: ["/orders", "/health"] },
      buckets: [0.1, 0.3, 1],
    },
    shop_queue_depth: {
      type: "gauge",
      class: "system",
      help: "Orders that wait.",
      services: ["api"],
      labels: { queue: { atMost: 10 } },
    },
    shop_disk_free_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Free disk.",
      services: ["api"],
    },
    shop_disk_size_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of the disk.",
      services: ["api"],
    },
    shop_double_charges_total: {
      type: "counter",
      class: "user",
      help: "Customers charged twice.",
      services: ["api"],
    },
  },
);

export const slos = defineSlos(
  { services, metrics },
  {
    "order-success": {
      title: "Orders succeed",
      description: "Customers see an error page.",
      service: "api",
      objective: "99.9%",
      sli: {
        kind: "bad-events",
        bad: { metric: "shop_orders_total", where: { outcome: "failed" } },
        total: { metric: "shop_orders_total" },
      },
      minimumEvents: 50,
      runbook,
      meets: ["SH-2"],
    },
    "order-latency": {
      title: "Orders are fast",
      description: "Customers wait.",
      service: "api",
      objective: "95%",
      period: "28d",
      sli: {
        kind: "latency",
        metric: "shop_request_duration_seconds",
        where: { route: "/orders" },
        threshold: "300ms",
      },
      noTraffic: "unknown",
      runbook,
    },
  },
);

export const alerts = defineAlerts(
  { services, metrics },
  {
    "queue-deep": {
      summary: "Queue {{ $labels.queue }} is deep",
      description: "More than 100 orders wait.",
      severity: "warning",
      service: "api",
      when: {
        kind: "threshold",
        metric: "shop_queue_depth",
        aggregate: "max",
        by: ["queue"],
        is: ">",
        value: 100,
      },
      for: "10m",
      because: "a wave of orders is worked off within minutes",
      cause: "backlog",
      runbook,
    },
    "disk-almost-full": {
      summary: "Less than 10% of the disk is free",
      description: "Receipts will be lost.",
      severity: "critical",
      service: "api",
      when: {
        kind: "gauge-ratio",
        part: { metric: "shop_disk_free_bytes" },
        whole: { metric: "shop_disk_size_bytes" },
        is: "<",
        value: "10%",
      },
      for: "5m",
      because: "the nightly clean-up takes four minutes to give room back",
      runbook,
    },
    "orders-failing": {
      summary: "More than 30% of orders fail",
      description: "Over an hour.",
      severity: "critical",
      service: "api",
      when: {
        kind: "event-ratio",
        part: { metric: "shop_orders_total", where: { outcome: "failed" } },
        whole: { metric: "shop_orders_total" },
        window: "1h",
        is: ">",
        value: "30%",
        minimumEvents: 20,
      },
      runbook,
    },
    "double-charge": {
      summary: "A customer was charged twice",
      description: "Must never happen.",
      severity: "critical",
      service: "api",
      when: { kind: "increase", metric: "shop_double_charges_total", window: "5m", is: ">", value: 0 },
      direct: true,
      invariant: true,
      runbook,
    },
    "api-down": {
      summary: "The order API is down",
      description: "No pod answers.",
      severity: "critical",
      service: "api",
      when: { kind: "target-down" },
      direct: true,
      runbook,
    },
    "orders-stopped": {
      summary: "No order for a while",
      description: "There were orders an hour ago and there are none now.",
      severity: "warning",
      service: "api",
      when: {
        kind: "promql",
        expr: "sum(rate(shop_orders_total[5m])) == 0 and sum(rate(shop_orders_total[5m] offset 1h)) > 0",
        examples: [
          {
            title: "orders stop",
            series: { 'shop_orders_total{platform="shop",outcome="ok"}': "0+60x60 3600+0x30" },
            expect: [
              { at: "30m", firing: [] },
              { at: "70m", firing: [{}] },
            ],
          },
        ],
      },
      runbook,
    },
  },
);

const breakers = defineBreakers(
  { services, metrics, alerts },
  {
    payments: {
      title: "Payments",
      description: "Takes no payment while the provider does not answer.",
      service: "api",
      opens: { kind: "failure-rate", above: "50%", window: "5m", minimumCalls: 10 },
      recovers: { kind: "trial", after: ["1m", "2m"] },
      whileOpen: [{ do: "refuse-calls" }, { do: "use-back-up", backUp: "vouchers" }],
      shownBy: { metric: "shop_queue_depth", where: { queue: "payments" } },
      alert: "queue-deep",
    },
  },
);

const ladder = { service: "api" as const, ladder: "selling" };

const modes = defineModes(
  { services, metrics, alerts },
  {
    selling: {
      ...ladder,
      title: "Selling",
      description: "Everything works.",
      rank: 0,
      works: { newWork: "accepted", running: "goes-on" },
      shownBy: { metric: "shop_queue_depth", where: { queue: "mode" }, value: 0 },
    },
    closed: {
      ...ladder,
      title: "Closed",
      description: "No new order; those that were taken are sent.",
      rank: 1,
      works: { newWork: "refused", running: "finishes", agents: "50%" },
      entered: [{ signal: "backlog", is: ">=", value: "90%" }],
      left: { calmFor: "5m" },
      shownBy: { metric: "shop_queue_depth", where: { queue: "mode" }, value: 1 },
      alert: "queue-deep",
    },
  },
);

const limits = defineLimits(
  { services, metrics, alerts },
  {
    "waiting-orders": {
      title: "Orders that wait",
      description: "More are refused.",
      service: "api",
      of: "orders",
      atMost: 100,
      per: "platform",
      window: "1h",
      warnsAt: "80%",
      waits: ["2s", "4s"],
      reached: ["refuse", "tell-people"],
      shownBy: { metric: "shop_queue_depth" },
      alert: "queue-deep",
    },
  },
);

export const events = defineEvents({
  "order-placed": {
    message: "An order was placed",
    fields: { order_id: { type: "string", description: "The order." } },
  },
});

export const routing = defineRouting({
  receivers: {
    pager: { kind: "pagerduty", routingKey: { secret: "alertmanager-pager", key: "routing-key" } },
    chat: { kind: "slack", webhook: { secret: "alertmanager-chat", key: "url" }, channel: "#shop-alerts" },
    heartbeat: { kind: "webhook-secret", address: { secret: "alertmanager-heartbeat", key: "url" } },
  },
  routes: { critical: ["pager", "chat"], warning: ["chat"] },
  heartbeat: "heartbeat",
});

export const dashboards = defineDashboards(
  { metrics, slos, alerts },
  {
    orders: {
      title: "Orders",
      description: "How the shop is doing.",
      variables: { queue: { title: "Queue", metric: "shop_queue_depth", label: "queue" } },
      rows: [
        {
          title: "Orders",
          panels: [
            {
              title: "Orders by outcome",
              description: "Failed orders should be few.",
              type: "timeseries",
              unit: "per-second",
              queries: [
                {
                  expr: "sum by (outcome) (rate(shop_orders_total[$__rate_interval]))",
                  legend: "{{outcome}}",
                },
              ],
              alerts: ["orders-failing", "orders-stopped", "double-charge", "api-down"],
              slos: ["order-success", "order-latency"],
              width: "two-thirds",
            },
            {
              title: "Queue",
              description: "Orders that wait.",
              type: "stat",
              unit: "count",
              queries: [{ expr: 'max by (queue) (shop_queue_depth{queue=~"$queue"})', legend: "{{queue}}" }],
              thresholds: [{ value: 100, color: "red" }],
              alerts: ["queue-deep"],
            },
          ],
        },
        {
          title: "Disk",
          panels: [
            {
              title: "Free disk",
              description: "Should stay above 10%.",
              type: "gauge",
              unit: "percent",
              queries: [{ expr: "sum(shop_disk_free_bytes) / (sum(shop_disk_size_bytes) > 0)" }],
              thresholds: [{ value: 0.1, color: "green" }],
              alerts: ["disk-almost-full"],
            },
          ],
        },
      ],
    },
  },
);

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke",
      description: "A few orders.",
      target: { service: "api", port: "http" },
      arrivals: { kind: "constant", rate: "5/s", for: "30s" },
      requests: [
        { name: "list", path: "/orders?limit=10", weight: 3 },
        { name: "place", method: "POST", path: "/orders", body: { item: "book" }, expect: [201] },
      ],
      slos: ["order-success", "order-latency"],
    },
    load: {
      title: "Load",
      description: "A busy day.",
      target: { service: "api", port: "http" },
      arrivals: {
        kind: "ramping",
        from: "1/s",
        stages: [
          { to: "50/s", over: "1m" },
          { to: "1/s", over: "30s" },
        ],
      },
      requests: [{ name: "list", path: "/orders" }],
      slos: ["order-latency"],
    },
  },
);

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

export const gates = defineGates(
  { environments },
  { release: { title: "Release gate", policy: "latency-and-errors", environments: ["prod"] } },
);

/** Policies of the shop, by name. */
export const policies = {
  "latency-and-errors": {
    name: "latency-and-errors",
    description: "Fast enough and without errors.",
    level: "mandatory",
    objectives: [
      {
        name: "success",
        indicator: { slo: "order-success" },
        pass: [[">=99.9%"]],
        warn: [[">=99.5%"]],
        key: true,
      },
      { name: "p95", indicator: { load: "smoke", measure: "p95" }, pass: [["<=300ms", "<=+10%"]], weight: 2 },
    ],
    total: { pass: "90%", warn: "75%" },
  },
};

const operations = defineOperations(
  { alerts },
  {
    "emergency-stop": {
      title: "Emergency stop",
      purpose: "Closes the shop.",
      when: "Orders go wrong.",
      parts: [
        {
          title: "Level 1: no new orders",
          text: "Baskets stay.",
          steps: [
            {
              do: "Close the shop.",
              command: "kubectl -n $NAMESPACE exec deployment/api -- shopctl close",
              query: "sum(rate(shop_orders_total[5m]))",
              good: "0",
            },
          ],
        },
      ],
      tell: "Everybody.",
      alerts: ["api-down"],
    },
    "change-prices": {
      title: "Change prices",
      purpose: "Changes the prices of all books.",
      when: "On Mondays.",
      parts: [{ title: "Change", steps: [{ do: "Ask the manager." }] }],
    },
  },
);

/** What kube-score and checkov find in the shop, and is meant to be so. */
export const allow: AllowanceInput[] = [
  ["kube-score/container-resources", "services.*"],
  ["kube-score/deployment-replicas", "services.store"],
  ["kube-score/pod-probes-identical", "services.store"],
  ["checkov/CKV_K8S_11", "services.*"],
  ["checkov/CKV_K8S_43", "services.*"],
  ["checkov/CKV_K8S_35", "services.api"],
].map(([rule = "", at = ""]) => ({
  rule,
  at,
  reason: "the shop is made up, for tests",
  until: "2027-03-31",
}));

export const shop = definePlatform({
  name: "shop",
  title: "Shop",
  description: "Sells books.",
  team: "shop",
  contacts: [
    { role: "on-call engineer", how: "pager, schedule shop-primary" },
    { role: "engineering manager", how: "phone list" },
  ],
  repository: "https://git.example/shop",
  parts: [
    { volumes, services, metrics },
    { slos, alerts, events, operations, routing },
    { dashboards, loadProfiles, environments, gates },
    { breakers, modes, limits, allow },
  ],
});
