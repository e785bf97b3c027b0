import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

type Request = LoadProfileInput["requests"][number];

// A dry run is validated, queued and dropped before the first call of a model: load costs no tokens.
const dryRun = { title: "Load test", repository: "weathervane/sandbox", priority: "low", dryRun: true };

const reading: Request[] = [
  { name: "list-tasks", path: "/api/tasks?state=running&limit=50", weight: 10 },
  { name: "read-status", path: "/api/status", weight: 5 },
  { name: "list-gates", path: "/api/gates?hours=24", weight: 3 },
  { name: "list-resolution-loops", path: "/api/resolution-loops?state=open", weight: 2 },
];
const creating: Request = {
  name: "create-task",
  method: "POST",
  path: "/api/tasks",
  body: dryRun,
  expect: [202],
};

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke: does the dashboard API work at all",
      description: "Half a minute at the pace of a few people; run after every deploy.",
      target: { service: "dashboard-api", port: "http" },
      arrivals: { kind: "constant", rate: "5/s", for: "30s", maxUsers: 10 },
      requests: [...reading, creating],
      slos: ["dashboard-api-availability", "dashboard-api-latency"],
    },
    load: {
      title: "Load: the dashboard API at ten times its usual pace",
      description:
        "Climbs to 100 requests a second, stays there for five minutes and goes back: a hundred open dashboards while other " +
        "systems create tasks.",
      target: { service: "dashboard-api", port: "http" },
      arrivals: {
        kind: "ramping",
        from: "5/s",
        stages: [
          { to: "100/s", over: "1m" },
          { to: "100/s", over: "5m" },
          { to: "5/s", over: "30s" },
        ],
        maxUsers: 100,
      },
      requests: [...reading, creating],
      slos: ["dashboard-api-availability", "dashboard-api-latency"],
    },
    "hundred-tasks": {
      title: "A hundred tasks at once",
      description:
        "A hundred dry-run tasks within ten seconds: the queue takes them all, and the API stays fast meanwhile.",
      target: { service: "dashboard-api", port: "http" },
      arrivals: { kind: "constant", rate: "10/s", for: "10s", maxUsers: 100 },
      requests: [creating],
      slos: ["dashboard-api-availability", "dashboard-api-latency"],
    },
  },
);
