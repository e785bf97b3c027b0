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

/** How Agent Hive's releases reach production: a day in staging, since a session lasts as long (AH-1). */
export const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    meets: ["AH-3", "AH-13"],
    ledger: { kind: "git" },
    thirdParty: ["postgres", "redis"],
    together: { sessions: ["session-manager", "spawn-manager"] },
    environments: {
      dev: {
        verification: smokeTests("dev"),
        deploy: { kind: "terraform" },
      },
      staging: {
        after: "dev",
        soak: "1h",
        gates: ["api-under-load", "code-and-security"],
        verification: smokeTests("staging"),
        prerequisites: ["smoke-tests"],
        deploy: { kind: "terraform" },
      },
      prod: {
        after: "staging",
        soak: "24h",
        gates: ["api-under-load", "code-and-security", "session-endurance"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { "release-manager": 1, security: 1 },
        freezes: {
          nights: {
            reason: "Sessions of 24 hours are in their tired half: what a release breaks would be seen late.",
            begins: "2026-01-01T22:00:00",
            timeZone: "Europe/Berlin",
            lasts: "PT8H",
            repeats: "FREQ=DAILY",
          },
        },
        hotfix: { soak: "1h", approvals: { "release-manager": 1 } },
        override: { role: "platform-lead", longest: "2h" },
        verification: smokeTests("prod"),
        deploy: { kind: "terraform" },
        rollBackOn: { alerts: ["api-reliability", "api-latency"], watch: "30m" },
      },
    },
  },
);
