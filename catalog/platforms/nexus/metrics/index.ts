import { base } from "../production-base.ts";
import { auditMetrics } from "./audit.ts";
import { coordinationMetrics } from "./coordination.ts";
import { housekeepingMetrics } from "./housekeeping.ts";
import { instanceMetrics } from "./instances.ts";
import { learningMetrics } from "./learning.ts";
import { optimizerMetrics } from "./optimizer.ts";
import { storeMetrics } from "./stores.ts";

/**
 * All metrics, those of the production base among them, for those who refer to one; the platform takes them part by part, so that
 * a name used twice is noticed.
 */
export const metrics = {
  ...coordinationMetrics,
  ...learningMetrics,
  ...optimizerMetrics,
  ...housekeepingMetrics,
  ...auditMetrics,
  ...instanceMetrics,
  ...storeMetrics,
  ...base.metrics,
};

export const metricParts = [
  { metrics: coordinationMetrics },
  { metrics: learningMetrics },
  { metrics: optimizerMetrics },
  { metrics: housekeepingMetrics },
  { metrics: auditMetrics },
  { metrics: instanceMetrics },
  { metrics: storeMetrics },
];
