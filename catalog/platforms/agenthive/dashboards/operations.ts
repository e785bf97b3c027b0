import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

export const operations = defineDashboards(known, {
  operations: {
    meets: ["AH-10", "AH-13", "AH-14"],
    title: "Operations",
    description: "Permissions and keys, releases, and the people at the dashboard.",
    tags: ["agenthive", "AH-10", "AH-13"],
    variables: { service: { title: "Service", metric: "agenthive_build_info", label: "service" } },
    rows: [
      {
        title: "Permissions and keys",
        panels: [
          {
            meets: ["AH-10"],
            title: "Unchecked answers of sensitive endpoints",
            description: "In the last 30 days. Must be 0.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: 'sum(increase(agenthive_permission_checks_total{result="unchecked"}[30d]))',
                legend: "unchecked",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["permission-not-checked"],
            width: "quarter",
          },
          {
            meets: ["AH-10"],
            title: "Refused requests",
            description:
              "Share of the last 10 minutes' requests to sensitive endpoints, by reason. Above 20 % in all the team is told.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (result) (increase(agenthive_permission_checks_total{result!~"allowed|unchecked"}[10m])) ' +
                  "/ on () group_left () (sum(increase(agenthive_permission_checks_total[10m])) > 0)",
                legend: "{{result}}",
              },
            ],
            alerts: ["token-refusals-high"],
            width: "quarter",
          },
          {
            meets: ["AH-10"],
            title: "Age of API keys",
            description: "Rotation is due after 30 days.",
            type: "stat",
            unit: "seconds",
            queries: [{ expr: "max by (key) (agenthive_api_key_age_seconds)", legend: "{{key}}" }],
            thresholds: [
              { value: 2_160_000, color: "yellow" },
              { value: 2_592_000, color: "red" },
            ],
            alerts: ["api-key-too-old"],
            width: "quarter",
          },
          {
            meets: ["AH-10"],
            title: "Use of API keys",
            description:
              "Calls in 15 minutes, beside four times the last day's average: above that line the team is told.",
            type: "timeseries",
            unit: "count",
            queries: [
              { expr: "sum by (key) (increase(agenthive_api_key_requests_total[15m]))", legend: "{{key}}" },
              {
                expr: "4 / 96 * sum by (key) (increase(agenthive_api_key_requests_total[1d]))",
                legend: "unusual: {{key}}",
              },
            ],
            alerts: ["api-key-use-unusual"],
            width: "quarter",
          },
        ],
      },
      {
        title: "Releases",
        panels: [
          {
            meets: ["AH-13"],
            title: "Pods by version",
            description: "Two versions side by side for more than 30 minutes: a roll-out does not finish.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'count by (service, version) (agenthive_build_info{service=~"$service"})',
                legend: "{{service}} {{version}}",
              },
            ],
            alerts: ["deployment-unfinished"],
          },
          {
            meets: ["AH-13"],
            title: "Pods that answer",
            description:
              "Replicas that Prometheus reaches. 0 of a service: somebody is woken. During a roll-out it must not fall.",
            type: "timeseries",
            unit: "count",
            queries: [{ expr: 'sum by (service) (up{service=~"$service"})', legend: "{{service}}" }],
            alerts: ["dashboard-web-down"],
          },
          {
            title: "Restarts of services",
            description: "In the last day. More than the releases of the day: something crashes.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: 'sum by (service) (changes(process_start_time_seconds{service=~"$service"}[1d]))',
                legend: "{{service}}",
              },
            ],
            thresholds: [{ value: 3, color: "yellow" }],
          },
        ],
      },
      {
        title: "People",
        panels: [
          {
            meets: ["AH-14"],
            title: "Time to load a page, 75th percentile",
            description:
              "Largest contentful paint over an hour, by page. Below 2.5 s is good, above 4 s is poor.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.75, sum by (page, le) (rate(user_page_load_duration_seconds_bucket[1h])))",
                legend: "{{page}}",
              },
            ],
            thresholds: [
              { value: 2.5, color: "yellow" },
              { value: 4, color: "red" },
            ],
          },
          {
            meets: ["AH-14"],
            title: "People at the dashboard",
            description: "Open event streams, by device.",
            type: "timeseries",
            unit: "count",
            queries: [{ expr: "sum by (device) (agenthive_dashboard_viewers)", legend: "{{device}}" }],
          },
          {
            meets: ["AH-6"],
            title: "What people did",
            description: "In the last day. Many set-level or roll-back: the hive does not help itself.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: "sum by (feature) (increase(user_feature_uses_total[1d]))",
                legend: "{{feature}}",
              },
            ],
          },
        ],
      },
    ],
  },
});
