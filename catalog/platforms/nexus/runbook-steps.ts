import type { RunbookInput } from "fairlead";

type Step = RunbookInput["mitigation"][number];

export const pods: Step = {
  do: "See whether the coordinator's pods run, and how often they restarted.",
  command: "kubectl -n $NAMESPACE get pods -l app.kubernetes.io/name=multi-agent-coordinator",
  good: "all Running and ready, no restart in the last hour",
  bad: "CrashLoopBackOff, OOMKilled or a restart count that grows",
};

export const releases: Step = {
  do: "See whether a release went out just before; the newest ReplicaSet is the running release.",
  command:
    "kubectl -n $NAMESPACE get replicasets -l app.kubernetes.io/name=multi-agent-coordinator --sort-by=.metadata.creationTimestamp",
  good: "the newest ReplicaSet is older than the trouble",
  bad: "the newest ReplicaSet is as old as the trouble: roll back",
};

export const redisLatency: Step = {
  do: "See whether Redis is slow or does not answer.",
  query: "histogram_quantile(0.95, sum by (le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
  good: "below 0.005",
  bad: "above 0.05, or no answer at all: look at Redis first",
};

export const queue: Step = {
  do: "See how full the queue is.",
  query: "sum(nexus_queue_tasks) / (sum(nexus_queue_limit_tasks) > 0)",
  good: "below 0.5",
  bad: "above 0.8: more comes in than agents can do",
};

export const morePods: Step = {
  do: "If all pods are at their CPU target, allow more of them until the load falls.",
  command: `kubectl -n $NAMESPACE patch hpa multi-agent-coordinator --patch '{"spec":{"maxReplicas":20}}'`,
  good: "new pods are ready within a minute",
};

export const rollBack: Step = {
  do: "Go back to the release before, and wait until it is ready. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
  command:
    "kubectl -n $NAMESPACE rollout undo deployment/multi-agent-coordinator && kubectl -n $NAMESPACE rollout status deployment/multi-agent-coordinator --timeout=5m",
  good: "successfully rolled out",
};
