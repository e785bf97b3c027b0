import type { RunState } from "../domain/run.ts";
import { type Heartbeat, listAgents, recordHeartbeats } from "../store/agents.ts";
import { findApproval, listApprovals } from "../store/approvals.ts";
import { appendAudit, listAudit } from "../store/audit.ts";
import { batched } from "../store/batch.ts";
import type { Store } from "../store/database.ts";
import { lastEventId, listEvents } from "../store/events.ts";
import { findFlag, listFlags, storeFlag } from "../store/flags.ts";
import { endedRuns, findRun, listRuns } from "../store/runs.ts";
import { currentWorkflow, listWorkflows, storeWorkflow } from "../store/workflows.ts";
import type { EventWakeUps } from "./event-wakeups.ts";
import { flagDefinition } from "./flags.ts";
import type {
  Agents,
  Approvals,
  Audit,
  Events,
  Flags,
  PageRequest,
  Ports,
  Runs,
  Workflows,
} from "./ports.ts";

/** The ports that the store alone serves; the engine adds those that start, stop and decide. */
export interface StorePorts extends Pick<Ports, "audit" | "events" | "flags" | "quality"> {
  workflows: Omit<Workflows, "remove">;
  runs: Omit<Runs, "accept" | "cancel">;
  approvals: Omit<Approvals, "decide">;
  agents: Omit<Agents, "register" | "remove">;
}

/** The store as the routes see it: every list and look-up within one project. */
export function storePorts(store: Store, wakeUps: EventWakeUps): StorePorts {
  return {
    workflows: workflowsOf(store),
    runs: runsOf(store),
    approvals: approvalsOf(store),
    agents: agentsOf(store),
    events: eventsOf(store, wakeUps),
    flags: flagsOf(store),
    audit: auditOf(store),
    quality: qualityOf(store),
  };
}

/** The store's page requests leave the cursor out where there is none. */
const paged = ({ limit, cursor }: PageRequest) => ({ limit, ...(cursor === undefined ? {} : { cursor }) });

function workflowsOf({ pool, transaction }: Store): StorePorts["workflows"] {
  return {
    save: ({ project, by, definition }) =>
      transaction((db) => storeWorkflow(db, { project, definition, createdBy: by })),
    list: (project, page) => listWorkflows(pool, { project, ...paged(page) }),
    read: (project, name) => currentWorkflow(pool, { project, name }),
  };
}

function runsOf({ pool }: Store): StorePorts["runs"] {
  return {
    list: ({ project, state, workflow }, page) =>
      listRuns(pool, {
        project,
        ...(state === undefined ? {} : { state }),
        ...(workflow === undefined ? {} : { workflow }),
        ...paged(page),
      }),
    read: async (project, id) => {
      const run = await findRun(pool, id);
      return run?.project === project ? run : undefined;
    },
    ended: async (ids) => (await endedRuns(pool, ids)).map(({ id }) => id),
  };
}

function approvalsOf({ pool }: Store): StorePorts["approvals"] {
  return {
    list: ({ project, pending }, page) => listApprovals(pool, { project, pending, ...paged(page) }),
    read: async (project, id) => {
      const approval = await findApproval(pool, id);
      return approval?.project === project ? approval : undefined;
    },
  };
}

/** Heartbeats that come at the same time are one statement. */
const heartbeatsTogether = 1_000;

function agentsOf({ pool }: Store): StorePorts["agents"] {
  const named = ({ id, by }: Heartbeat) => `${by}/${id}`;
  const beat = batched<Heartbeat, boolean>(
    async (beats) => {
      const known = new Set((await recordHeartbeats(pool, { beats })).map(named));
      return beats.map((beat) => known.has(named(beat)));
    },
    { limit: heartbeatsTogether },
  );
  return {
    heartbeat: (id, by) => beat({ id, by }),
    list: ({ type }, page) => listAgents(pool, { ...(type === undefined ? {} : { type }), ...paged(page) }),
  };
}

function eventsOf({ pool }: Store, { onNew }: EventWakeUps): Events {
  return {
    list: ({ project, after, limit, runId, types }) =>
      listEvents(pool, {
        project,
        after,
        limit,
        ...(runId === undefined ? {} : { runId }),
        ...(types === undefined ? {} : { types }),
      }),
    last: () => lastEventId(pool),
    onNew,
  };
}

function flagsOf({ pool }: Store): Flags {
  const typed = <T extends { definition: unknown }>(flag: T) => ({
    ...flag,
    definition: flagDefinition.parse(flag.definition),
  });
  return {
    list: async (page) => {
      const { items, ...rest } = await listFlags(pool, paged(page));
      return { ...rest, items: items.map(typed) };
    },
    read: async (name) => {
      const flag = await findFlag(pool, name);
      return flag && typed(flag);
    },
    save: async ({ expectedVersion, ...flag }) => {
      const saved = await storeFlag(pool, {
        ...flag,
        ...(expectedVersion === undefined ? {} : { expectedVersion }),
      });
      return saved && typed(saved);
    },
  };
}

function auditOf({ pool }: Store): Audit {
  return {
    append: (entries) => appendAudit(pool, entries),
    list: (project, page) => listAudit(pool, { project, ...paged(page) }),
  };
}

function qualityOf({ pool }: Store): Ports["quality"] {
  return {
    gates: async (project, hours) => {
      const { rows } = await pool.query(
        `SELECT body->>'gate' AS gate,
           count(*) FILTER (WHERE body->>'outcome' = 'approved') AS approved,
           count(*) FILTER (WHERE body->>'outcome' = 'rejected') AS rejected,
           count(*) FILTER (WHERE body->>'quorum' = 'false') AS "withoutQuorum"
         FROM events JOIN runs ON runs.id = events.run_id AND runs.project = $1
         WHERE events.type = 'gate.decided' AND events.at > now() - make_interval(hours => $2)
         GROUP BY 1 ORDER BY 1`,
        [project, hours],
      );
      return rows;
    },
    openLoops: async (project) => {
      const { rows } = await pool.query(
        `SELECT events.run_id AS "runId", body->>'stage' AS stage, max((body->>'attempt')::int) AS attempts,
           min(events.at) AS "openedAt"
         FROM events JOIN runs ON runs.id = events.run_id AND runs.project = $1
           AND runs.state NOT IN ('succeeded', 'failed', 'cancelled')
         WHERE events.type IN ('resolution.opened', 'resolution.attempted') AND NOT EXISTS (
           SELECT 1 FROM events closed WHERE closed.run_id = events.run_id AND closed.type = 'resolution.closed'
             AND closed.body->>'stage' = events.body->>'stage' AND closed.id > events.id)
         GROUP BY 1, 2 ORDER BY 4 LIMIT 200`,
        [project],
      );
      return rows;
    },
  };
}

/** The project's runs that have not ended, the agents and the open approvals, counted. */
export async function countsOf({ pool }: Store, project: string) {
  const [runs, agents, approvals] = await Promise.all([
    pool.query<{ state: RunState; count: number }>(
      `SELECT state, count(*) FROM runs WHERE project = $1
         AND state IN ('queued', 'running', 'waiting-for-approval', 'paused') GROUP BY state`,
      [project],
    ),
    pool.query<{ state: string; count: number }>("SELECT state, count(*) FROM agents GROUP BY state"),
    pool.query<{ count: number }>("SELECT count(*) FROM approvals WHERE project = $1 AND state = 'pending'", [
      project,
    ]),
  ]);
  const byState = (rows: { state: string; count: number }[]) =>
    Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  return {
    runs: byState(runs.rows),
    agents: byState(agents.rows),
    pendingApprovals: approvals.rows[0]?.count ?? 0,
  };
}
