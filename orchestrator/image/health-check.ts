// Ends with 0 if the process that serves in the same container answers, with 1 if it does not.
const url = `http://127.0.0.1:${process.env.ORCHESTRATOR_PORT}/healthz`;
const isHealthy = await fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = isHealthy ? 0 : 1;
