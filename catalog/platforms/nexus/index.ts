import { definePlatform } from "fairlead";
import { alertParts } from "./alerts/index.ts";
import { allow } from "./allowances.ts";
import { coordination } from "./dashboards/coordination.ts";
import { coordinatorService } from "./dashboards/coordinator.ts";
import { learningEngine } from "./dashboards/learning-engine.ts";
import { operations } from "./dashboards/operations.ts";
import { productionOptimizer } from "./dashboards/optimizer.ts";
import { stores } from "./dashboards/stores.ts";
import { environments } from "./environments.ts";
import { events } from "./events.ts";
import { gates } from "./gates.ts";
import { hardening } from "./hardening.ts";
import { limits } from "./limits.ts";
import { loadProfiles } from "./load-profiles.ts";
import { metricParts } from "./metrics/index.ts";
import { procedures } from "./operations.ts";
import { base } from "./production-base.ts";
import { promotion } from "./promotion.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { sloParts } from "./slos/index.ts";
import { volumes } from "./volumes.ts";

export default definePlatform({
  name: "nexus",
  title: "Nexus Architect",
  description:
    "Coordinates agents of eight types, learns from what becomes of their tasks, and optimises its own operation: a coordinator, a " +
    "learning engine and an optimizer, each of which scales by itself.",
  team: "nexus",
  contacts: [
    { role: "On call", how: "PagerDuty schedule nexus-primary" },
    { role: "Second line", how: "PagerDuty schedule nexus-secondary, after 15 minutes without an answer" },
    {
      role: "Platform lead",
      how: "Slack #nexus-leads, at once for invariants, restores and findings of personal data",
    },
  ],
  repository: "https://git.nexus.example/nexus/platform",
  parts: [
    { volumes, services },
    base,
    ...metricParts,
    ...sloParts,
    ...alertParts,
    { events },
    { operations: procedures },
    { limits },
    { routing },
    { dashboards: coordination },
    { dashboards: coordinatorService },
    { dashboards: learningEngine },
    { dashboards: productionOptimizer },
    { dashboards: stores },
    { dashboards: operations },
    { loadProfiles },
    { environments },
    { gates },
    { promotion },
    { allow },
    { allow: hardening },
  ],
});
