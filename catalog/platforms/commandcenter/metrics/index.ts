import { base } from "../production-base.ts";
import { agentMetrics } from "./agents.ts";
import { costMetrics } from "./cost.ts";
import { messagingMetrics } from "./messaging.ts";
import { safetyMetrics } from "./safety.ts";
import { storeMetrics } from "./stores.ts";
import { watcherMetrics } from "./watchers.ts";
import { workflowMetrics } from "./workflows.ts";

/** All metrics, for those who refer to one; the platform takes them part by part, so that a name used twice is noticed. */
export const metrics = {
  ...base.metrics,
  ...workflowMetrics,
  ...agentMetrics,
  ...safetyMetrics,
  ...costMetrics,
  ...messagingMetrics,
  ...storeMetrics,
  ...watcherMetrics,
};

export const metricParts = [
  { metrics: workflowMetrics },
  { metrics: agentMetrics },
  { metrics: safetyMetrics },
  { metrics: costMetrics },
  { metrics: messagingMetrics },
  { metrics: storeMetrics },
  { metrics: watcherMetrics },
];
