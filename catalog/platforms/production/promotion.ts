import { definePromotion } from "fairlead";
import { alerts } from "./alerts.ts";
import { environments } from "./environments.ts";
import { gates } from "./gates.ts";
import { services } from "./services.ts";
import { slos } from "./slos.ts";

const smokeTests = (environment: string) => ({
  "smoke-tests": {
    command: ["npm", "run", "smoke", "--", "--env", environment],
    timeout: "10m" as const,
  },
});

/** How releases reach production: tried in staging, agreed by a release manager (PM-6). */
export const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    meets: ["PM-6"],
    ledger: { kind: "git" },
    thirdParty: ["postgresql", "upkeep-metrics", "redis"],
    environments: {
      dev: {
        gates: ["reliability"],
        verification: smokeTests("dev"),
        deploy: { kind: "terraform" },
      },
      staging: {
        after: "dev",
        soak: "1h",
        gates: ["performance", "quality", "reliability"],
        verification: smokeTests("staging"),
        prerequisites: ["smoke-tests"],
        deploy: { kind: "terraform" },
      },
      prod: {
        after: "staging",
        soak: "12h",
        gates: ["performance", "quality", "reliability"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { "release-manager": 1 },
        verification: smokeTests("prod"),
        deploy: { kind: "terraform" },
        rollBackOn: { alerts: ["workflows-succeed"], watch: "30m" },
      },
    },
  },
);
