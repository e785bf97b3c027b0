import { agentAlerts } from "./agents.ts";
import { apiKeyAlerts } from "./api-keys.ts";
import { autonomyAlerts } from "./autonomy.ts";
import { checkpointAlerts } from "./checkpoints.ts";
import { cognitionAlerts } from "./cognition.ts";
import { downAlerts } from "./down.ts";
import { emergencyAlerts } from "./emergency.ts";
import { forecastAlerts } from "./forecasts.ts";
import { guardianAlerts } from "./guardian.ts";
import { modelAlerts } from "./models.ts";
import { operationsAlerts } from "./operations.ts";
import { performanceAlerts } from "./performance.ts";
import { permissionAlerts } from "./permissions.ts";
import { queueForecastAlerts } from "./queue-forecast.ts";
import { rollbackAlerts } from "./rollback.ts";
import { sessionLimitAlerts } from "./session-limits.ts";
import { sessionPredictionAlerts } from "./session-prediction.ts";
import { sessionAlerts } from "./sessions.ts";
import { spawningAlerts } from "./spawning.ts";

/** All alerts, for those who refer to one. */
export const alerts = {
  ...agentAlerts,
  ...apiKeyAlerts,
  ...autonomyAlerts,
  ...checkpointAlerts,
  ...cognitionAlerts,
  ...downAlerts,
  ...emergencyAlerts,
  ...forecastAlerts,
  ...guardianAlerts,
  ...modelAlerts,
  ...operationsAlerts,
  ...performanceAlerts,
  ...permissionAlerts,
  ...queueForecastAlerts,
  ...rollbackAlerts,
  ...sessionLimitAlerts,
  ...sessionPredictionAlerts,
  ...sessionAlerts,
  ...spawningAlerts,
};

export const alertParts = [
  { alerts: agentAlerts },
  { alerts: apiKeyAlerts },
  { alerts: autonomyAlerts },
  { alerts: checkpointAlerts },
  { alerts: cognitionAlerts },
  { alerts: downAlerts },
  { alerts: emergencyAlerts },
  { alerts: forecastAlerts },
  { alerts: guardianAlerts },
  { alerts: modelAlerts },
  { alerts: operationsAlerts },
  { alerts: performanceAlerts },
  { alerts: permissionAlerts },
  { alerts: queueForecastAlerts },
  { alerts: rollbackAlerts },
  { alerts: sessionLimitAlerts },
  { alerts: sessionPredictionAlerts },
  { alerts: sessionAlerts },
  { alerts: spawningAlerts },
];
