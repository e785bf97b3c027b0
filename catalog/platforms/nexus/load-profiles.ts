import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { coordinator, learning, optimizer } from "./label-values.ts";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

type Request = LoadProfileInput["requests"][number];

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

const predict: Request = {
  name: "predict",
  method: "POST",
  path: "/v1/predictions",
  body: { kind: "duration", task: { kind: "echo", priority: "normal", size: 3 } },
  weight: 7,
};
// Marked as a rehearsal: made anonymous and judged like any other, and not stored.
const learn: Request = {
  name: "send-experience",
  method: "POST",
  path: "/v1/experiences",
  body: { rehearsal: true, task: { kind: "echo" }, outcome: "completed", seconds: 0.4 },
  expect: [202],
  weight: 2,
};
const readPatterns: Request = { name: "list-patterns", path: "/v1/patterns?limit=20" };

const samples: Request = {
  name: "send-samples",
  method: "POST",
  path: "/v1/samples",
  body: { rehearsal: true, series: "load_test", values: [0.41, 0.39, 0.44, 0.4] },
  expect: [202],
  weight: 7,
};
const recommend: Request = { name: "list-recommendations", path: "/v1/recommendations?limit=20", weight: 2 };
const inForce: Request = { name: "list-optimizations", path: "/v1/optimizations?state=in-force" };

// Registered again, it is the same agent.
const register: Request = {
  name: "register-agent",
  method: "POST",
  path: "/v1/agents",
  body: { id: "load-test", type: "code-reviewer" },
  expect: [200, 201],
};

const coordinating = {
  target: { service: coordinator, port: "http" },
  prepare: [register],
  requests: [heartbeat, submit, agents],
  slos: ["coordinator-availability" as const, "coordinator-response" as const],
};
const predicting = {
  target: { service: learning, port: "http" },
  requests: [predict, learn, readPatterns],
  slos: ["learning-availability" as const, "learning-response" as const],
};
const optimizing = {
  target: { service: optimizer, port: "http" },
  requests: [samples, recommend, inForce],
  slos: ["optimizer-availability" as const, "optimizer-response" as const],
};

const briefly = { kind: "constant", rate: "10/s", for: "30s", maxUsers: 10 } as const;

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      ...coordinating,
      title: "Smoke: does the coordinator work at all",
      description: "Half a minute at the pace of a few agents; run after every deploy.",
      arrivals: briefly,
    },
    "learning-smoke": {
      ...predicting,
      title: "Smoke: does the learning engine work at all",
      description: "Half a minute at the pace of one coordinator; run after every deploy.",
      arrivals: briefly,
    },
    "optimizer-smoke": {
      ...optimizing,
      title: "Smoke: does the optimizer work at all",
      description: "Half a minute at the pace of a few senders; run after every deploy.",
      arrivals: briefly,
    },
    throughput: {
      ...coordinating,
      meets: ["NX-3"],
      title: "Throughput: 1,000 operations a second of the coordinator",
      description:
        "Two minutes at the 1,000 operations a second that the coordinator is made for: mostly heartbeats of agents, and tasks. " +
        "The queue must not fill up meanwhile.",
      arrivals: { kind: "constant", rate: "1000/s", for: "2m", maxUsers: 500 },
    },
    "learning-throughput": {
      ...predicting,
      meets: ["NX-3"],
      title: "Throughput: 500 operations a second of the learning engine",
      description:
        "Two minutes at the 500 operations a second that the learning engine is made for: mostly predictions, and experiences.",
      arrivals: { kind: "constant", rate: "500/s", for: "2m", maxUsers: 500 },
    },
    "optimizer-throughput": {
      ...optimizing,
      meets: ["NX-3"],
      title: "Throughput: 800 operations a second of the optimizer",
      description:
        "Two minutes at the 800 operations a second that the optimizer is made for: mostly samples, and readers of its advice.",
      arrivals: { kind: "constant", rate: "800/s", for: "2m", maxUsers: 400 },
    },
    "queue-limit": {
      ...coordinating,
      meets: ["NX-4"],
      title: "More tasks than the queue holds",
      description:
        "2,000 tasks in ten seconds into a queue of 1,000: each is taken or refused at once with 429, and answers stay fast.",
      arrivals: { kind: "constant", rate: "200/s", for: "10s", maxUsers: 200 },
      requests: [{ ...submit, expect: [202, 429] }],
    },
  },
);
