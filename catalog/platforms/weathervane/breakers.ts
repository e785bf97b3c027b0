import { defineBreakers } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

const told = (breaker: string) => ({
  shownBy: { metric: "weathervane_breaker_open" as const, where: { breaker } },
  alert: "breaker-tripped" as const,
});

/** Breakers of the pipeline and of what it stands on. */
export const breakers = defineBreakers(
  { services, metrics, alerts },
  {
    "task-failures": {
      meets: ["WV-10"],
      title: "Failures of tasks",
      description: "Keeps new tasks away while more than half of them fail; those that run finish.",
      service: "autopilot",
      // Of fewer than four tasks, the failure of some says little: our reading, the requirement names no least number.
      opens: { kind: "failure-rate", above: "50%", window: "5m", minimumCalls: 4 },
      recovers: { kind: "cool-down", time: "5m" },
      whileOpen: [{ do: "pause-starts" }],
      ...told("task-failures"),
    },
    "model-provider": {
      meets: ["WV-11"],
      title: "Model provider",
      description: "Sends calls to the back-up, at a slower pace, while the first provider does not answer.",
      service: "autopilot",
      opens: { kind: "consecutive-failures", failures: 5 },
      recovers: { kind: "trial", after: ["1m", "2m", "4m", "8m"] },
      // One call a second for ten tasks at once: our reading of throttling.
      whileOpen: [
        { do: "use-back-up", backUp: "openai" },
        { do: "throttle", to: "60/m" },
      ],
      ...told("model-provider"),
    },
    "quality-gate": {
      meets: ["WV-11"],
      title: "Quality gates",
      description:
        "Makes the gates more lenient while they reject more than half, and says so, so that the pipeline does not stand.",
      service: "autopilot",
      opens: { kind: "share-of-last", above: "50%", of: 10 },
      recovers: { kind: "normal-for", time: "30m" },
      // How far is our reading: a rubric that asked for 0.8 asks for 0.64.
      whileOpen: [{ do: "lower-threshold", by: "20%" }],
      ...told("quality-gate"),
    },
    "file-io": {
      meets: ["WV-11", "WV-15"],
      title: "Evidence disk",
      description:
        "Writes no new artifacts, and compresses those that are there, while the disk is nearly full.",
      service: "autopilot",
      opens: { kind: "level", above: "90%" },
      recovers: { kind: "level", below: "75%" },
      whileOpen: [{ do: "pause-artifacts" }, { do: "compress-artifacts" }],
      ...told("file-io"),
    },
    "mcp-server": {
      meets: ["WV-11", "WV-15"],
      title: "MCP server",
      description: "Restarts the MCP server when its calls time out; tasks wait meanwhile.",
      service: "autopilot",
      opens: { kind: "timeouts", timeouts: 3, window: "5m" },
      // A restart takes some seconds; how long to wait for it is our reading.
      recovers: { kind: "trial", after: ["10s", "20s", "40s"] },
      whileOpen: [{ do: "restart", service: "mcp-server" }, { do: "pause-tasks" }],
      ...told("mcp-server"),
    },
  },
);
