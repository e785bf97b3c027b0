import { agentMetrics } from "./agents.ts";
import { costMetrics } from "./cost.ts";
import { safetyMetrics } from "./safety.ts";
import { storeMetrics } from "./stores.ts";
import { systemMetrics } from "./system.ts";
import { technicalMetrics } from "./technical.ts";
import { workflowMetrics } from "./workflows.ts";

/** All metrics, for those who refer to one; the platform takes them part by part, so that a name used twice is noticed. */
export const metrics = {
  ...workflowMetrics,
  ...agentMetrics,
  ...safetyMetrics,
  ...costMetrics,
  ...technicalMetrics,
  ...storeMetrics,
  ...systemMetrics,
};

export const metricParts = [
  { metrics: workflowMetrics },
  { metrics: agentMetrics },
  { metrics: safetyMetrics },
  { metrics: costMetrics },
  { metrics: technicalMetrics },
  { metrics: storeMetrics },
  { metrics: systemMetrics },
];
