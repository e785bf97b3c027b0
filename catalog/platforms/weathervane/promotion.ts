import { definePromotion } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { environments } from "./environments.ts";
import { gates } from "./gates.ts";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

const smokeTests = (environment: string) => ({
  "smoke-tests": {
    command: ["npm", "run", "smoke", "--", "--env", environment],
    timeout: "10m" as const,
  },
});

/** How WeatherVane's releases reach production: four people of four roles agree, and a canary takes them in (WV-19). */
export const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    meets: ["WV-19"],
    ledger: { kind: "git" },
    together: { console: ["dashboard-api", "dashboard-web"] },
    environments: {
      dev: {
        verification: smokeTests("dev"),
        deploy: { kind: "terraform" },
      },
      staging: {
        after: "dev",
        soak: "1h",
        gates: ["latency-and-errors", "performance-budget", "change-risk"],
        verification: smokeTests("staging"),
        prerequisites: ["smoke-tests"],
        deploy: { kind: "terraform" },
      },
      prod: {
        after: "staging",
        soak: "24h",
        gates: ["latency-and-errors", "performance-budget", "change-risk"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        // WV-19: nobody gives two of them.
        approvals: { "architecture-review": 1, "production-authority": 1, cost: 1, security: 1 },
        freezes: {
          "end-of-year": {
            reason: "Few people are there to mend what a release breaks.",
            begins: "2026-12-20T00:00:00",
            timeZone: "Europe/Berlin",
            lasts: "P16D",
            repeats: "FREQ=YEARLY",
          },
          weekend: {
            reason: "Nobody but who is on call sees what a release does.",
            begins: "2026-01-02T16:00:00",
            timeZone: "Europe/Berlin",
            lasts: "PT64H",
            repeats: "FREQ=WEEKLY;BYDAY=FR",
          },
        },
        hotfix: { soak: "30m", approvals: { "production-authority": 1, security: 1 } },
        override: { role: "production-authority", longest: "4h" },
        verification: smokeTests("prod"),
        deploy: { kind: "terraform" },
        rollBackOn: { alerts: ["dashboard-api-availability", "dashboard-api-latency"], watch: "30m" },
      },
    },
  },
);
