import { accessAlerts } from "./access.ts";
import { agentAlerts } from "./agents.ts";
import { auditAlerts } from "./audit.ts";
import { backupAlerts } from "./backups.ts";
import { conflictAlerts } from "./conflicts.ts";
import { experienceAlerts } from "./experiences.ts";
import { forecastAlerts } from "./forecasts.ts";
import { learningAlerts } from "./learning.ts";
import { memoryAlerts } from "./memory.ts";
import { optimizerAlerts } from "./optimizer.ts";
import { postgresAlerts } from "./postgres.ts";
import { queueAlerts } from "./queue.ts";
import { redisAlerts } from "./redis.ts";
import { upkeepAlerts } from "./upkeep.ts";

/** All alerts but those of the production base, for those who refer to one. */
export const alerts = {
  ...queueAlerts,
  ...agentAlerts,
  ...conflictAlerts,
  ...learningAlerts,
  ...experienceAlerts,
  ...optimizerAlerts,
  ...memoryAlerts,
  ...redisAlerts,
  ...postgresAlerts,
  ...forecastAlerts,
  ...backupAlerts,
  ...upkeepAlerts,
  ...auditAlerts,
  ...accessAlerts,
};

export const alertParts = [
  { alerts: queueAlerts },
  { alerts: agentAlerts },
  { alerts: conflictAlerts },
  { alerts: learningAlerts },
  { alerts: experienceAlerts },
  { alerts: optimizerAlerts },
  { alerts: memoryAlerts },
  { alerts: redisAlerts },
  { alerts: postgresAlerts },
  { alerts: forecastAlerts },
  { alerts: backupAlerts },
  { alerts: upkeepAlerts },
  { alerts: auditAlerts },
  { alerts: accessAlerts },
];
