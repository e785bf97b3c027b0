import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { base } from "./base.ts";
import { services } from "./services.ts";

type Request = LoadProfileInput["requests"][number];

// An echo workflow is queued and worked off like any other, and calls no model: load costs nothing.
const requests: Request[] = [
  { name: "list-workflows", path: "/v1/workflows?limit=50", weight: 6 },
  { name: "status", path: "/v1/status", weight: 2 },
  {
    name: "start-workflow",
    method: "POST",
    path: "/v1/workflows",
    body: { kind: "echo", steps: 3 },
    expect: [202],
    weight: 2,
  },
];

const against = {
  target: { service: "gateway", port: "http" },
  requests,
  slos: ["gateway-availability", "gateway-latency"],
} as const satisfies Partial<
  LoadProfileInput<{ service: "gateway"; slo: "gateway-availability" | "gateway-latency" }>
>;

export const loadProfiles = defineLoadProfiles(
  { services, slos: base.slos },
  {
    smoke: {
      meets: ["PM-10"],
      title: "Smoke: does the gateway work at all",
      description: "Half a minute at the pace of a few people; run after every deploy.",
      ...against,
      slos: [...against.slos],
      arrivals: { kind: "constant", rate: "5/s", for: "30s", maxUsers: 10 },
    },
    load: {
      meets: ["PM-10"],
      title: "Load: a busy day",
      description:
        "Climbs to 100 requests a second and stays there for five minutes: the baseline of later runs.",
      ...against,
      slos: [...against.slos],
      arrivals: {
        kind: "ramping",
        from: "5/s",
        stages: [
          { to: "100/s", over: "1m" },
          { to: "100/s", over: "5m" },
          { to: "5/s", over: "30s" },
        ],
        maxUsers: 200,
      },
    },
    stress: {
      meets: ["PM-10"],
      title: "Stress: where does it break, and at what",
      description:
        "Climbs step by step to five times a busy day. It may miss its objectives: what gives way first, on the dashboard of " +
        "the base, is the bottleneck.",
      ...against,
      slos: [],
      checks: "50%",
      arrivals: {
        kind: "ramping",
        from: "50/s",
        stages: [
          { to: "100/s", over: "2m" },
          { to: "200/s", over: "2m" },
          { to: "350/s", over: "2m" },
          { to: "500/s", over: "2m" },
        ],
        maxUsers: 1000,
      },
    },
  },
);
