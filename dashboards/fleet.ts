// The dashboard of all platforms together. It is the same in every environment: each has a Prometheus and a Grafana of its own.
import type { Artifact, Metric, Model, Origin, Panel, Platform } from "../model/model.ts";
import { SLO_OVERVIEW } from "../model/names.ts";
import { dataSourceVariable } from "./data-source.ts";
import { deployments } from "./deployments.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";
import { link } from "./links.ts";
import { labelVariable } from "./variables.ts";

const PLATFORM = 'platform=~"$platform"';
const REQUESTS = "http_server_request_duration_seconds";
const STATUS = "http_response_status_code";

/** The overview of all platforms; none where there is only one, whose own overview says the same. */
export function fleet({ platforms: chosen, fleet: platforms = chosen }: Model): Artifact[] {
  const [first] = platforms;
  if (!first || platforms.length === 1) return [];
  const { origin } = first;
  let id = 0;
  const rows = [
    { title: "Now", panels: now() },
    { title: "Platforms", panels: byPlatform() },
    { title: "Traffic", panels: traffic(platforms) },
  ].flatMap(({ title, panels }) => {
    const numbered = panels.map((panel) => {
      id += 1;
      return numberedPanel(panel, { id, origin });
    });
    return numbered.length > 0 ? [{ title, panels: numbered }] : [];
  });
  // No platform's dashboard can have this uid: their names have no underscore.
  const dashboard = {
    uid: "fleet_overview",
    description: "How all platforms are doing: what is down, who has been told, whose budget is spent.",
    rows,
  };
  const json = grafanaDashboard(dashboard, {
    title: "Fleet overview",
    tags: ["fleet", "slo"],
    links: platforms.flatMap((platform) => overviewLink(platform)),
    variables: [
      dataSourceVariable,
      labelVariable({ name: "platform", title: "Platform", query: "label_values(up, platform)" }),
    ],
    annotations: [deployments(PLATFORM)],
    linksOf: () => [],
  });
  const path = "generated/dashboards/fleet/overview.json";
  return [{ path, content: `${JSON.stringify(json, null, 2)}\n`, origin }];
}

/** In the same Grafana, so that no base URL is needed. */
function overviewLink({ title, dashboards }: Platform) {
  const overview = dashboards.find(({ name }) => name === SLO_OVERVIEW) ?? dashboards[0];
  return overview ? [{ ...link(title, `/d/${overview.uid}`), targetBlank: false, keepTime: true }] : [];
}

type Described = Pick<Panel, "title" | "description" | "type" | "unit" | "queries"> &
  Partial<Pick<Panel, "thresholds" | "width">>;

function numberedPanel(panel: Described, more: { id: number; origin: Origin }): Panel {
  return { thresholds: [], width: "third", alerts: [], slos: [], meets: [], ...panel, ...more };
}

const firing = (severity: string) => `ALERTS{${PLATFORM},alertstate="firing",severity="${severity}"}`;
const RED: Panel["thresholds"] = [{ value: 1, color: "red" }];
const YELLOW: Panel["thresholds"] = [{ value: 1, color: "yellow" }];
const BUDGET: Panel["thresholds"] = [
  { value: 0, color: "red" },
  { value: 0.001, color: "orange" },
  { value: 0.25, color: "green" },
];
const REMAINING = `slo:period_error_budget_remaining:ratio{${PLATFORM}}`;

function now(): Described[] {
  return [
    {
      title: "Targets down",
      description: "Pods that Prometheus cannot read. Should be 0.",
      type: "stat",
      unit: "count",
      queries: [{ expr: `count(up{${PLATFORM}}) - sum(up{${PLATFORM}})` }],
      thresholds: RED,
      width: "quarter",
    },
    {
      title: "Critical alerts",
      description: "Firing alerts for which somebody is paged. Should be 0.",
      type: "stat",
      unit: "count",
      queries: [{ expr: `count(${firing("critical")}) or vector(0)` }],
      thresholds: RED,
      width: "quarter",
    },
    {
      title: "Warnings",
      description: "Firing alerts that can wait until the morning.",
      type: "stat",
      unit: "count",
      queries: [{ expr: `count(${firing("warning")}) or vector(0)` }],
      thresholds: YELLOW,
      width: "quarter",
    },
    {
      title: "Smallest budget",
      description:
        "What is left of the error budget that is closest to its end. Below zero an objective is missed.",
      type: "stat",
      unit: "percent",
      queries: [{ expr: `min(${REMAINING})` }],
      thresholds: BUDGET,
      width: "quarter",
    },
  ];
}

function byPlatform(): Described[] {
  const per = (aggregate: string, of: string) => `${aggregate} by (platform) (${of})`;
  // A platform without firing alerts has none, not an unknown number of them.
  const count = (severity: string) =>
    `${per("count", firing(severity))} or 0 * ${per("sum", `up{${PLATFORM}}`)}`;
  return [
    {
      title: "How each platform is doing",
      description: "The platform with the smallest budget first. Targets up should be 100%.",
      type: "table",
      unit: "count",
      queries: [
        { expr: per("min", REMAINING), legend: "Smallest budget", unit: "percent", thresholds: BUDGET },
        { expr: per("avg", `up{${PLATFORM}}`), legend: "Targets up", unit: "percent" },
        { expr: count("critical"), legend: "Critical", thresholds: RED },
        { expr: count("warning"), legend: "Warnings", thresholds: YELLOW },
        {
          expr: per("max", `slo:current_burn_rate:ratio{${PLATFORM}}`),
          legend: "Highest burn rate",
          thresholds: [{ value: 1, color: "orange" }],
        },
      ],
      width: "half",
    },
    {
      title: "Firing alerts",
      description: "Everything that fires; each name has its runbook in the platform's alerts.",
      type: "table",
      unit: "count",
      queries: [
        {
          expr: `count by (severity, platform, service, alertname) (ALERTS{${PLATFORM},alertstate="firing",severity=~"critical|warning"})`,
          legend: "Series",
        },
      ],
      width: "half",
    },
    {
      title: "Smallest budgets",
      description: "The ten SLOs with the least left of their error budgets.",
      type: "bar-gauge",
      unit: "percent",
      queries: [
        { expr: `bottomk(10, min by (platform, slo) (${REMAINING}))`, legend: "{{platform}} {{slo}}" },
      ],
      thresholds: BUDGET,
      width: "half",
    },
    {
      title: "Firing alerts over time",
      description: "A step upwards in several platforms at once points at what they share.",
      type: "timeseries",
      unit: "count",
      queries: [
        {
          expr: `count by (platform, severity) (ALERTS{${PLATFORM},alertstate="firing",severity=~"critical|warning"})`,
          legend: "{{platform}} {{severity}}",
        },
      ],
      width: "half",
    },
  ];
}

/** Requests, errors, duration, of platforms that count them by OpenTelemetry's names. */
function traffic(platforms: readonly Platform[]): Described[] {
  const requests = platforms.flatMap(({ metrics }) => metrics.filter(({ name }) => name === REQUESTS));
  const isCounted = (metric: Metric) => !metric.native && STATUS in metric.labels;
  if (!requests.some(isCounted)) return [];
  const count = `${REQUESTS}_count`;
  const rate = (series: string, by: string, where = "") =>
    `sum by (${by}) (rate(${series}{${PLATFORM}${where}}[$__rate_interval]))`;
  const all = rate(count, "platform");
  return [
    {
      title: "Requests",
      description: "HTTP requests a second.",
      type: "timeseries",
      unit: "per-second",
      queries: [{ expr: all, legend: "{{platform}}" }],
    },
    {
      title: "Failed requests",
      description: "Share of HTTP requests that the server answered with 5xx.",
      type: "timeseries",
      unit: "percent",
      queries: [
        {
          expr: `(${rate(count, "platform", `,${STATUS}=~"5.."`)} or 0 * ${all}) / (${all} > 0)`,
          legend: "{{platform}}",
        },
      ],
      thresholds: [{ value: 0.01, color: "red" }],
    },
    {
      title: "Duration of requests",
      description: "The 95th percentile; of streams and long polls too, where a platform counts them.",
      type: "timeseries",
      unit: "seconds",
      queries: [
        {
          expr: `histogram_quantile(0.95, ${rate(`${REQUESTS}_bucket`, "platform, le")})`,
          legend: "{{platform}}",
        },
      ],
    },
  ];
}
