// Label values that several metrics share. Each service sets every series of a counter to 0 at its start, so that the first
// event is an increase and not merely the birth of a series.

export const coordinator = "multi-agent-coordinator" as const;
export const learning = "adaptive-learning-engine" as const;
export const optimizer = "production-optimizer" as const;
/** The three services of Nexus itself; the others are stores, their exporters and the housekeeper. */
export const engines = [coordinator, learning, optimizer] as const;

/** The eight types of agents (NX-5 gives the number; the names are our reading). */
export const agentTypes = [
  "architect",
  "developer",
  "reviewer",
  "tester",
  "security",
  "data",
  "operations",
  "documentation",
];

/** The five ways to resolve a conflict (NX-5), from the one that disturbs least; the last one asks a person. */
export const strategies = ["priority", "capability", "resource-sharing", "consensus", "escalation"];

/** The eight types of optimisation (NX-10). */
export const optimizations = [
  "latency",
  "throughput",
  "cpu",
  "memory",
  "storage",
  "network",
  "cost",
  "scheduling",
];

/** The seven types of reliability enhancement (NX-10). */
export const enhancements = [
  "circuit-breaking",
  "retry-with-backoff",
  "bulkhead",
  "failover",
  "load-shedding",
  "self-healing",
  "graceful-degradation",
];

/** Kinds of patterns that the learning engine recognises in experiences (NX-10). */
export const patterns = ["sequence", "daily-cycle", "failure-cause", "resource-use", "collaboration"];

/** The ten ways through all services that the housekeeper tries every quarter of an hour (NX-10). */
export const scenarios = [
  "register-agent",
  "run-task",
  "urgent-task-first",
  "resolve-conflict",
  "lose-agent",
  "learn-from-task",
  "predict-duration",
  "optimise-and-roll-back",
  "refuse-without-role",
  "audit-trail-complete",
];

/** What is done by the clock, and told of by the housekeeper (NX-8, NX-9). */
export const chores = [
  "database-backup",
  "configuration-backup",
  "restore-test",
  "vacuum",
  "log-rotation",
  "retention",
] as const;

export const priorities = ["urgent", "normal", "low"];
/** Answers that are the server's fault. */
export const serverErrors = ["500", "502", "503", "504"];
