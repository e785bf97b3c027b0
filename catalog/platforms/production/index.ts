import { definePlatform } from "fairlead";
import { alerts } from "./alerts.ts";
import { base } from "./base.ts";
import { dashboards } from "./dashboards.ts";
import { environments } from "./environments.ts";
import { events } from "./events.ts";
import { gates } from "./gates.ts";
import { hardening } from "./hardening.ts";
import { limits } from "./limits.ts";
import { loadProfiles } from "./load-profiles.ts";
import { metrics } from "./metrics.ts";
import { operations } from "./operations.ts";
import { promotion } from "./promotion.ts";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { slos } from "./slos.ts";
import { volumes } from "./volumes.ts";

export default definePlatform({
  name: "production",
  title: "Production management",
  description:
    "The common base in its plainest form: a gateway, a worker, PostgreSQL and Redis, measured, shown and alerted on by the " +
    "production base. A new platform begins by copying this one.",
  team: "production",
  contacts: [
    { role: "On call", how: "PagerDuty schedule production-primary" },
    {
      role: "Second line",
      how: "PagerDuty schedule production-secondary, after 15 minutes without an answer",
    },
    { role: "Platform lead", how: "Slack #production-leads" },
  ],
  repository: "https://git.production.example/production/platform",
  parts: [
    { volumes, services },
    base,
    { metrics },
    { slos },
    { alerts },
    { dashboards },
    { events },
    { operations },
    { limits },
    { routing },
    { loadProfiles },
    { environments },
    { gates },
    { promotion },
    { allow: hardening },
  ],
});
