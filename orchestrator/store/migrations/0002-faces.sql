-- What the platforms' own faces read: sessions of Agent Hive, gates and resolution loops of WeatherVane.

CREATE INDEX runs_of_session ON runs (project, (labels->>'session'), accepted_at) WHERE labels->>'session' IS NOT NULL;
CREATE INDEX events_of_gates ON events (at) WHERE type = 'gate.decided';
CREATE INDEX events_of_loops ON events (run_id, id) WHERE type IN ('resolution.opened', 'resolution.attempted', 'resolution.closed');
