import type { EnvironmentSpec } from "../../catalog/environment.ts";
import { bytesOf, coresOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { Environment, Routing, Service, Volume } from "../model.ts";
import { defaultNamespace } from "../names.ts";
import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";

const GB = 1e9;
// NX-7: what the sizes give. "Production" is the least of its range.
const CAPACITY: Record<EnvironmentSpec["size"], Environment["capacity"]> = {
  minimum: { cores: 4, memoryBytes: 8 * GB, storageBytes: 20 * GB },
  recommended: { cores: 8, memoryBytes: 16 * GB, storageBytes: 50 * GB },
  production: { cores: 16, memoryBytes: 32 * GB, storageBytes: 100 * GB },
};

// The way of a release; environments of one stage stay in the order of their names.
const STAGES = ["local", "dev", "staging", "prod"];

/** Environments in the order of a release's way, each with its own services and receivers. */
export function resolveEnvironments(
  scope: Scope,
  services: readonly Service[],
  volumes: readonly Volume[],
): Environment[] {
  const { described, references } = scope;
  return described.entries.environments
    .map((entry) => {
      const { spec, origin } = entry;
      for (const name of Object.keys(spec.services))
        references.check("services", name, { ...at(origin, "services", name), key: true });
      for (const name of Object.keys(spec.receivers))
        references.check("receivers", name, { ...at(origin, "receivers", name), key: true });
      const environment = resolveEnvironment(scope, entry, services);
      checkCapacity(scope, environment, volumes);
      checkName(scope, environment);
      checkMounts(scope, environment, volumes);
      return environment;
    })
    .sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
}

function resolveEnvironment(
  { described }: Scope,
  entry: DescribedEntry<EnvironmentSpec>,
  services: readonly Service[],
): Environment {
  const { spec, name, origin } = entry;
  return {
    name,
    origin,
    meets: spec.meets,
    stage: spec.stage,
    target: spec.target,
    size: spec.size,
    capacity: CAPACITY[spec.size],
    context: spec.context,
    namespace: spec.namespace ?? defaultNamespace(described.name, name),
    links: spec.links,
    monitoring: spec.monitoring,
    backend: spec.backend,
    services: services.map((service) =>
      override(service, spec.services[service.name as keyof typeof spec.services]),
    ),
    receivers: { ...described.routing?.spec.receivers, ...spec.receivers },
  };
}

function override(
  service: Service,
  change: EnvironmentSpec["services"][keyof EnvironmentSpec["services"]] | undefined,
): Service {
  if (!change) return service;
  const { env, image, resources, scaling } = change;
  return {
    ...service,
    ...(image && { image }),
    ...(resources && { resources }),
    ...(scaling && { scaling }),
    env: { ...service.env, ...env },
  };
}

/** The fewest pods that a service runs with. */
export function fewestPods(service: Service): number {
  return "replicas" in service.scaling ? service.scaling.replicas : service.scaling.min;
}

function checkCapacity({ problems }: Scope, environment: Environment, volumes: readonly Volume[]): void {
  const sum = (of: (service: Service) => number) =>
    environment.services.reduce((all, service) => all + of(service) * fewestPods(service), 0);
  const { capacity, size, origin } = environment;
  const needs = [
    { what: "cores", need: sum((s) => coresOf(s.resources.requests.cpu)), has: capacity.cores, unit: 1 },
    {
      what: "GB of memory",
      need: sum((s) => bytesOf(s.resources.requests.memory)),
      has: capacity.memoryBytes,
      unit: GB,
    },
    {
      what: "GB of volumes",
      need: volumes.reduce((all, v) => all + v.sizeBytes, 0),
      has: capacity.storageBytes,
      unit: GB,
    },
  ];
  for (const { what, need, has, unit } of needs) {
    if (need <= has) continue;
    const message = `the services ask for ${Number((need / unit).toPrecision(3))} ${what}, and size "${size}" has ${has / unit}`;
    problems.add("environment/does-not-fit", at(origin, "size"), message, {
      fix: "choose a larger size, or ask for less in the environment's services",
    });
  }
}

// Kubernetes' 63 characters, less the longest layer's name: a state's key stands in a label.
const LONGEST_NAME = 63 - "-observability".length;

function checkName({ described, problems }: Scope, { name, namespace, origin }: Environment): void {
  const longest = [defaultNamespace(described.name, name), namespace].find(
    (text) => text.length > LONGEST_NAME,
  );
  if (longest === undefined) return;
  const message = `"${longest}" has ${longest.length} characters, and at most ${LONGEST_NAME} fit`;
  problems.add("environment/name-too-long", { ...at(origin), key: true }, message, { fix: "shorten it" });
}

function checkMounts({ problems }: Scope, { services, name }: Environment, volumes: readonly Volume[]): void {
  const single = new Set(volumes.filter((volume) => volume.access === "single").map((volume) => volume.name));
  for (const service of services) {
    const isAlone = "replicas" in service.scaling && service.scaling.replicas === 1;
    for (const [path, volume] of Object.entries(service.mounts)) {
      if (isAlone || !single.has(volume)) continue;
      const message = `several pods of "${service.name}" would mount volume "${volume}" in ${name}, which one may`;
      problems.add("service/volume-not-shareable", at(service.origin, "mounts", path), message, {
        fix: 'run one pod, or give the volume access: "shared"',
      });
    }
  }
}

/** Who is told of what; a platform without routing would alert nobody. */
export function resolveRouting({ described, references, problems }: Scope): Routing {
  const { routing, origin } = described;
  if (!routing) {
    if (!described.hasRouting)
      problems.add(
        "routing/missing",
        at(origin),
        `platform "${described.name}" does not say who is told of its alerts`,
        {
          fix: "add a part with routing: defineRouting({ receivers, routes, heartbeat })",
        },
      );
    return { routes: { critical: [], warning: [] }, heartbeat: "", meets: [], origin };
  }
  const { spec } = routing;
  for (const severity of ["critical", "warning"] as const) {
    references.checkAll("receivers", spec.routes[severity], at(routing.origin, "routes", severity));
  }
  references.check("receivers", spec.heartbeat, at(routing.origin, "heartbeat"));
  return { routes: spec.routes, heartbeat: spec.heartbeat, meets: spec.meets, origin: routing.origin };
}
