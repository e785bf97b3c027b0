import { gateAlerts } from "./gates.ts";
import { limitAlerts } from "./limits.ts";
import { resolutionAlerts } from "./resolution.ts";
import { resourceAlerts } from "./resources.ts";
import { safetyAlerts } from "./safety.ts";

/** All alerts, for those who refer to one. */
export const alerts = {
  ...resolutionAlerts,
  ...gateAlerts,
  ...safetyAlerts,
  ...limitAlerts,
  ...resourceAlerts,
};

export const alertParts = [
  { alerts: resolutionAlerts },
  { alerts: gateAlerts },
  { alerts: safetyAlerts },
  { alerts: limitAlerts },
  { alerts: resourceAlerts },
];
