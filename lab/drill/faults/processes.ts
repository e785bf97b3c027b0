import { numbers } from "../../parts/prometheus.ts";
import type { Fault } from "../fault.ts";
import type { Field } from "../field.ts";
import { usual } from "./weathervane.ts";

const killed = async (field: Field, part: string) => {
  const known = field.process(part);
  if (known) process.kill(known.pid, "SIGKILL");
};
const isReady = async (field: Field, replica = 1) =>
  (await field.ask("GET", "/readyz", { replica })).status === 200;
const noDatabase = [
  "AutopilotDbFailing",
  "AutopilotDbTimeouts",
  "DashboardApiDbFailing",
  "DashboardApiDbTimeouts",
];
const availability = ["PageQuick", "PageSlow", "TicketQuick", "TicketSlow"].map(
  (tier) => `DashboardApiAvailability${tier}`,
);

/** What becomes of processes. Whatever keeps processes going in production, the lab's `up` does in its place. */
export const processFaults: readonly Fault[] = [
  {
    ...{ ...usual, name: "orchestrators-killed", title: "All orchestrators are killed" },
    fires: [
      { alert: "AutopilotDown" },
      { alert: "AutopilotUnreachable" },
      { alert: "DashboardApiUnreachable" },
    ],
    mayFire: [...availability, "DashboardApiLatencyAbsent", "DashboardApiAvailabilityAbsent"],
    byItself: "runs go on from their last finished step as soon as a process is started",
    healthyAgain: "when a process that was started anew is ready",
    async inject(field) {
      for (const number of numbers(field.state().replicas)) await killed(field, `orchestrator-${number}`);
    },
    heal: (field) => field.bringUp(),
    isHealthy: (field) => isReady(field),
  },
  {
    ...{ ...usual, name: "replica-killed", title: "One of two orchestrators is killed", replicas: 2 },
    fires: [],
    byItself: "the other one serves, and takes over the runs that the lost one had",
    healthyAgain: "when both are ready",
    inject: (field) => killed(field, "orchestrator-2"),
    heal: (field) => field.bringUp(),
    isHealthy: async (field) => (await isReady(field)) && isReady(field, 2),
  },
  {
    ...{ ...usual, name: "database-down", title: "PostgreSQL is gone" },
    fires: [],
    mayFire: [...noDatabase, ...availability, "DashboardApiHttpErrors", "BreakerTripped"],
    byItself:
      "refuses with 503 and when to try again, and goes on when it is back; alerts of it wait for two minutes",
    healthyAgain: "when the orchestrator is ready",
    inject: (field) => killed(field, "database"),
    heal: (field) => field.bringUp(),
    isHealthy: (field) => isReady(field),
  },
];
