// Steps that several runbooks share. hivectl is the operator's command in the session manager's image.
import type { RunbookInput } from "fairlead";
import type { services } from "./services.ts";

export type Step = RunbookInput["mitigation"][number];
type Service = keyof typeof services;

/** A command of the hive's operator. */
export function hivectl(command: string): string {
  return `kubectl -n $NAMESPACE exec deployment/session-manager -- hivectl ${command}`;
}

/** Runs a CronJob at once, under a name of its own, and waits until it is done. */
export function runJob(cronJob: string): string {
  return `JOB=${cronJob}-$(date +%s) && kubectl -n $NAMESPACE create job --from=cronjob/${cronJob} "$JOB" && kubectl -n $NAMESPACE wait --for=condition=Complete "job/$JOB" --timeout=1h`;
}

/** What the last runs of one of PostgreSQL's chores said. */
export function jobsSaid(chore: "backup" | "restore-test"): string {
  return `kubectl -n $NAMESPACE logs -l app.kubernetes.io/component=${chore} --tail=20 --prefix`;
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

export function restart(service: Service): Step {
  return {
    do: "Restart the pods, one after the other.",
    command: `kubectl -n $NAMESPACE rollout restart deployment/${service}`,
    good: "ready within two minutes",
  };
}

/** What a restart of the spawn manager costs is said where it is asked for. */
export const restartSpawnManager: Step = {
  ...restart("spawn-manager"),
  do: "Restart the spawn managers, one after the other; their agents end and go on elsewhere from the last checkpoint.",
};

export const sessions: Step = {
  do: "List the running sessions: age, mode, fatigue, last checkpoint, last error.",
  command: hivectl("sessions list"),
  good: "checkpoints younger than five minutes, no error",
  bad: "a session with an error or an old checkpoint: note its SESSION",
};

export const pauseSession: Step = {
  do: "Pause the session: its agents finish their step, a checkpoint is taken, nothing is lost.",
  command: hivectl("sessions pause SESSION --checkpoint"),
  good: "prints state=paused and the checkpoint's id",
};

export const resumeSession: Step = {
  do: "Let the session go on once the cause is gone.",
  command: hivectl("sessions resume SESSION"),
  good: "prints state=running, and its age grows again",
};

export const noNewWork: Step = {
  do: "Enter emergency level 3: no new task starts, running ones finish.",
  command: hivectl("emergency set 3 --reason person"),
  good: "prints level=3",
};

export const backToNormal: Step = {
  do: "Take the emergency level back once the cause is gone.",
  command: hivectl("emergency set 0 --reason person"),
  good: "prints level=0, and tasks leave the queue within a minute",
};

export const openBreakers: Step = {
  do: "See which breakers are open.",
  query: "max by (breaker) (agenthive_breaker_open)",
  good: "all 0",
  bad: "a 1: follow the runbook of BreakerOpen first, it is likely the cause",
};

export const modelErrors: Step = {
  do: "See whether the model providers answer.",
  query:
    'sum by (gen_ai_provider_name, error_type) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[5m]))',
  good: "nothing, or near 0",
  bad: "429: rate limits. 5xx, 529 or timeout: look at the provider's status page",
};

export const slowQueries: Step = {
  do: "See whether the database is slow.",
  query:
    "histogram_quantile(0.95, sum by (service, db_operation_name, le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
  good: "all below 0.05",
  bad: "above 0.05: follow the runbook of the database queries' SLO",
};

export const limits: Step = {
  do: "See which sessions are near a limit.",
  query: "topk(5, max by (session, resource) (agenthive_session_resource_used_ratio))",
  good: "all below 0.8",
  bad: "one near 1: the guardian is about to stop a part of it",
};

export const attempts: Step = {
  do: "See how attempts end.",
  query: "sum by (attempt, outcome) (increase(agenthive_spawn_attempts_total[1h])) > 0",
  good: "nearly all succeed at the first attempt",
  bad: "timeout: starts take more than 30 seconds. error: the process ends at once, read its log",
};
