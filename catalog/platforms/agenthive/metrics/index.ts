import { base } from "../base.ts";
import { agentMetrics } from "./agents.ts";
import { autonomyMetrics } from "./autonomy.ts";
import { guardianMetrics } from "./guardian.ts";
import { modelMetrics } from "./models.ts";
import { sessionMetrics } from "./sessions.ts";
import { technicalMetrics } from "./technical.ts";

/** All metrics, for those who refer to one; the platform takes them part by part, so that a name used twice is noticed. */
export const metrics = {
  ...base.metrics,
  ...sessionMetrics,
  ...guardianMetrics,
  ...agentMetrics,
  ...modelMetrics,
  ...technicalMetrics,
  ...autonomyMetrics,
};

export const metricParts = [
  { metrics: sessionMetrics },
  { metrics: guardianMetrics },
  { metrics: agentMetrics },
  { metrics: modelMetrics },
  { metrics: technicalMetrics },
  { metrics: autonomyMetrics },
];
