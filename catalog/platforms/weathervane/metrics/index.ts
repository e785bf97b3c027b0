import { qualityMetrics } from "./quality.ts";
import { systemMetrics } from "./system.ts";
import { taskMetrics } from "./tasks.ts";
import { technicalMetrics } from "./technical.ts";
import { userMetrics } from "./users.ts";

/** All metrics, for those who refer to one; the platform takes them part by part, so that a name used twice is noticed. */
export const metrics = {
  ...taskMetrics,
  ...qualityMetrics,
  ...technicalMetrics,
  ...userMetrics,
  ...systemMetrics,
};

export const metricParts = [
  { metrics: taskMetrics },
  { metrics: qualityMetrics },
  { metrics: technicalMetrics },
  { metrics: userMetrics },
  { metrics: systemMetrics },
];
