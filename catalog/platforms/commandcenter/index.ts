import { definePlatform } from "fairlead";
import { alertParts } from "./alerts/index.ts";
import { allow } from "./allowances.ts";
import { breakers } from "./breakers.ts";
import { agent } from "./dashboards/agent.ts";
import { cost } from "./dashboards/cost.ts";
import { system } from "./dashboards/system.ts";
import { workflow } from "./dashboards/workflow.ts";
import { environments } from "./environments.ts";
import { events } from "./events.ts";
import { gates } from "./gates.ts";
import { hardening } from "./hardening.ts";
import { limits } from "./limits.ts";
import { loadProfiles } from "./load-profiles.ts";
import { metricParts } from "./metrics/index.ts";
import { operations } from "./operations.ts";
import { base } from "./production-base.ts";
import { promotion } from "./promotion.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { sloParts } from "./slos/index.ts";
import { volumes } from "./volumes.ts";

export default definePlatform({
  name: "commandcenter",
  title: "CommandCenter",
  description:
    "Hub for workflows of agents: DAGs of steps that scan, check, review and patch code, with a person's approval where the risk asks " +
    "for one, and with its own monitoring.",
  team: "commandcenter",
  contacts: [
    { role: "On call", how: "on-call schedule commandcenter-primary" },
    {
      role: "Second line",
      how: "on-call schedule commandcenter-secondary, after 15 minutes without an answer",
    },
    { role: "Security contact", how: "on-call schedule security, at once for every alert of an invariant" },
    { role: "Platform lead", how: "Slack #commandcenter-leads" },
  ],
  repository: "https://git.commandcenter.example/commandcenter/platform",
  parts: [
    { volumes, services },
    base,
    ...metricParts,
    ...sloParts,
    ...alertParts,
    { events },
    { operations },
    { breakers, limits },
    { routing },
    { dashboards: workflow },
    { dashboards: agent },
    { dashboards: system },
    { dashboards: cost },
    { loadProfiles },
    { environments },
    { gates },
    { promotion },
    { allow },
    { allow: hardening },
  ],
});
