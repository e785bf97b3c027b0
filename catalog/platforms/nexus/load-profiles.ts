import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { services } from "./services.ts";
import { slos } from "./slos.ts";

type Request = LoadProfileInput["requests"][number];

const target = { service: "multi-agent-coordinator", port: "http" } as const;
const heartbeat: Request = {
  name: "heartbeat",
  method: "PUT",
  path: "/v1/agents/load-test/heartbeat",
  expect: [204],
  weight: 6,
};
// An echo task is matched, queued and given out like any other, and answered by the coordinator itself.
const submit: Request = {
  name: "submit-task",
  method: "POST",
  path: "/v1/tasks",
  body: { kind: "echo", priority: "normal", payload: "load test" },
  expect: [202],
  weight: 3,
};
const agents: Request = { name: "list-agents", path: "/v1/agents?limit=20" };

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke: does the coordinator work at all",
      description: "Half a minute at the pace of a few agents; run after every deploy.",
      target,
      arrivals: { kind: "constant", rate: "10/s", for: "30s", maxUsers: 10 },
      requests: [heartbeat, submit, agents],
      slos: ["coordinator-availability", "coordinator-response"],
    },
    throughput: {
      meets: ["NX-3"],
      title: "Throughput: 1,000 operations a second",
      description:
        "Two minutes at the 1,000 operations a second that the coordinator is made for: mostly heartbeats of agents, and tasks. " +
        "The queue must not fill up meanwhile.",
      target,
      arrivals: { kind: "constant", rate: "1000/s", for: "2m", maxUsers: 500 },
      requests: [heartbeat, submit, agents],
      slos: ["coordinator-availability", "coordinator-response"],
    },
  },
);
