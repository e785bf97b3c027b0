-- The orchestrator's records. Runs have time-ordered ids (UUID version 7): their order is the order of acceptance.

CREATE TABLE workflows (
  project     text        NOT NULL,           -- '*': built in, seen by every project
  name        text        NOT NULL,
  version     integer     NOT NULL CHECK (version > 0),
  definition  jsonb       NOT NULL,
  created_by  text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, name, version)
);

CREATE TABLE runs (
  id               uuid PRIMARY KEY,
  project          text        NOT NULL,
  workflow_project text        NOT NULL,
  workflow         text        NOT NULL,
  workflow_version integer     NOT NULL,
  state            text        NOT NULL DEFAULT 'queued' CHECK (state IN
    ('queued', 'running', 'waiting-for-approval', 'paused', 'succeeded', 'failed', 'cancelled')),
  priority         text        NOT NULL CHECK (priority IN ('urgent', 'normal', 'low')),
  source           text        NOT NULL CHECK (source IN ('dashboard', 'api', 'schedule')),
  input            jsonb       NOT NULL,
  labels           jsonb       NOT NULL,
  dry_run          boolean     NOT NULL,
  requested_by     text        NOT NULL,
  -- What was asked of it since: the process that executes it obeys at the next step.
  hold             boolean     NOT NULL DEFAULT false,
  cancel           boolean     NOT NULL DEFAULT false,
  tokens           bigint      NOT NULL DEFAULT 0,
  cost_usd         double precision NOT NULL DEFAULT 0,
  evidence_bytes   bigint      NOT NULL DEFAULT 0,
  error            text,
  accepted_at      timestamptz NOT NULL DEFAULT now(),
  started_at       timestamptz,
  finished_at      timestamptz,
  FOREIGN KEY (workflow_project, workflow, workflow_version)
    REFERENCES workflows (project, name, version) ON DELETE CASCADE
);
CREATE INDEX runs_of_project ON runs (project, id);
CREATE INDEX runs_by_state ON runs (project, state, id);
CREATE INDEX runs_of_workflow ON runs (workflow_project, workflow, id);
CREATE INDEX runs_active ON runs (state, priority, id)
  WHERE state IN ('queued', 'running', 'waiting-for-approval', 'paused');

-- Runs that must have succeeded before.
CREATE TABLE run_dependencies (
  run_id   uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
  after_id uuid NOT NULL,
  PRIMARY KEY (run_id, after_id)
);
CREATE INDEX run_dependents ON run_dependencies (after_id);

-- Written when a step starts, fails an attempt, or ends: a step that never started has no row.
CREATE TABLE steps (
  run_id      uuid    NOT NULL REFERENCES runs ON DELETE CASCADE,
  step_id     text    NOT NULL,
  state       text    NOT NULL CHECK (state IN
    ('ready', 'running', 'waiting-for-approval', 'succeeded', 'failed', 'skipped')),
  attempt     integer NOT NULL CHECK (attempt > 0),
  agent       text,
  output      jsonb,
  error       text,
  tokens      bigint  NOT NULL DEFAULT 0,
  cost_usd    double precision NOT NULL DEFAULT 0,
  evidence_bytes bigint NOT NULL DEFAULT 0,
  started_at  timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (run_id, step_id)
);

CREATE TABLE approvals (
  id           uuid PRIMARY KEY,
  run_id       uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
  step_id      text NOT NULL,
  project      text NOT NULL,
  role         text NOT NULL,
  requested_by text NOT NULL,                 -- who asked for the run, and so may not decide
  state        text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'rejected', 'withdrawn')),
  requested_at timestamptz NOT NULL DEFAULT now(),
  decided_by   text,
  decided_at   timestamptz,
  comment      text,
  UNIQUE (run_id, step_id),
  CHECK (decided_by IS DISTINCT FROM requested_by)
);
CREATE INDEX approvals_of_project ON approvals (project, id);
CREATE INDEX approvals_pending ON approvals (project, id) WHERE state = 'pending';

CREATE TABLE idempotency_keys (
  client     text        NOT NULL,
  key        text        NOT NULL,
  request    text        NOT NULL,            -- digest of what was asked for
  run_id     uuid        NOT NULL REFERENCES runs ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (client, key)
);
CREATE INDEX idempotency_keys_of_run ON idempotency_keys (run_id);

CREATE TABLE agents (
  id            text PRIMARY KEY,
  type          text        NOT NULL,
  capabilities  text[]      NOT NULL,
  capacity      integer     NOT NULL CHECK (capacity > 0),
  load          integer     NOT NULL DEFAULT 0 CHECK (load >= 0),
  state         text        NOT NULL DEFAULT 'idle' CHECK (state IN ('idle', 'busy', 'draining', 'lost')),
  registered_by text        NOT NULL,
  registered_at timestamptz NOT NULL DEFAULT now(),
  heartbeat_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX agents_by_type ON agents (type, load);

-- Ids ascend in the order of commits (events are inserted under an advisory lock), so that a reader misses none.
CREATE TABLE events (
  id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at      timestamptz NOT NULL,
  type    text        NOT NULL,
  run_id  uuid,
  project text,                               -- the run's ('': it is gone); none where no run is: every project sees it
  body    jsonb       NOT NULL
);
CREATE INDEX events_of_project ON events (project, id);
CREATE INDEX events_of_run ON events (run_id, id) WHERE run_id IS NOT NULL;

CREATE TABLE audit (
  id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at         timestamptz NOT NULL DEFAULT now(),
  actor      text        NOT NULL,
  project    text        NOT NULL,
  action     text        NOT NULL,
  object     text        NOT NULL,
  outcome    text        NOT NULL,
  request_id text        NOT NULL,
  detail     jsonb       NOT NULL
);
CREATE INDEX audit_of_project ON audit (project, id);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever appended to';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Processes that execute runs. What one writes counts only while its row is here: that is how a lost one is shut out.
CREATE TABLE executors (
  id         text PRIMARY KEY,
  slot       bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,   -- key of the advisory lock that its session holds
  beat       bigint      NOT NULL DEFAULT 0,
  batch      bigint      NOT NULL DEFAULT 0,                    -- last batch of its journal
  lost       boolean     NOT NULL DEFAULT false,                -- its runs are being given to others
  started_at timestamptz NOT NULL DEFAULT now()
);

-- Feature flags by name, as flagd definitions.
CREATE TABLE flags (
  name       text PRIMARY KEY,
  definition jsonb       NOT NULL,
  version    integer     NOT NULL DEFAULT 1,
  updated_by text        NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- What the processes must agree on: the mode, breakers, emergency level. Changed by compare-and-set on the version.
CREATE TABLE shared_states (
  name       text PRIMARY KEY,
  value      jsonb       NOT NULL,
  version    bigint      NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now()
);

-- What scripted workers did, where they are told to write it down: to compare it with what runs say of themselves.
CREATE TABLE work_log (
  key     text        NOT NULL,
  phase   text        NOT NULL CHECK (phase IN ('began', 'done')),
  process integer     NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX work_log_by_key ON work_log (key);

-- Wakes those who wait: processes that admit or execute runs, readers of live events.
CREATE FUNCTION notify_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('orchestrator_events', '');
  RETURN NULL;
END $$;
CREATE TRIGGER events_wake_readers AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION notify_events();
