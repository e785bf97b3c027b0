import { commitOrderLock, projectOfEvent } from "./events.ts";

const final = "('succeeded', 'failed', 'cancelled')";

/**
 * One batch of an executor's journal in one statement. $1 executor, $2 number of the batch, $3 steps, $4 changes of runs, $5 events,
 * $6 turns of the pipeline, each with its events: a turn that is stored already tells nothing.
 * `turn` is empty where the batch was written before (the answer was lost) or the executor was shut out; the last line tells which.
 * Of a run's `finished` event no second one is written; a final state takes back what still waits for a person.
 */
export const journalSql = `
WITH turn AS (
  UPDATE executors SET batch = $2 WHERE id = $1 AND batch = $2::bigint - 1 AND NOT lost RETURNING id
), steps_written AS (
  INSERT INTO steps (run_id, step_id, state, attempt, agent, output, error, tokens, cost_usd, evidence_bytes, started_at, finished_at)
  SELECT new."runId", new."stepId", new.state, new.attempt, new.agent, new.output, new.error, coalesce(new.tokens, 0),
    coalesce(new."costUsd", 0), coalesce(new."evidenceBytes", 0), new."startedAt", new."finishedAt"
  FROM turn, jsonb_to_recordset($3::jsonb) AS new ("runId" uuid, "stepId" text, state text, attempt int, agent text, output jsonb,
    error text, tokens bigint, "costUsd" float8, "evidenceBytes" bigint, "startedAt" timestamptz, "finishedAt" timestamptz)
  WHERE EXISTS (SELECT 1 FROM runs WHERE id = new."runId")
  ON CONFLICT (run_id, step_id) DO UPDATE SET state = excluded.state, attempt = excluded.attempt,
    agent = CASE WHEN excluded.attempt > steps.attempt THEN excluded.agent ELSE coalesce(excluded.agent, steps.agent) END,
    output = CASE WHEN excluded.attempt > steps.attempt THEN excluded.output ELSE coalesce(excluded.output, steps.output) END,
    error = excluded.error, tokens = steps.tokens + excluded.tokens,
    cost_usd = steps.cost_usd + excluded.cost_usd, evidence_bytes = steps.evidence_bytes + excluded.evidence_bytes,
    started_at = coalesce(steps.started_at, excluded.started_at), finished_at = excluded.finished_at
    WHERE excluded.attempt > steps.attempt OR (excluded.attempt = steps.attempt AND steps.state NOT IN ('succeeded', 'failed', 'skipped'))
), changes AS MATERIALIZED (
  SELECT new.* FROM turn, jsonb_to_recordset($4::jsonb) AS new (id uuid, state text, error text, finished jsonb)
), changed AS (
  UPDATE runs SET state = changes.state, error = changes.error,
    finished_at = CASE WHEN changes.finished IS NULL THEN NULL ELSE now() END,
    tokens = coalesce((changes.finished->>'tokens')::bigint, tokens),
    cost_usd = coalesce((changes.finished->>'costUsd')::float8, cost_usd),
    evidence_bytes = coalesce((changes.finished->>'evidenceBytes')::bigint, evidence_bytes)
  FROM changes WHERE runs.id = changes.id AND runs.state NOT IN ${final}
  RETURNING runs.id, changes.finished
), withdrawn AS (
  UPDATE approvals SET state = 'withdrawn' FROM changed
  WHERE approvals.run_id = changed.id AND changed.finished IS NOT NULL AND approvals.state = 'pending'
), turns AS MATERIALIZED (
  SELECT new.* FROM turn, jsonb_to_recordset($6::jsonb) AS new ("runId" uuid, number int, state jsonb, events jsonb)
), told AS (
  INSERT INTO pipeline_progress (run_id, turn, state)
  SELECT "runId", number, turns.state FROM turns JOIN runs ON runs.id = "runId" AND runs.state NOT IN ${final}
  ON CONFLICT (run_id) DO UPDATE SET turn = excluded.turn, state = excluded.state WHERE pipeline_progress.turn < excluded.turn
  RETURNING run_id
), events_written AS (
  INSERT INTO events (at, type, run_id, project, body)
  SELECT coalesce((event->>'at')::timestamptz, now()), event->>'type', (event->>'runId')::uuid,
    ${projectOfEvent}, event - 'at'
  FROM (SELECT pg_advisory_xact_lock(${commitOrderLock})) AS order_of_commits, (
    SELECT event FROM turn, jsonb_array_elements($5::jsonb) AS event
    UNION ALL SELECT jsonb_array_elements(events) FROM turns WHERE "runId" IN (SELECT run_id FROM told)
    UNION ALL SELECT finished FROM changed WHERE finished IS NOT NULL
  ) AS all_events
)
SELECT EXISTS (SELECT 1 FROM turn) OR EXISTS (SELECT 1 FROM executors WHERE id = $1 AND batch >= $2 AND NOT lost) AS turn,
  ARRAY(SELECT id::text FROM changed) AS changed, ARRAY(SELECT run_id::text FROM told) AS told`;
