-- Whose call tokens are set aside for, until it is settled: so that they are given back when that process is lost, and set aside once.
ALTER TABLE token_usage ADD COLUMN executor text, ADD COLUMN call uuid;
CREATE INDEX token_usage_open ON token_usage (executor, call) WHERE executor IS NOT NULL;
