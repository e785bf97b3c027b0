import type { AlertInput } from "../../../alert.ts";
import { alertsOf } from "../entries.ts";
import { logs, releases, restart, rollBack, rollBackBelow, type Step, scaling } from "../steps.ts";
import type { DatabaseTheme } from "../themes.ts";

/** SERVICE-db-failing, -db-timeouts, -db-pool-full and -db-slow; the critical ones silence the others. */
export function databaseAlerts({ slow = "5%", failing = "10%" }: DatabaseTheme) {
  return alertsOf((service) => ({
    "db-failing": databaseFails(service, failing),
    "db-timeouts": connectionsRunOut(service),
    "db-pool-full": poolIsFull(service),
    "db-slow": queriesAreSlow(service, slow),
  }));
}

// One in ten for two minutes is no single bad query and no failover of a few seconds: people notice, so somebody is woken.
function databaseFails(service: string, failing: NonNullable<DatabaseTheme["failing"]>): AlertInput {
  return {
    meets: ["PM-4"],
    summary: `More than ${failing} of the database operations of ${service} fail`,
    description: `Over five minutes more than ${failing} of the database operations of ${service} ended with an error.`,
    severity: "critical",
    service,
    when: {
      kind: "event-ratio",
      part: { metric: "db_client_operation_duration_seconds", where: { error_type: { not: "" } } },
      whole: { metric: "db_client_operation_duration_seconds" },
      window: "5m",
      is: ">",
      value: failing,
      minimumEvents: 50,
    },
    for: "2m",
    because: "a failover of the database takes about a minute, and what it breaks off is tried again",
    cause: "database",
    runbook: {
      meaning: `${service} does not get answers from its database, or gets refusals.`,
      impact: "Requests that need data fail. Nothing is written that was not confirmed.",
      diagnosis: [
        errorsByKind(service),
        {
          do: "See whether other services fail too.",
          query: 'sum by (service) (rate(db_client_operation_duration_seconds_count{error_type!=""}[5m]))',
          good: `only ${service}: its credentials, its network, its queries`,
          bad: "all of them: the database itself",
        },
        logs(service, "database|postgres|sql|connection"),
        releases(service),
      ],
      mitigation: [
        {
          do: "If the database is down or full, call its owner; the service recovers by itself once it answers.",
        },
        rollBackBelow,
        {
          ...restart(service),
          do: "If connections are stale after a failover, restart the pods one after the other.",
        },
      ],
      rollback: [rollBack(service)],
    },
  };
}

// A request that gave up is a failed request: there is nothing to wait for.
function connectionsRunOut(service: string): AlertInput {
  return {
    meets: ["PM-1", "PM-4"],
    summary: `Requests of ${service} give up waiting for a database connection`,
    description: `Pool {{ $labels.db_client_connection_pool_name }} of ${service} had no connection left for more than five requests in five minutes.`,
    severity: "critical",
    service,
    when: {
      kind: "increase",
      metric: "db_client_connection_timeouts_total",
      window: "5m",
      by: ["db_client_connection_pool_name"],
      is: ">",
      value: 5,
    },
    cause: "database",
    runbook: {
      meaning:
        "All connections of the pool are in use, and requests waited for one until their time was over.",
      impact: "Those requests failed, and others are slow. More traffic makes it worse.",
      diagnosis: [
        poolUse(service),
        {
          do: "See how long a connection is kept.",
          query: `histogram_quantile(0.95, sum by (le) (rate(db_client_connection_use_time_seconds_bucket{service="${service}"}[5m])))`,
          good: "well below a second: there is more load than connections",
          bad: "seconds: transactions stay open, or queries are slow",
        },
        slowTables(service),
        scaling(service),
        releases(service),
      ],
      mitigation: [
        {
          ...restart(service),
          do: "If connections are kept and never given back, restart the pods; that frees them at once.",
        },
        rollBackBelow,
        {
          do: "If it is load, shed it at the entrance. More pods ask for more connections: see first that the database allows them.",
        },
      ],
      rollback: [rollBack(service)],
    },
  };
}

// Above 90 % for ten minutes: a short peak may use all connections, that is what they are for.
function poolIsFull(service: string): AlertInput {
  return {
    meets: ["PM-1", "PM-4"],
    summary: `The database pool of ${service} is nearly used up`,
    description: `Pod {{ $labels.pod }} of ${service} has used more than 90 % of its pool {{ $labels.db_client_connection_pool_name }} for ten minutes.`,
    severity: "warning",
    service,
    when: {
      kind: "gauge-ratio",
      part: { metric: "db_client_connection_count", where: { db_client_connection_state: "used" } },
      whole: { metric: "db_client_connection_max" },
      by: ["pod", "db_client_connection_pool_name"],
      is: ">",
      value: "90%",
    },
    for: "10m",
    because:
      "a nightly job may borrow the whole pool for minutes; ten without a free connection make callers wait",
    cause: "database",
    runbook: {
      meaning: "Nearly every connection of the pool is in use, all the time.",
      impact: "None yet. The next peak waits for connections, then fails.",
      diagnosis: [poolUse(service), waiting(service), slowTables(service), scaling(service)],
      mitigation: [
        {
          ...restart(service),
          do: "If use never falls, connections leak: restart the pods, and look for the code that keeps them.",
        },
        {
          do: "If it follows the load, enlarge the pool in the service's settings, as far as the database allows.",
        },
      ],
      rollback: [rollBack(service)],
    },
  };
}

// Fifteen minutes: a nightly report is over by then; 200 operations: a share of a handful says nothing.
function queriesAreSlow(service: string, slow: NonNullable<DatabaseTheme["slow"]>): AlertInput {
  return {
    meets: ["PM-1", "PM-4"],
    summary: `More than ${slow} of the database operations of ${service} are slow`,
    description: `Over fifteen minutes more than ${slow} of the database operations of ${service} took longer than its limit.`,
    severity: "warning",
    service,
    when: {
      kind: "event-ratio",
      part: { metric: "db_client_slow_operations_total" },
      whole: { metric: "db_client_operation_duration_seconds" },
      window: "15m",
      is: ">",
      value: slow,
      minimumEvents: 200,
    },
    for: "5m",
    because:
      "a vacuum or a backup slows everything for a few minutes, and the window of fifteen smooths out the rest",
    cause: "database",
    runbook: {
      meaning:
        "Queries take longer than they should: a missing index, more data, a lock, or a database that is short of something.",
      impact: "Requests are slow, and connections are kept longer: the pool may run out next.",
      diagnosis: [
        slowTables(service),
        {
          do: "See whether results have grown.",
          query: `histogram_quantile(0.99, sum by (db_collection_name, le) (rate(db_client_response_returned_rows_bucket{service="${service}"}[15m])))`,
          good: "as yesterday",
          bad: "thousands of rows: a list without pages, or a filter that is gone",
        },
        poolUse(service),
        releases(service),
      ],
      mitigation: [
        rollBackBelow,
        {
          do: "If one table is slow, have its owner look at the plan of the query and at locks; add the index it lacks.",
        },
      ],
      rollback: [rollBack(service)],
    },
  };
}

function errorsByKind(service: string): Step {
  return {
    do: "See how operations fail.",
    query: `sum by (db_operation_name, error_type) (rate(db_client_operation_duration_seconds_count{service="${service}",error_type!=""}[5m])) > 0`,
    good: "nothing: it is over",
    bad: "connection: the database or the way to it. timeout: locks or load. _OTHER: read the logs",
  };
}

function poolUse(service: string): Step {
  return {
    do: "See how the connections of each pod are used.",
    query: `sum by (pod, db_client_connection_pool_name, db_client_connection_state) (db_client_connection_count{service="${service}"})`,
    good: "some idle in every pod",
    bad: "none idle in all pods: load or slow queries. None in one pod: it leaks",
  };
}

function waiting(service: string): Step {
  return {
    do: "See whether requests wait for a connection.",
    query: `sum by (pod) (db_client_connection_pending_requests{service="${service}"})`,
    good: "0",
    bad: "above 0 and climbing: it is about to fail",
  };
}

function slowTables(service: string): Step {
  return {
    do: "Find the operations and tables that are slow.",
    query: `topk(5, sum by (db_operation_name, db_collection_name) (rate(db_client_slow_operations_total{service="${service}"}[15m])))`,
    good: "many tables alike: the database is short of something",
    bad: "one table stands out: its query, its index or a lock",
  };
}
