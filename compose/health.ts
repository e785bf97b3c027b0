import type { ProbeSpec, Service } from "../model/model.ts";
import { imagePath, isPostgres } from "../model/upkeep.ts";

/**
 * A service's probe as Compose asks: by a command inside of the container. Databases bring one of their own; others need wget or curl,
 * or nc or bash, in their image, without which they never count as healthy.
 */
export function healthCheck(service: Service) {
  const { readiness, startup } = service.probes;
  return {
    test: ["CMD-SHELL", commandOf(service, readiness)],
    interval: readiness.period,
    timeout: readiness.timeout,
    retries: readiness.failures,
    ...(startup && { start_period: periodOf(startup) }),
  };
}

function commandOf(service: Service, probe: ProbeSpec): string {
  const name = "http" in probe ? probe.port : probe.tcp;
  const port = service.ports[name];
  if ("http" in probe) {
    const url = `'http://127.0.0.1:${port}${probe.http.replaceAll("'", "%27").replaceAll("$", "%24")}'`;
    return `wget -q -O /dev/null ${url} || curl -fsS -o /dev/null ${url}`;
  }
  if (isPostgres(service)) return `pg_isready -q -h 127.0.0.1 -p ${port}`;
  if (/(^|\/)(redis|valkey)$/.test(imagePath(service.image)))
    return `redis-cli -p ${port} ping | grep -q PONG`;
  return `nc -z 127.0.0.1 ${port} || bash -c '</dev/tcp/127.0.0.1/${port}'`;
}

/** Failures count only after as long as a startup probe would have waited. */
function periodOf({ period, failures }: ProbeSpec): string {
  const [, amount, unit] = /^(\d+)([a-z]+)$/.exec(period) ?? [];
  return `${Number(amount) * failures}${unit}`;
}
