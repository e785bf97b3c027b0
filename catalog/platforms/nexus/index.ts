import { definePlatform } from "fairlead";
import { alerts } from "./alerts.ts";
import { coordination } from "./dashboards/coordination.ts";
import { environments } from "./environments.ts";
import { events } from "./events.ts";
import { gates } from "./gates.ts";
import { loadProfiles } from "./load-profiles.ts";
import { metrics } from "./metrics.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { slos } from "./slos.ts";
import { volumes } from "./volumes.ts";

export default definePlatform({
  name: "nexus",
  title: "Nexus Architect",
  description:
    "Coordinates agents of many types: registers them, gives them tasks, and settles their conflicts.",
  team: "nexus",
  contacts: [
    { role: "On call", how: "PagerDuty schedule nexus-primary" },
    { role: "Second line", how: "PagerDuty schedule nexus-secondary, after 15 minutes without an answer" },
    { role: "Platform lead", how: "Slack #nexus-leads" },
  ],
  repository: "https://git.nexus.example/nexus/platform",
  parts: [
    { volumes, services },
    { metrics },
    { slos },
    { alerts },
    { events },
    { routing },
    { dashboards: coordination },
    { loadProfiles },
    { environments },
    { gates },
  ],
});
