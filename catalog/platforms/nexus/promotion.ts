import { definePromotion } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { environments } from "./environments.ts";
import { gates } from "./gates.ts";
import { services } from "./services.ts";
import { slos } from "./slos/index.ts";

// The checks of this platform's own repository; FAIRLEAD_ENV tells them where they are.
const verification = { "smoke-tests": { command: ["npm", "run", "smoke"], timeout: "10m" as const } };

const deploy = { kind: "terraform" as const };
const stagingGates: (keyof typeof gates)[] = [
  "coordination-performance",
  "learning-quality",
  "optimizer-effect",
];
const productionGates: (keyof typeof gates)[] = [...stagingGates, "operational-readiness"];

/** What runs in production goes to the other clusters and the edge, each after its time. */
const otherCluster = {
  after: "prod" as const,
  gates: productionGates,
  prerequisites: ["smoke-tests" as const, "previous-rollout-complete" as const],
  approvals: { operations: 1 },
  verification,
  deploy,
};

/** How Nexus Architect's releases reach production, and from there the other clusters and the edge (NX-6). */
export const promotion = definePromotion(
  { services, environments, gates, alerts, slos },
  {
    meets: ["NX-6"],
    ledger: { kind: "git" },
    thirdParty: ["redis", "postgres", "redis-exporter", "postgres-exporter"],
    together: { engines: ["multi-agent-coordinator", "adaptive-learning-engine", "production-optimizer"] },
    environments: {
      dev: { verification, deploy },
      staging: {
        after: "dev",
        soak: "1h",
        gates: stagingGates,
        verification,
        prerequisites: ["smoke-tests"],
        deploy,
      },
      prod: {
        after: "staging",
        soak: "24h",
        gates: productionGates,
        prerequisites: ["smoke-tests", "previous-rollout-complete"],
        approvals: { "release-manager": 1, operations: 1 },
        hotfix: { soak: "1h", approvals: { "release-manager": 1 } },
        verification,
        deploy,
        rollBackOn: {
          alerts: ["coordinator-availability", "learning-availability", "optimizer-availability"],
          watch: "30m",
        },
      },
      "hybrid-cloud": { ...otherCluster, soak: "24h" },
      "hybrid-onprem": { ...otherCluster, soak: "24h" },
      edge: { ...otherCluster, soak: "7d" },
    },
  },
);
