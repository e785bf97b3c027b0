import { base } from "../base.ts";
import { qualityMetrics } from "./quality.ts";
import { systemMetrics } from "./system.ts";
import { taskMetrics } from "./tasks.ts";
import { technicalMetrics } from "./technical.ts";
import { userMetrics } from "./users.ts";

/** All metrics, the base's too, for those who refer to one; the platform takes them part by part, so that a name used twice is noticed. */
export const metrics = {
  ...base.metrics,
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
