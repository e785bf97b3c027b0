import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, podsOf, releasesOf, rollBack, slowQueries } from "../runbook-steps.ts";
import { services } from "../services.ts";

const timed = 'service="hive-api",http_route!="/api/stream"';
const requests = `sum(increase(http_server_request_duration_seconds_count{${timed}}[20s]))`;
const fast = `sum(increase(http_server_request_duration_seconds_bucket{${timed},le="0.1"}[20s]))`;
const series = (name: "count" | "bucket", pod: string) =>
  `http_server_request_duration_seconds_${name}{platform="agenthive",service="hive-api",http_route="/api/tasks",pod="${pod}"${name === "bucket" ? ',le="0.1"' : ""}}`;

const elsewhere = (name: "count" | "bucket") => series(name, "a").replace("hive-api", "model-gateway");

/** Alerts within 30 seconds of a degradation, and what to add against it (AH-12). */
export const performanceAlerts = defineAlerts(
  { services, metrics },
  {
    "api-degraded": {
      meets: ["AH-11", "AH-12"],
      summary: "The Hive API got slow within the last 20 seconds",
      description:
        "Of the last 20 seconds' requests more than 20 % took longer than 100 ms; 5 % are allowed.",
      severity: "critical",
      service: "hive-api",
      when: {
        kind: "promql",
        expr: `1 - ${fast} / (${requests} > 0) > 0.2 and ${requests} >= 40`,
        examples: [
          {
            title:
              "from 60 s on every request of one pod in two is slow: known 20 s later, over 25 s after the end",
            interval: "5s",
            series: {
              [series("count", "a")]: "0+50x60",
              [series("bucket", "a")]: "0+50x12 600x11 650+50x36",
              [series("count", "b")]: "0+50x60",
              [series("bucket", "b")]: "0+50x60",
            },
            expect: [
              { at: "60s", firing: [] },
              { at: "80s", firing: [{}] },
              { at: "150s", firing: [] },
            ],
          },
          {
            title: "from 60 s on one in four is slow: known 25 s later",
            interval: "5s",
            series: {
              [series("count", "a")]: "0+50x60",
              [series("bucket", "a")]: "0+50x12 637.5+37.5x47",
            },
            expect: [
              { at: "60s", firing: [] },
              { at: "85s", firing: [{}] },
            ],
          },
          {
            title: "one in six is slow, which is the SLO's business, and in another service all are",
            interval: "5s",
            series: {
              [series("count", "a")]: "0+60x48",
              [series("bucket", "a")]: "0+50x48",
              [series("count", "b")]: "0+60x48",
              [series("bucket", "b")]: "0+50x48",
              [elsewhere("count")]: "0+1000x48",
              [elsewhere("bucket")]: "0x48",
            },
            expect: [
              { at: "100s", firing: [] },
              { at: "200s", firing: [] },
            ],
          },
          {
            title: "all are slow, of 44 within 20 seconds in two pods",
            interval: "5s",
            series: {
              [series("count", "a")]: "0+5.5x48",
              [series("bucket", "a")]: "0x48",
              [series("count", "b")]: "0+5.5x48",
              [series("bucket", "b")]: "0x48",
            },
            expect: [{ at: "100s", firing: [{}] }],
          },
          {
            title: "all are slow, of 36 within 20 seconds: too few to judge",
            interval: "5s",
            series: {
              [series("count", "a")]: "0+9x48",
              [series("bucket", "a")]: "0x48",
            },
            expect: [{ at: "100s", firing: [] }],
          },
        ],
      },
      direct: true,
      cause: "performance",
      runbook: {
        meaning: "A sudden fall in performance, which the SLO's windows would show minutes later.",
        impact: "The dashboard feels slow, and orders such as an emergency stop arrive late. Sessions go on.",
        diagnosis: [
          {
            do: "Find the slow routes.",
            query: `histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{${timed}}[1m])))`,
            good: "all below 0.1: it is over",
            bad: "one route: the service behind it. All routes: the database, CPU or load",
          },
          slowQueries,
          {
            do: "See whether load or CPU jumped.",
            query: 'sum by (pod) (rate(process_cpu_seconds_total{service="hive-api"}[1m]))',
            good: "far below the requested CPU",
            bad: "at it: too few pods, see the recommendation below",
          },
          {
            do: "See what is recommended.",
            query:
              "max by (target) (agenthive_recommended_replicas) - max by (target) (agenthive_current_replicas)",
            good: "0 or less: load is not the cause",
            bad: "above 0: add so many",
          },
          releasesOf("hive-api"),
        ],
        mitigation: [
          {
            do: "Too few pods: allow more.",
            command: `kubectl -n $NAMESPACE patch hpa hive-api --patch '{"spec":{"minReplicas":5,"maxReplicas":8}}'`,
            good: "new pods are ready within a minute",
          },
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [
          rollBack("hive-api"),
          { do: "The autoscaler's range goes back to the catalog's with the next deploy." },
        ],
      },
    },
    "scaling-recommended": {
      meets: ["AH-12"],
      summary: "{{ $labels.target }} needs more replicas",
      description:
        "For 30 seconds the load has asked for more replicas of {{ $labels.target }} than are ready. The panel and the first query of the runbook say how many.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "promql",
        expr: "max by (target) (agenthive_recommended_replicas) > max by (target) (agenthive_current_replicas)",
        examples: [
          {
            title:
              "one service needs a fourth replica and gets it, another one has enough; the former lease holder still reports",
            interval: "5s",
            series: {
              'agenthive_recommended_replicas{platform="agenthive",service="session-manager",pod="a",target="spawn-manager"}':
                "3x5 4x30",
              'agenthive_recommended_replicas{platform="agenthive",service="session-manager",pod="b",target="spawn-manager"}':
                "3x36",
              'agenthive_current_replicas{platform="agenthive",service="session-manager",pod="a",target="spawn-manager"}':
                "3x17 4x18",
              'agenthive_recommended_replicas{platform="agenthive",service="session-manager",pod="a",target="hive-api"}':
                "3x36",
              'agenthive_current_replicas{platform="agenthive",service="session-manager",pod="a",target="hive-api"}':
                "3x36",
              'agenthive_current_replicas{platform="agenthive",service="session-manager",pod="b",target="hive-api"}':
                "2x36",
            },
            expect: [
              { at: "25s", firing: [] },
              { at: "55s", firing: [] },
              { at: "60s", firing: [{ target: "spawn-manager" }] },
              { at: "100s", firing: [] },
            ],
          },
        ],
      },
      for: "30s",
      because:
        "AH-12 leaves half a minute, in which one odd reading is followed by others: the load is that of five minutes",
      direct: true,
      runbook: {
        meaning:
          "The session manager reckons from waiting tasks, agents at work and CPU how many replicas the load needs.",
        impact:
          "Tasks wait. hive-api and model-gateway are scaled by themselves, up to their maximum; the other two are not.",
        diagnosis: [
          {
            do: "See how many replicas of which service the load asks for: NUMBER of TARGET below.",
            query:
              "max by (target) (agenthive_recommended_replicas) > max by (target) (agenthive_current_replicas)",
            good: "nothing: as many are ready as are needed, or more",
            bad: "one service: scale it to that number. Several: spawn-manager first, it does the work",
          },
          {
            do: "See how many are missing of each.",
            query:
              "max by (target) (agenthive_recommended_replicas) - max by (target) (agenthive_current_replicas)",
            good: "below 0 for hours: that many can be taken away, one at a time",
            bad: "above 0: so many are missing",
          },
          {
            do: "See what the recommendation rests on.",
            command: hivectl("scaling explain"),
            good: "load and reserve in numbers, of this moment",
            bad: "numbers that are old: it is not reckoned any more",
          },
          {
            do: "See whether the quota has room.",
            command: "kubectl -n $NAMESPACE describe quota capacity",
            good: "used well below hard",
            bad: "used is near hard: the environment's size is too small",
          },
          podsOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "spawn-manager, session-manager: nothing scales them by itself; TARGET and NUMBER from above.",
            command: "kubectl -n $NAMESPACE scale deployment/TARGET --replicas=NUMBER",
            good: "ready within a minute",
          },
          {
            do: "hive-api, model-gateway: they are at their maximum, or would have scaled. Raise it to NUMBER, here 8.",
            command: `kubectl -n $NAMESPACE patch hpa TARGET --patch '{"spec":{"maxReplicas":8}}'`,
          },
        ],
        rollback: [
          {
            do: "Before you take a spawn manager away, let its agents finish.",
            command: hivectl("agents drain POD"),
            good: "prints agents=0",
          },
          {
            do: "The numbers go back to the catalog's with the next deploy; raise them there if they are to stay.",
          },
        ],
      },
    },
  },
);
