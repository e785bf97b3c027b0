-- Tokens that calls of models have used, or that are set aside for those under way. Not tied to the run's row: what a deleted run
-- used in the last hour was used all the same.
CREATE TABLE token_usage (
  entry   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id  uuid        NOT NULL,
  tokens  bigint      NOT NULL CHECK (tokens >= 0),
  at      timestamptz NOT NULL
);
CREATE INDEX token_usage_by_time ON token_usage (at);
CREATE INDEX token_usage_of_run ON token_usage (run_id);
