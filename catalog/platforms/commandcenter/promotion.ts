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

/** How CommandCenter's releases reach production: API and orchestrator speak one version of the workflows, and move together. */
export const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    meets: ["CC-9"],
    ledger: { kind: "git" },
    thirdParty: [
      "nats",
      "postgres",
      "redis",
      "otel-collector",
      "trace-store",
      "prometheus",
      "alertmanager",
      "grafana",
    ],
    together: { hub: ["api", "orchestrator"] },
    environments: {
      dev: {
        verification: smokeTests("dev"),
        deploy: { kind: "terraform" },
      },
      staging: {
        after: "dev",
        soak: "1h",
        gates: ["release", "security"],
        verification: smokeTests("staging"),
        prerequisites: ["smoke-tests"],
        deploy: { kind: "terraform" },
      },
      prod: {
        after: "staging",
        soak: "12h",
        gates: ["release", "security"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { "release-manager": 1, security: 1 },
        hotfix: { soak: "30m", approvals: { "release-manager": 1 } },
        verification: smokeTests("prod"),
        deploy: { kind: "terraform" },
        rollBackOn: { alerts: ["api-availability", "api-latency"], watch: "30m" },
      },
    },
  },
);
