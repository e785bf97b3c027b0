// Steps that several runbooks share. hubctl is the operator's command in the orchestrator's image.
import type { RunbookInput } from "fairlead";
import type { services } from "./services.ts";

type Step = RunbookInput["mitigation"][number];
type Service = keyof typeof services;

/** A command of the hub's operator. */
export function hubctl(command: string): string {
  return `kubectl -n $NAMESPACE exec deployment/orchestrator -- hubctl ${command}`;
}

/** The records of the last hour of all pods of a service that a jq filter lets through; lines that are not JSON are skipped. */
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

export function endOf(service: Service): Step {
  return {
    do: "Read why the last container ended.",
    command: `kubectl -n $NAMESPACE describe pods -l app.kubernetes.io/name=${service} | grep -A6 'Last State'`,
    good: "no last state: it never ended, look at the network or the node",
    bad: "OOMKilled: memory. Error: read its log with kubectl logs --previous. FailedMount under Events: its volume",
  };
}

export function restart(service: Service): Step {
  return {
    do: "Restart it, and wait until it is ready.",
    command: `kubectl -n $NAMESPACE rollout restart deployment/${service} && kubectl -n $NAMESPACE rollout status deployment/${service} --timeout=5m`,
    good: "successfully rolled out",
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

export const ifRelease: Step = {
  do: "If the trouble began with a release, roll it back as shown below.",
};

export const pauseStarts: Step = {
  do: "Pause new runs; running ones finish, those that are asked for wait, nothing is lost.",
  command: hubctl("runs pause-starts"),
  good: "prints starts=paused",
};

export const resumeStarts: Step = {
  do: "Let runs start again once the cause is gone.",
  command: hubctl("runs resume-starts"),
  good: "prints starts=running, and waiting runs start within a minute",
};

export const dependencies: Step = {
  do: "See whether NATS, PostgreSQL and Redis answer.",
  query: "min by (dependency, service) (commandcenter_dependency_reachable)",
  good: "all 1",
  bad: "a 0: follow the runbook of DependencyUnreachable first, it is likely the cause",
};

export const breakers: Step = {
  do: "See which breakers are open.",
  query: "max by (breaker, service) (commandcenter_breaker_open)",
  good: "all 0",
  bad: "a 1: follow the runbook of BreakerOpen first, it is likely the cause",
};

export const databaseErrors: Step = {
  do: "See whether the databases answer the hub.",
  query:
    'sum by (service, db_system_name, error_type) (rate(db_client_operation_duration_seconds_count{error_type!=""}[5m])) > 0',
  good: "nothing",
  bad: "connection: it is down. timeout: it is slow, or the pool is used up",
};

export const modelErrors: Step = {
  do: "See whether the model providers answer.",
  query:
    'sum by (gen_ai_provider_name, error_type) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[5m])) > 0',
  good: "nothing",
  bad: "429: too many calls. 5xx, 529 or timeout: look at the provider's status page",
};

export const runsByState: Step = {
  do: "See how many runs wait and run.",
  query: "sum by (state) (commandcenter_runs)",
  good: "running below 10, pending near 0",
  bad: "running 10, pending grows: it is at its limit. Running below 10, pending grows: the scheduler hangs",
};
