import { definePlatform } from "fairlead";
import { alertParts } from "./alerts/index.ts";
import { allow } from "./allowances.ts";
import { base } from "./base.ts";
import { breakers } from "./breakers.ts";
import { autonomy } from "./dashboards/autonomy.ts";
import { operations } from "./dashboards/operations.ts";
import { performance } from "./dashboards/performance.ts";
import { resourceGuardian } from "./dashboards/resource-guardian.ts";
import { sessionDashboard } from "./dashboards/session.ts";
import { environments } from "./environments.ts";
import { events } from "./events.ts";
import { gates } from "./gates.ts";
import { hardening } from "./hardening.ts";
import { limits } from "./limits.ts";
import { loadProfiles } from "./load-profiles.ts";
import { metricParts } from "./metrics/index.ts";
import { modes } from "./modes.ts";
import { procedures } from "./operations.ts";
import { promotion } from "./promotion.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { sloParts } from "./slos/index.ts";
import { volumes } from "./volumes.ts";

export default definePlatform({
  name: "agenthive",
  title: "Agent Hive",
  description:
    "A hive of agents that works by itself for up to 24 hours: it watches its own resources and fatigue, goes back to a checkpoint when " +
    "it got worse, intervenes on itself in five levels, and asks for a person when it must.",
  team: "agenthive",
  contacts: [
    { role: "On call", how: "PagerDuty schedule agenthive-primary" },
    {
      role: "Second line",
      how: "PagerDuty schedule agenthive-secondary, after 15 minutes without an answer",
    },
    {
      role: "Platform lead",
      how: "Slack #agenthive-leads, at once for invariants, level 5 and anything of security",
    },
  ],
  repository: "https://git.agenthive.example/agenthive/platform",
  parts: [
    { volumes, services },
    base,
    ...metricParts,
    ...sloParts,
    ...alertParts,
    { events },
    { operations: procedures },
    { breakers, modes, limits },
    { routing },
    { dashboards: sessionDashboard },
    { dashboards: resourceGuardian },
    { dashboards: performance },
    { dashboards: autonomy },
    { dashboards: operations },
    { loadProfiles },
    { environments },
    { gates },
    { promotion },
    { allow },
    { allow: hardening },
  ],
});
