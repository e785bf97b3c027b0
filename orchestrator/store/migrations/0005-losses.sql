-- Agents that were lost with a task, so that whoever takes its run over goes on counting.
CREATE TABLE losses (
  run_id  uuid        NOT NULL REFERENCES runs ON DELETE CASCADE,
  task    text        NOT NULL,                -- RUN/STEP/ATTEMPT
  agent   text        NOT NULL,
  lost_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run_id, task, agent)
);
