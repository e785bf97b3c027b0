-- Who does what for whom: places of agents, resources that steps claim, and how far runs of the pipeline have come.

-- The process in whose name a resident agent works; none for agents that registered by themselves.
ALTER TABLE agents ADD COLUMN executor text, ADD COLUMN lost_at timestamptz, ADD COLUMN replaced_at timestamptz;
CREATE INDEX agents_of_executor ON agents (executor) WHERE executor IS NOT NULL;
CREATE INDEX agents_alive ON agents (heartbeat_at) WHERE state <> 'lost';
CREATE INDEX agents_unreplaced ON agents (type, lost_at) WHERE state = 'lost' AND replaced_at IS NULL;

-- Each place of an agent that is taken. `agents.load` is their number, so that what a lost process held is known and given back.
CREATE TABLE placements (
  key       text        NOT NULL,              -- RUN/STEP/ATTEMPT
  agent     text        NOT NULL,
  executor  text        NOT NULL,
  taken_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key, executor)
);
CREATE INDEX placements_of_executor ON placements (executor);

-- Resources that steps want, and those that they have: a step gets all that it wants at once or nothing.
CREATE TABLE claims (
  key      text        NOT NULL,               -- RUN/STEP/ATTEMPT
  resource text        NOT NULL,
  run_id   uuid        NOT NULL REFERENCES runs ON DELETE CASCADE,
  agent    text        NOT NULL,
  executor text        NOT NULL,
  alone    boolean     NOT NULL,
  parts    text[]      NOT NULL,
  prefers  text[]      NOT NULL,
  granted  boolean     NOT NULL DEFAULT false,
  PRIMARY KEY (key, executor, resource)
);
CREATE INDEX claims_of_executor ON claims (executor);
CREATE INDEX claims_of_run ON claims (run_id);

-- A run of the pipeline after so many turns. What a turn tells is told when its row is written, and so once.
CREATE TABLE pipeline_progress (
  run_id uuid PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  turn   integer NOT NULL CHECK (turn >= 0),
  state  jsonb   NOT NULL
);
