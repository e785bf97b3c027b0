// Steps that several runbooks share. nexusctl is the operator's command in the images of Nexus' own services.
import type { RunbookInput } from "fairlead";
import { coordinator, type learning, optimizer } from "./label-values.ts";

type Step = RunbookInput["mitigation"][number];
type Engine = typeof coordinator | typeof learning | typeof optimizer;
// SERVICE stands for the one that an earlier step of the same runbook named.
type Service =
  | Engine
  | "housekeeper"
  | "redis"
  | "postgres"
  | "redis-exporter"
  | "postgres-exporter"
  | "SERVICE";

/** A command of the operator, in a pod of the service that it is about. */
export function nexusctl(service: Engine | "housekeeper", command: string): string {
  return `kubectl -n $NAMESPACE exec deployment/${service} -- nexusctl ${command}`;
}

/** Runs a CronJob at once, under a name of its own, and waits until it is done. */
export function runJob(cronJob: string): string {
  return `JOB=${cronJob}-$(date +%s) && kubectl -n $NAMESPACE create job --from=cronjob/${cronJob} "$JOB" && kubectl -n $NAMESPACE wait --for=condition=Complete "job/$JOB" --timeout=1h`;
}

/** A statement of SQL, as the owner of the database. */
export function sql(statement: string): string {
  return `kubectl -n $NAMESPACE exec deployment/postgres -- psql -U nexus -d nexus -c "${statement}"`;
}

/** The records of all pods of a service that a jq filter lets through, of the last hour if nothing else is said; other lines are skipped. */
export function logs(service: Service, filter: string, since: `${number}h` = "1h"): string {
  const all = `kubectl -n $NAMESPACE logs -l app.kubernetes.io/name=${service} --since=${since} --tail=-1`;
  return `${all} | jq -cR 'fromjson? | ${filter}'`;
}

export function podsOf(service: Service): Step {
  return {
    do: `See whether the pods of ${service} run, and how often they restarted.`,
    command: `kubectl -n $NAMESPACE get pods -l app.kubernetes.io/name=${service}`,
    good: "all Running and ready, no restart in the last hour",
    bad: "CrashLoopBackOff, Pending, OOMKilled or a restart count that grows",
  };
}

export function lastWords(service: Service): Step {
  return {
    do: "Read what it said before it ended.",
    command: `kubectl -n $NAMESPACE logs deployment/${service} --previous --tail=50`,
    good: "there is no previous container: it is starting for the first time; wait a minute",
    bad: "connection refused or no such host: what it depends on is down. out of memory: its limit",
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
    do: `Restart ${service}.`,
    command: `kubectl -n $NAMESPACE rollout restart deployment/${service} && kubectl -n $NAMESPACE rollout status deployment/${service} --timeout=5m`,
    good: "successfully rolled out, and this alert ends within two minutes",
  };
}

export const ifReleased: Step = {
  do: "If the trouble began with a release, roll it back as shown below.",
};

/** Whether the autoscaler has come to its end. */
export function scalingOf(service: Engine): Step {
  return {
    do: "See whether the autoscaler has room left.",
    command: `kubectl -n $NAMESPACE get hpa ${service}`,
    good: "fewer replicas than MAXPODS",
    bad: "as many replicas as MAXPODS, and CPU above 70 %: too few pods",
  };
}

export function morePods(service: Engine): Step {
  return {
    do: "If the autoscaler is at its maximum, allow two pods more; the namespace's quota is checked first.",
    command: `kubectl -n $NAMESPACE describe resourcequota && MAX=$(kubectl -n $NAMESPACE get hpa ${service} -o jsonpath='{.spec.maxReplicas}') && kubectl -n $NAMESPACE patch hpa ${service} --patch "{\\"spec\\":{\\"maxReplicas\\":$((MAX + 2))}}"`,
    good: "new pods are ready within a minute",
    bad: "the quota has no cores or memory left: pods stay away, and something else must shrink first",
  };
}

export const lessPodsLater: Step = {
  do: "A raised maximum goes back to the catalog's with the next deploy; raise it there too if the load is here to stay.",
};

export function loadOf(service: Engine, perPod: number): Step {
  return {
    do: `See the load; a pod carries ${perPod.toLocaleString("en")} operations a second.`,
    query: `sum by (pod) (rate(http_server_request_duration_seconds_count{service="${service}"}[5m]))`,
    good: `below ${perPod} for each pod`,
    bad: `above ${perPod}: too few pods. One pod has nearly all: balancing does not work`,
  };
}

export function slowRoutes(service: Engine, seconds: number): Step {
  return {
    do: "Find the slow routes.",
    query: `histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{service="${service}"}[5m])))`,
    good: `all below ${seconds}`,
    bad: "one route: its code or its statements. All routes: load, or a store",
  };
}

export function failingRoutes(service: Engine): Step {
  return {
    do: "Find the routes and codes that fail.",
    query: `sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count{service="${service}",http_response_status_code=~"5.."}[5m])) > 0`,
    good: "nothing: it is over",
    bad: "503 everywhere: a store, or too few pods. One route with 500: a fault in its code",
  };
}

export function storesAsSeenBy(service: Engine): Step {
  return {
    do: "See whether Redis and PostgreSQL answer it quickly.",
    query: `histogram_quantile(0.95, sum by (db_system_name, le) (rate(db_client_operation_duration_seconds_bucket{service="${service}"}[5m])))`,
    good: "redis below 0.005, postgresql below 0.05",
    bad: "ten times as much, or no line at all: look at that store first",
  };
}

/** Volumes are of another size in each environment: the command doubles what is there. */
export function enlarge(volume: "redis-data" | "postgres-data" | "backups"): Step {
  return {
    do: "If the volume is simply too small, double it, and in the catalog too: the next deploy cannot shrink it again.",
    command: `SIZE=$(kubectl -n $NAMESPACE get pvc ${volume} -o jsonpath='{.spec.resources.requests.storage}') && kubectl -n $NAMESPACE patch pvc ${volume} --patch "{\\"spec\\":{\\"resources\\":{\\"requests\\":{\\"storage\\":\\"$((2 * \${SIZE%Gi}))Gi\\"}}}}"`,
    good: "patched; df in the pod shows the new size within a few minutes",
    bad: "forbidden: the class of the storage cannot grow, or the namespace's quota is used up",
  };
}

export const queue: Step = {
  do: "See how full the queue is.",
  query: "max(sum by (pod) (nexus_queue_tasks)) / max(nexus_queue_limit_tasks)",
  good: "below 0.5",
  bad: "above 0.8: more comes in than agents can do",
};

export const cycleTimes: Step = {
  do: "See whether coordination cycles take longer already.",
  query:
    "histogram_quantile(0.95, sum by (pod, le) (rate(nexus_coordination_cycle_duration_seconds_bucket[5m])))",
  good: "below 1",
  bad: "above 1: answers will come late",
};

export const agentsByType: Step = {
  do: "See whether agents have left.",
  query: "sum by (agent_type) (nexus_agents_registered)",
  good: "as yesterday at this time",
  bad: "a type is missing or much smaller: its tasks find nobody",
};

export const moreAgents: Step = {
  do: "Start more agents of the type that tasks wait for; they register by themselves.",
  command: nexusctl(coordinator, "agents wanted --by-type"),
  good: "the list grows shorter within a minute",
};

export const pauseOptimizer: Step = {
  do: "Let the optimizer recommend only, and change nothing.",
  command: nexusctl(optimizer, "mode set recommend-only"),
  good: "prints mode=recommend-only",
};

export const resumeOptimizer: Step = {
  do: "Let the optimizer act again once the cause is gone.",
  command: nexusctl(optimizer, "mode set automatic"),
  good: "prints mode=automatic",
};
