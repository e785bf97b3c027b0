// A platform of the catalog, made of what another tool's files say and of examples where they say nothing.
import type { PlatformInput } from "../catalog/platform.ts";
import { declareMetrics, type Use } from "./metrics.ts";

type Plain = Record<string, unknown>;
/** The members of a platform's parts, by what each is defined with. */
export interface PlatformData {
  head: Plain;
  services: Record<string, Plain>;
  metrics: Record<string, Plain>;
  slos: Record<string, Plain>;
  dashboards: Record<string, Plain>;
  routing: Plain;
  environments: Record<string, Plain>;
}

/** An SLO of the catalog, with the series that it reads. */
export interface CarriedSlo extends Use {
  name: string;
  spec: Plain;
}

/** The whole of a platform; SLOs by their names, sorted. */
export function platformOf(
  name: string,
  slos: readonly CarriedSlo[],
  said: ReadonlyMap<string, { title: string; description?: string }>,
): PlatformData {
  const byName = slos.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const services = [...new Set(byName.map(({ service }) => service))].sort();
  const each = (of: (service: string) => Plain) =>
    Object.fromEntries(services.map((service) => [service, of(service)]));
  return {
    head: {
      name,
      title: name,
      description: "Imported service level objectives.",
      team: name,
      contacts: [{ role: "on-call engineer", how: "pager" }],
      repository: `https://git.example.com/${name}`,
    },
    services: each((service) => ({ ...exampleService(service), ...said.get(service) })),
    metrics: declareMetrics(byName),
    slos: Object.fromEntries(byName.map(({ name: slo, spec }) => [slo, spec])),
    dashboards: { slos: dashboardOf(byName) },
    routing: exampleRouting,
    environments: { local: exampleEnvironment },
  };
}

/** What `definePlatform` is given. */
export function platformInput({ head, ...part }: PlatformData): PlatformInput {
  return { ...head, parts: [part] } as unknown as PlatformInput;
}

function exampleService(service: string): Plain {
  return {
    title: service,
    description: `Imported with its SLOs; image, ports and resources are examples.`,
    image: `registry.example.com/${service}:1.0.0`,
    ports: { http: 8080 },
    metrics: { port: "http" },
    probes: { readiness: { http: "/readyz", port: "http" }, liveness: { http: "/healthz", port: "http" } },
    resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: { memory: "32Mi" } },
    scaling: { replicas: 1 },
  };
}

function dashboardOf(slos: readonly CarriedSlo[]): Plain {
  const services = [...new Set(slos.map(({ service }) => service))].sort();
  const panels = services.map((service) => ({
    title: `Burn rates of ${service}`,
    description: "1 uses up the budget by the end of the period.",
    type: "timeseries",
    unit: "count",
    queries: [{ expr: `slo:current_burn_rate:ratio{service=${JSON.stringify(service)}}`, legend: "{{slo}}" }],
    slos: slos.filter((slo) => slo.service === service).map(({ name }) => name),
  }));
  const rows = [{ title: "Service level objectives", panels }];
  return { title: "Service level objectives", description: "How fast each budget is used up.", rows };
}

const secret = (name: string) => ({ secret: `alertmanager-${name}`, key: "url" });
const exampleRouting = {
  receivers: {
    pager: { kind: "webhook-secret", address: secret("pager") },
    chat: { kind: "webhook-secret", address: secret("chat") },
    heartbeat: { kind: "webhook-secret", address: secret("heartbeat") },
  },
  routes: { critical: ["pager"], warning: ["chat"] },
  heartbeat: "heartbeat",
};

const local = (port: number) => `http://127.0.0.1:${port}`;
const exampleEnvironment = {
  stage: "local",
  target: "local",
  size: "production",
  context: "local",
  links: { runbooks: local(8000), grafana: local(3000), prometheus: local(9090), alertmanager: local(9093) },
  receivers: Object.fromEntries(
    ["pager", "chat", "heartbeat"].map((name) => [name, { kind: "webhook", url: `${local(9095)}/${name}` }]),
  ),
};
