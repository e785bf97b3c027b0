import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { usualLoadProfiles } from "fairlead/packs/load-profiles";
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
    path: "/v1/runs",
    body: { workflow: "echo" },
    expect: [202],
    weight: 2,
  },
];

const against = {
  meets: ["PM-10"],
  target: { service: "gateway", port: "http" },
  requests,
  slos: ["gateway-availability", "gateway-latency"],
} as const satisfies Partial<
  LoadProfileInput<{ service: "gateway"; slo: "gateway-availability" | "gateway-latency" }>
>;

export const loadProfiles = defineLoadProfiles(
  { services, slos: base.slos },
  usualLoadProfiles({ against, usual: 5, busy: 100 }),
);
