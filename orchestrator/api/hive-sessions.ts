import type { Limit } from "../../model/resilience.ts";
import type { Resource } from "../resilience/resource-usage.ts";
import { resources } from "../resilience/resource-usage.ts";
import type { SessionRecord } from "../sessions/session-records.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { Database, Store } from "../store/database.ts";
import type { Hive, HiveSession } from "./hive-ports.ts";

/** Sessions as far as their tasks tell. */
type OfTasks = Pick<HiveSession, "id" | "state" | "startedAt" | "ageSeconds" | "tasks">;

const columns = `labels->>'session' AS id,
  CASE WHEN bool_or(state NOT IN ('succeeded', 'failed', 'cancelled')) THEN 'running' ELSE 'ended' END AS state,
  min(accepted_at) AS "startedAt", extract(epoch FROM now() - min(accepted_at))::float8 AS "ageSeconds"`;
const byState = `(SELECT jsonb_object_agg(state, count) FROM (SELECT state, count(*) FROM runs others
  WHERE others.project = $1 AND others.labels->>'session' = sessions.id GROUP BY state) counted) AS tasks`;

export interface HiveOptions {
  sessions: Sessions;
  limits: Partial<Record<Resource, Limit>>;
  /** Whether faults may be ordered. */
  drills: boolean;
  now: () => number;
}

/** Agent Hive's sessions: what runs as processes, and the tasks that name them. */
export function hiveSessions({ pool }: Store, { sessions, limits, drills, now }: HiveOptions): Hive {
  const ofTasks = (project: string, name?: string) => sessionsOfTasks(pool, { project, name });
  return {
    async runningSessions(project) {
      const [tasks, records] = await Promise.all([ofTasks(project), sessions.running(project)]);
      const names = [...new Set([...tasks.map(({ id }) => id), ...records.map(({ name }) => name)])];
      const all = names.flatMap((name) => {
        const found = {
          task: tasks.find(({ id }) => id === name),
          record: records.find((one) => one.name === name),
        };
        return joined(found, now()) ?? [];
      });
      return all.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
    },
    async session(project, name) {
      const [[task], record] = await Promise.all([ofTasks(project, name), sessions.read({ project, name })]);
      return joined({ task, record }, now());
    },
    startSession: (wanted) => sessions.start(wanted),
    endSession: (project, name) => sessions.ask({ project, name }, { end: true }),
    resources: async (project) =>
      (await sessions.running(project)).flatMap((record) => usedBy(record, limits)),
    async startDrill({ fault, project, session: name, ageSeconds = 0 }) {
      if (!drills) return "off";
      const asked = fault === "age" ? { ageSeconds } : { crashAgent: true as const };
      return (await sessions.ask({ project, name }, asked)) ? "ordered" : "not-running";
    },
  };
}

/** Sessions by the labels of their tasks: those with tasks that have not ended, or the one of that name. */
async function sessionsOfTasks(
  db: Database,
  { project, name }: { project: string; name: string | undefined },
): Promise<OfTasks[]> {
  const which =
    name === undefined
      ? `labels->>'session' IN (SELECT DISTINCT labels->>'session' FROM runs WHERE project = $1 AND labels ? 'session'
           AND state IN ('queued', 'running', 'waiting-for-approval', 'paused') LIMIT 200)`
      : "labels->>'session' = $2";
  const { rows } = await db.query<OfTasks>(
    `SELECT *, ${byState} FROM (SELECT ${columns} FROM runs WHERE project = $1 AND ${which}
       GROUP BY labels->>'session') sessions`,
    name === undefined ? [project] : [project, name],
  );
  return rows;
}

/** What is known of a session by its tasks and by its agents; nothing where neither is. */
function joined(
  { task, record }: { task: OfTasks | undefined; record: SessionRecord | undefined },
  now: number,
): HiveSession | undefined {
  if (!record) return task && { ...task, agents: [] };
  const { name, state, startedAt, agents, ended } = record;
  return {
    id: name,
    state: state === "running" ? state : (task?.state ?? state),
    startedAt: new Date(startedAt).toISOString(),
    ageSeconds: Math.max(0, ((ended?.at ?? now) - startedAt) / 1_000),
    tasks: task?.tasks ?? {},
    agents,
    ended: ended?.why,
  };
}

function usedBy({ name, usage }: SessionRecord, limits: HiveOptions["limits"]) {
  return resources.flatMap((resource) => {
    const limit = limits[resource];
    if (!usage || !limit) return [];
    const unit = resource === "cpu" ? "cores" : limit.unit;
    return [{ session: name, resource, used: usage[resource], limit: limit.atMost, unit }];
  });
}
