import { definePlatform } from "fairlead";
import { alertParts } from "./alerts/index.ts";
import { allow } from "./allowances.ts";
import { base } from "./base.ts";
import { breakers } from "./breakers.ts";
import { qualityGates } from "./dashboards/quality-gates.ts";
import { resolutionLoop } from "./dashboards/resolution-loop.ts";
import { resourceUtilization } from "./dashboards/resource-utilization.ts";
import { taskExecution } from "./dashboards/task-execution.ts";
import { environments } from "./environments.ts";
import { events } from "./events.ts";
import { flags } from "./flags.ts";
import { gates } from "./gates.ts";
import { hardening } from "./hardening.ts";
import { limits } from "./limits.ts";
import { loadProfiles } from "./load-profiles.ts";
import { metricParts } from "./metrics/index.ts";
import { modes } from "./modes.ts";
import { operations } from "./operations.ts";
import { promotion } from "./promotion.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { sloParts } from "./slos/index.ts";
import { volumes } from "./volumes.ts";

export default definePlatform({
  name: "weathervane",
  title: "WeatherVane",
  description:
    "Autopilot that leads development tasks through a pipeline with five quality gates, mends its own failures, and calls for " +
    "a person only when it must.",
  team: "weathervane",
  contacts: [
    { role: "On call", how: "PagerDuty schedule weathervane-primary" },
    {
      role: "Second line",
      how: "PagerDuty schedule weathervane-secondary, after 15 minutes without an answer",
    },
    { role: "Platform lead", how: "Slack #weathervane-leads, at once for invariants and emergency stops" },
  ],
  repository: "https://git.weathervane.example/weathervane/platform",
  parts: [
    { volumes, services },
    base,
    ...metricParts,
    ...sloParts,
    ...alertParts,
    { events },
    { operations },
    { breakers, modes, limits },
    { flags },
    { routing },
    { dashboards: taskExecution },
    { dashboards: qualityGates },
    { dashboards: resolutionLoop },
    { dashboards: resourceUtilization },
    { loadProfiles },
    { environments },
    { gates },
    { promotion },
    { allow },
    { allow: hardening },
  ],
});
