-- What flags decided of a run when it started, by flag: {"variant", "value"}. It keeps it to its end, wherever it is executed.
ALTER TABLE runs ADD COLUMN flags jsonb;
