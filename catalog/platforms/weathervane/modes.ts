import { defineModes } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

const inMode = (mode: string) => ({
  service: "autopilot" as const,
  ladder: "degradation",
  shownBy: { metric: "weathervane_mode" as const, where: { mode }, value: 1 },
});

/** How the autopilot works while something is wrong (WV-12). */
export const modes = defineModes(
  { services, metrics, alerts },
  {
    normal: {
      meets: ["WV-12"],
      title: "Normal",
      description: "Everything works.",
      ...inMode("normal"),
      rank: 0,
      works: { newWork: "accepted", running: "goes-on" },
    },
    minimal: {
      meets: ["WV-12"],
      title: "Minimal",
      description: "Tasks go through the stages spec, implement and verify only.",
      ...inMode("minimal"),
      rank: 1,
      works: { newWork: "accepted", running: "goes-on", stages: ["spec", "implement", "verify"] },
    },
    "read-only": {
      meets: ["WV-12", "WV-15"],
      title: "Read-only",
      description: "No new task; those that run go on to their end. What there is can be read.",
      ...inMode("read-only"),
      rank: 2,
      works: { newWork: "refused", running: "goes-on" },
      // Where the back-up does not answer either, tasks would only fail (WV-15: fail over, then pause).
      entered: [{ signal: "model-providers-down", is: ">=", value: "100%" }],
      left: { calmFor: "5m" },
    },
    "emergency-stop": {
      meets: ["WV-12"],
      title: "Emergency stop",
      description: "All tasks are paused and keep their state; people are told, and one of them ends it.",
      ...inMode("emergency-stop"),
      rank: 3,
      works: { newWork: "refused", running: "pauses" },
      entered: [{ signal: "cascading-failures", is: ">=", value: 1 }],
      alert: "emergency-stop-active",
    },
  },
);
