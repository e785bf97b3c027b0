import { agentAlerts } from "./agents.ts";
import { forecastAlerts } from "./forecasts.ts";
import { housekeepingAlerts } from "./housekeeping.ts";
import { learningAlerts } from "./learning.ts";
import { memoryAlerts } from "./memory.ts";
import { optimizerAlerts } from "./optimizer.ts";
import { queueAlerts } from "./queue.ts";
import { securityAlerts } from "./security.ts";
import { storeAlerts } from "./stores.ts";

/** All alerts, for those who refer to one. */
export const alerts = {
  ...queueAlerts,
  ...agentAlerts,
  ...learningAlerts,
  ...optimizerAlerts,
  ...memoryAlerts,
  ...storeAlerts,
  ...forecastAlerts,
  ...housekeepingAlerts,
  ...securityAlerts,
};

export const alertParts = [
  { alerts: queueAlerts },
  { alerts: agentAlerts },
  { alerts: learningAlerts },
  { alerts: optimizerAlerts },
  { alerts: memoryAlerts },
  { alerts: storeAlerts },
  { alerts: forecastAlerts },
  { alerts: housekeepingAlerts },
  { alerts: securityAlerts },
];
