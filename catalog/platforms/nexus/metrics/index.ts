import { auditMetrics } from "./audit.ts";
import { coordinationMetrics } from "./coordination.ts";
import { housekeepingMetrics } from "./housekeeping.ts";
import { learningMetrics } from "./learning.ts";
import { optimizerMetrics } from "./optimizer.ts";
import { processMetrics } from "./processes.ts";
import { requestMetrics } from "./requests.ts";
import { storeMetrics } from "./stores.ts";

/** All metrics, for those who refer to one; the platform takes them part by part, so that a name used twice is noticed. */
export const metrics = {
  ...coordinationMetrics,
  ...learningMetrics,
  ...optimizerMetrics,
  ...housekeepingMetrics,
  ...auditMetrics,
  ...requestMetrics,
  ...processMetrics,
  ...storeMetrics,
};

export const metricParts = [
  { metrics: coordinationMetrics },
  { metrics: learningMetrics },
  { metrics: optimizerMetrics },
  { metrics: housekeepingMetrics },
  { metrics: auditMetrics },
  { metrics: requestMetrics },
  { metrics: processMetrics },
  { metrics: storeMetrics },
];
