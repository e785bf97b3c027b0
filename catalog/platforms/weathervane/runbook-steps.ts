// Steps that several runbooks share. autopilotctl is the operator's command in the autopilot's image.
import type { RunbookInput } from "fairlead";

type Step = RunbookInput["mitigation"][number];
type Service = "autopilot" | "dashboard-api" | "dashboard-web" | "mcp-server";

/** A command of the autopilot's operator. */
export function autopilotctl(command: string): string {
  return `kubectl -n $NAMESPACE exec deployment/autopilot -- autopilotctl ${command}`;
}

/** The records of all pods of a service that a jq filter lets through; lines that are not JSON are skipped. */
export function logs(service: Service, filter: string): string {
  const all = `kubectl -n $NAMESPACE logs -l app.kubernetes.io/name=${service} --since=1h --tail=-1`;
  return `${all} | jq -cR 'fromjson? | ${filter}'`;
}

export function podsOf(service: Service): Step {
  return {
    do: "See whether the pods run, and how often they restarted.",
    command: `kubectl -n $NAMESPACE get pods -l app.kubernetes.io/name=${service}`,
    good: "all Running and ready, no restart in the last hour",
    bad: "CrashLoopBackOff, Pending, OOMKilled or a restart count that grows",
  };
}

export function releasesOf(service: Service): Step {
  return {
    do: "See whether a release went out just before; the newest ReplicaSet is the running release.",
    command: `kubectl -n $NAMESPACE get replicasets -l app.kubernetes.io/name=${service} --sort-by=.metadata.creationTimestamp`,
    good: "the newest ReplicaSet is older than the trouble",
    bad: "the newest ReplicaSet is as old as the trouble: roll back",
  };
}

export function rollBack(service: Service): Step {
  return {
    do: "Go back to the release before, and wait until it is ready. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
    command: `kubectl -n $NAMESPACE rollout undo deployment/${service} && kubectl -n $NAMESPACE rollout status deployment/${service} --timeout=5m`,
    good: "successfully rolled out",
  };
}

export const pauseStarts: Step = {
  do: "Pause new starts; running tasks finish, nothing is lost.",
  command: autopilotctl("mode set read-only"),
  good: "prints mode=read-only",
};

export const resumeStarts: Step = {
  do: "Let tasks start again once the cause is gone.",
  command: autopilotctl("mode set normal"),
  good: "prints mode=normal, and tasks leave the queue within a minute",
};

export const breakers: Step = {
  do: "See which breakers are open.",
  query: "max by (breaker) (weathervane_breaker_open)",
  good: "all 0",
  bad: "a 1: follow the runbook of BreakerTripped first, it is likely the cause",
};

export const failuresByStage: Step = {
  do: "Find the stage that fails more than the others.",
  query: "sum by (stage) (increase(weathervane_task_retries_total[1h]))",
  good: "about as many in every stage: look at what all stages share, such as the model provider",
  bad: "one stage stands out: its tool or its model is the cause",
};
