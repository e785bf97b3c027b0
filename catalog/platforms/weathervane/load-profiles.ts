import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { usualLoadProfiles } from "fairlead/packs/load-profiles";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

type Profile = LoadProfileInput<{ service: keyof typeof services; slo: keyof typeof slos }>;
type Request = Profile["requests"][number];

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

const against = {
  target: { service: "dashboard-api", port: "http" },
  requests: [...reading, creating],
  slos: ["dashboard-api-availability", "dashboard-api-latency"],
} as const satisfies Partial<Profile>;

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    // Five requests a second are a few people; a hundred are a hundred open dashboards while other systems create tasks.
    ...usualLoadProfiles({ against, usual: 5, busy: 100 }),
    "hundred-tasks": {
      meets: ["WV-16"],
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
