import type { Fault } from "../fault.ts";
import { availability, isReady, killed, usual } from "./weathervane.ts";

/** What becomes of orchestrators. Whatever keeps processes going in production, the lab's `up` does in its place. */
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
    healthyAgain: "when the processes that were started anew are ready",
    async inject(field) {
      for (const replica of field.replicas()) await killed(field, `orchestrator-${replica}`);
    },
    heal: (field) => field.bringUp(),
    isHealthy: isReady,
  },
  {
    ...{ ...usual, name: "replica-killed", title: "One of two orchestrators is killed", replicas: 2 },
    fires: [],
    byItself: "the other one serves, and takes over the runs that the lost one had",
    healthyAgain: "when both are ready",
    inject: (field) => killed(field, "orchestrator-2"),
    heal: (field) => field.bringUp(),
    isHealthy: isReady,
  },
];
