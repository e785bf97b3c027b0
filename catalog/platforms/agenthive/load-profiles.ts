import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

type Profile = LoadProfileInput<{ service: keyof typeof services; slo: keyof typeof slos }>;
type Request = Profile["requests"][number];

const target: Profile["target"] = { service: "hive-api", port: "http" };
const apiSlos: Profile["slos"] = ["api-reliability", "api-latency"];

const reading: Request[] = [
  { name: "list-sessions", path: "/api/sessions?state=running", weight: 10 },
  { name: "read-status", path: "/api/status", weight: 5 },
  { name: "list-tasks", path: "/api/tasks?state=queued&limit=50", weight: 5 },
  { name: "list-agents", path: "/api/agents", weight: 3 },
  { name: "read-resources", path: "/api/resources", weight: 2 },
];
// A dry run goes the whole way but for the calls of models: load costs no tokens.
const task: Request = {
  name: "create-task",
  method: "POST",
  path: "/api/tasks",
  body: { title: "Load test", session: "load-test", priority: "low", dryRun: true },
  expect: [202],
};
// A session that runs already goes on.
const session: Request = {
  name: "start-session",
  method: "POST",
  path: "/api/sessions",
  body: { name: "load-test" },
  weight: 5,
  expect: [200, 201],
};
// Refused until the session runs: the first order may come before.
const drill = (name: string, body: Record<string, string | number>): Request => ({
  name,
  method: "POST",
  path: "/api/drills",
  body,
  expect: [202, 409],
});

/** One of the steps by which sessions are lengthened: the API's usual pace for as long as the session lasts. */
const endurance = (hours: 4 | 8 | 16 | 24): Profile => ({
  meets: ["AH-1"],
  title: `Endurance: ${hours} hours`,
  description: `The usual pace for ${hours} hours beside a running session; the session's own result decides together with this run.`,
  target,
  arrivals: { kind: "constant", rate: "5/s", for: `${hours}h`, maxUsers: 20 },
  requests: [...reading, task],
  slos: apiSlos,
});

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke: does the Hive API work at all",
      description: "Half a minute at the pace of a few people; run after every deploy.",
      target,
      arrivals: { kind: "constant", rate: "5/s", for: "30s", maxUsers: 10 },
      requests: [...reading, task],
      slos: apiSlos,
    },
    "endurance-4h": endurance(4),
    "endurance-8h": endurance(8),
    "endurance-16h": endurance(16),
    "endurance-24h": endurance(24),
    stress: {
      meets: ["AH-1", "AH-11"],
      title: "Stress: twenty times the usual pace",
      description:
        "Climbs to 100 requests a second, stays there for five minutes and goes back: the API keeps its 100 ms throughout.",
      target,
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
      requests: [...reading, task],
      slos: apiSlos,
    },
    recovery: {
      meets: ["AH-1", "AH-7", "AH-9"],
      title: "Recovery: agents and sessions are lost under load",
      description:
        "Ten minutes at four times the usual pace; of two hundred requests one orders a drill: an agent of a running session is killed. " +
        "The API must not notice; recovery times come from the hive's own metrics.",
      target,
      arrivals: { kind: "constant", rate: "20/s", for: "10m", maxUsers: 50 },
      requests: [
        ...reading.map((request) => ({ ...request, weight: (request.weight ?? 1) * 8 })),
        session,
        drill("kill-agent", { fault: "agent-crash", session: "load-test" }),
      ],
      slos: apiSlos,
    },
    efficiency: {
      meets: ["AH-1"],
      title: "Efficiency: many small tasks",
      description:
        "Half an hour of nothing but tasks, ten a second: shows the time and memory that a task takes from queue to end.",
      target,
      arrivals: { kind: "constant", rate: "10/s", for: "30m", maxUsers: 50 },
      requests: [task],
      slos: apiSlos,
    },
    cognitive: {
      meets: ["AH-1", "AH-4"],
      title: "Cognitive: a session that is as old as 16 hours",
      description:
        "A drill sets a session's age to just below 16 hours, then orders arrive for fifteen minutes: it must pass into " +
        "conservative mode and keep answering. The alert ConservativeModeMissing must stay silent.",
      target,
      arrivals: { kind: "constant", rate: "5/s", for: "15m", maxUsers: 20 },
      requests: [
        { name: "read-session", path: "/api/sessions/load-test", weight: 50 },
        // No task is taken in conservative mode.
        { ...task, weight: 49, expect: [202, 503] },
        session,
        drill("age-session", { fault: "age", session: "load-test", ageSeconds: 57_300 }),
      ],
      slos: apiSlos,
    },
  },
);
