import { defineLoadProfiles, type LoadProfileInput } from "fairlead";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

type Request = LoadProfileInput["requests"][number];

const target = { service: "api", port: "http" } as const;
// Workflows of the load test call a model that answers by itself: load costs no tokens. The route answers when the run has ended,
// so that k6 measures the whole run.
const run = (workflow: string, expect = [200]): Request => ({
  name: workflow,
  method: "POST",
  path: `/v1/workflows/${workflow}/run-and-wait`,
  body: { input: { repository: "commandcenter/sandbox", commit: "HEAD" }, labels: { purpose: "load-test" } },
  expect,
});

const workflow = (name: string, risk: "AUTO" | "APPROVAL_REQUIRED"): Request => ({
  name: `store-${name}`,
  method: "POST",
  path: "/v1/workflows",
  body: { name, steps: [{ id: "work", agent: "code-reviewer", risk }] },
  expect: [201],
});
const singleAgent = { prepare: [workflow("load-test-single-agent", "AUTO")] };

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke: does the API work at all",
      description: "Half a minute at the pace of a few people; run after every deploy.",
      target,
      arrivals: { kind: "constant", rate: "5/s", for: "30s", maxUsers: 10 },
      requests: [
        { name: "list-runs", path: "/v1/runs?state=running&limit=50", weight: 6 },
        { name: "list-workflows", path: "/v1/workflows?limit=50", weight: 3 },
        { name: "list-approvals", path: "/v1/approvals?state=pending", weight: 3 },
        { name: "read-status", path: "/v1/status", weight: 3 },
        // A workflow that validation refuses; nothing is stored.
        {
          name: "refuse-cycle",
          method: "POST",
          path: "/v1/workflows",
          body: {
            name: "load-test-cycle",
            steps: [
              { id: "a", agent: "code-reviewer", needs: ["b"] },
              { id: "b", agent: "code-reviewer", needs: ["a"] },
            ],
          },
          expect: [422],
        },
      ],
      slos: ["api-availability", "api-latency"],
    },
    "single-workflow": {
      meets: ["CC-9"],
      title: "One workflow with a single agent, again and again",
      description:
        "A run every ten seconds for three minutes, so that hardly two meet: what one run takes by itself.",
      target,
      arrivals: { kind: "constant", rate: "6/m", for: "3m", maxUsers: 3 },
      ...singleAgent,
      requests: [run("load-test-single-agent")],
      slos: ["single-agent-workflow"],
    },
    "concurrent-workflows": {
      meets: ["CC-9"],
      title: "Ten workflows at once",
      description:
        "A run a second for five minutes. Each may take ten seconds, so that ten are under way; if they take longer, arrivals are dropped " +
        "and the run fails.",
      target,
      arrivals: { kind: "constant", rate: "1/s", for: "5m", maxUsers: 10 },
      ...singleAgent,
      requests: [run("load-test-single-agent")],
      slos: ["single-agent-workflow", "workflow-success"],
    },
    "approval-latency": {
      meets: ["CC-9"],
      title: "From a step's arrival at its approval to the run's end",
      description:
        "Workflows whose patcher needs an approval. A test account with the right role decides as soon as the notification reaches it, so " +
        "that the time is the platform's and not a person's.",
      target,
      arrivals: { kind: "constant", rate: "12/m", for: "3m", maxUsers: 10 },
      prepare: [workflow("load-test-approval", "APPROVAL_REQUIRED")],
      requests: [run("load-test-approval")],
      slos: ["approval-notification"],
    },
    stress: {
      meets: ["CC-9", "CC-13"],
      title: "Beyond ten workflows at once",
      description:
        "Climbs from one to eight runs a second and goes back. Beyond ten at once runs wait, and beyond the queue's limit they are answered " +
        "with 429: refusing is right, failing is not. Memory, CPU and the bottleneck are read from the System dashboard and by the gate.",
      target,
      arrivals: {
        kind: "ramping",
        from: "1/s",
        stages: [
          { to: "2/s", over: "1m" },
          { to: "4/s", over: "1m" },
          { to: "8/s", over: "1m" },
          { to: "8/s", over: "2m" },
          { to: "1/s", over: "30s" },
        ],
        maxUsers: 500,
      },
      ...singleAgent,
      requests: [run("load-test-single-agent", [200, 429])],
      slos: ["workflow-success"],
      checks: "95%",
    },
  },
);
