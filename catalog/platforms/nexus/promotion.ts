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

/** How Nexus Architect's releases reach production, and from there the other clusters and the edge (NX-6). */
export const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    meets: ["NX-6"],
    ledger: { kind: "git" },
    thirdParty: ["redis", "postgres", "redis-exporter", "postgres-exporter"],
    together: { engines: ["multi-agent-coordinator", "adaptive-learning-engine", "production-optimizer"] },
    environments: {
      dev: {
        verification: smokeTests("dev"),
        deploy: { kind: "terraform" },
      },
      staging: {
        after: "dev",
        soak: "1h",
        gates: ["coordination-performance", "learning-quality", "optimizer-effect"],
        verification: smokeTests("staging"),
        prerequisites: ["smoke-tests"],
        deploy: { kind: "terraform" },
      },
      prod: {
        after: "staging",
        soak: "24h",
        gates: ["coordination-performance", "learning-quality", "optimizer-effect", "operational-readiness"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { "release-manager": 1, operations: 1 },
        hotfix: { soak: "1h", approvals: { "release-manager": 1 } },
        verification: smokeTests("prod"),
        deploy: { kind: "terraform" },
        rollBackOn: {
          alerts: ["coordinator-availability", "learning-availability", "optimizer-availability"],
          watch: "30m",
        },
      },
      "hybrid-cloud": {
        after: "prod",
        soak: "24h",
        gates: ["coordination-performance", "learning-quality", "optimizer-effect", "operational-readiness"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { operations: 1 },
        verification: smokeTests("hybrid-cloud"),
        deploy: { kind: "terraform" },
      },
      "hybrid-onprem": {
        after: "prod",
        soak: "24h",
        gates: ["coordination-performance", "learning-quality", "optimizer-effect", "operational-readiness"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { operations: 1 },
        verification: smokeTests("hybrid-onprem"),
        deploy: { kind: "terraform" },
      },
      edge: {
        after: "prod",
        soak: "7d",
        gates: ["coordination-performance", "learning-quality", "optimizer-effect", "operational-readiness"],
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { operations: 1 },
        verification: smokeTests("edge"),
        deploy: { kind: "terraform" },
      },
    },
  },
);
