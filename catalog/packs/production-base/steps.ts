// Steps that the runbooks of several themes share.
import type { RunbookInput } from "../../runbook.ts";

export type Step = RunbookInput["mitigation"][number];

/** Whether the pods of a service run. */
export function pods(service: string): Step {
  return {
    do: "See whether the pods run, and how often they restarted.",
    command: `kubectl -n $NAMESPACE get pods -l app.kubernetes.io/name=${service}`,
    good: "all Running and ready, no restart in the last hour",
    bad: "CrashLoopBackOff, Pending, OOMKilled or a restart count that grows",
  };
}

/** The newest lines of all pods that say one of the words, whatever the case. */
export function logs(service: string, words: string): Step {
  return {
    do: "Read what the pods say about it.",
    command: `kubectl -n $NAMESPACE logs -l app.kubernetes.io/name=${service} --since=30m --tail=-1 --prefix | grep -iE '${words}' | tail -40`,
    good: "nothing: look at what the service calls",
    bad: "the same error again and again: it names the cause",
  };
}

/** Whether a release of a service is as old as the trouble. */
export function releases(service: string): Step {
  return {
    do: "See whether a release went out just before; the newest ReplicaSet is the running release.",
    command: `kubectl -n $NAMESPACE get replicasets -l app.kubernetes.io/name=${service} --sort-by=.metadata.creationTimestamp`,
    good: "the newest ReplicaSet is older than the trouble",
    bad: "the newest ReplicaSet is as old as the trouble: roll back",
  };
}

/** Whether a service has as many pods as it may have. */
export function scaling(service: string): Step {
  return {
    do: "See whether there are as many pods as there may be.",
    command: `kubectl -n $NAMESPACE get hpa,deployment -l app.kubernetes.io/name=${service}`,
    good: "fewer replicas than the maximum, CPU below its target",
    bad: "replicas at the maximum: it needs more pods, or less load",
  };
}

/** Restarts a service, pod by pod, and waits until that is done. */
export function restart(service: string): Step {
  return {
    do: "Restart the pods, one after the other.",
    command: `kubectl -n $NAMESPACE rollout restart deployment/${service} && kubectl -n $NAMESPACE rollout status deployment/${service} --timeout=5m`,
    good: "successfully rolled out, and the alert resolves within its window",
  };
}

/** One pod more than there is; an autoscaler takes it back when the load falls. */
export function onePodMore(service: string): Step {
  return {
    do: "Add a pod. Where an autoscaler rules, it keeps as many as the load asks for.",
    command: `kubectl -n $NAMESPACE scale deployment/${service} --replicas=$(($(kubectl -n $NAMESPACE get deployment/${service} -o jsonpath='{.spec.replicas}') + 1))`,
    good: "the new pod is ready within a minute, and the value falls",
  };
}

export const rollBackBelow: Step = {
  do: "If the trouble began with a release, roll it back as shown below.",
};

/** Goes back to the release before. */
export function rollBack(service: string): Step {
  return {
    do: "Go back to the release before, and wait until it is ready. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
    command: `kubectl -n $NAMESPACE rollout undo deployment/${service} && kubectl -n $NAMESPACE rollout status deployment/${service} --timeout=5m`,
    good: "successfully rolled out",
  };
}
