import { base } from "../production-base.ts";
import { agentAlerts } from "./agents.ts";
import { costAlerts } from "./cost.ts";
import { dependencyAlerts } from "./dependencies.ts";
import { invariantAlerts } from "./invariants.ts";
import { securityAlerts } from "./security.ts";
import { serviceAlerts } from "./services.ts";
import { telemetryAlerts } from "./telemetry.ts";
import { workflowAlerts } from "./workflows.ts";

/** All alerts, for those who refer to one. */
export const alerts = {
  ...base.alerts,
  ...workflowAlerts,
  ...agentAlerts,
  ...invariantAlerts,
  ...securityAlerts,
  ...serviceAlerts,
  ...dependencyAlerts,
  ...telemetryAlerts,
  ...costAlerts,
};

export const alertParts = [
  { alerts: workflowAlerts },
  { alerts: agentAlerts },
  { alerts: invariantAlerts },
  { alerts: securityAlerts },
  { alerts: serviceAlerts },
  { alerts: dependencyAlerts },
  { alerts: telemetryAlerts },
  { alerts: costAlerts },
];
