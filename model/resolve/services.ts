import type { ServiceSpec } from "../../catalog/service.ts";
import { bytesOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { Service, Volume } from "../model.ts";
import { jobName } from "../names.ts";
import { at } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { checkFormerNames } from "./former-names.ts";
import { Resolved } from "./resolved.ts";
import type { Scope } from "./scope.ts";
import { checkUpkeep } from "./upkeep.ts";

/** Volumes, sizes in bytes; what they were called before is checked. */
export function resolveVolumes(scope: Scope): Volume[] {
  const { described } = scope;
  checkFormerNames(scope, "volumes");
  return described.entries.volumes.map(({ spec, ...entry }) => ({
    ...entry,
    ...spec,
    sizeBytes: bytesOf(spec.size),
    claim: spec.formerly[0] ?? entry.name,
  }));
}

/** Services with who calls them; ports, volumes and dependencies are checked. */
export function resolveServices(scope: Scope): Service[] {
  const { services, volumes } = scope.described.entries;
  return resolved.get(scope, { of: services, against: [volumes] }, () => servicesOf(scope));
}

const resolved = new Resolved<Service[]>();

function servicesOf(scope: Scope): Service[] {
  const { described, problems } = scope;
  for (const entry of described.entries.services) checkService(scope, entry);
  checkFormerNames(scope, "services");
  for (const cycle of cycles(described.entries.services)) {
    const first = described.entries.services.find((s) => s.name === cycle[0]);
    if (!first) continue;
    const next = (first.spec.dependsOn as string[]).indexOf(cycle[1] ?? "");
    problems.add(
      "service/cyclic-dependency",
      at(first.origin, "dependsOn", next),
      `services depend on each other in a circle: ${[...cycle, cycle[0]].join(" → ")}`,
      { fix: "take out one direction: a circle has no order to start in, and no side that fails alone" },
    );
  }
  return described.entries.services.map(({ spec, ...entry }) => ({
    ...entry,
    ...spec,
    mounts: Object.fromEntries(
      Object.entries(spec.mounts).map(([path, mount]) => [
        path,
        typeof mount === "string" ? { volume: mount, readOnly: false } : mount,
      ]),
    ),
    ...(spec.metrics && { job: jobName(described.name, entry.name) }),
    callers: described.entries.services
      .filter((s) => (s.spec.dependsOn as string[]).includes(entry.name))
      .map((s) => s.name),
  }));
}

function checkService(scope: Scope, entry: DescribedEntry<ServiceSpec>): void {
  const { name, spec, origin } = entry;
  const { references, problems } = scope;
  checkUpkeep(scope, entry);
  spec.dependsOn.forEach((other, i) => {
    if (other === name) {
      problems.add(
        "service/cyclic-dependency",
        at(origin, "dependsOn", i),
        `service "${name}" depends on itself`,
        {
          fix: "take it out",
        },
      );
    } else references.check("services", other, at(origin, "dependsOn", i));
  });
  for (const [path, mount] of Object.entries(spec.mounts)) {
    if (typeof mount === "string") references.check("volumes", mount, at(origin, "mounts", path));
    else references.check("volumes", mount.volume, at(origin, "mounts", path, "volume"));
  }
  for (const [port, ...path] of usedPorts(spec)) {
    if (Object.hasOwn(spec.ports, port) || problems.isSetAside(at(origin, "ports"))) continue;
    const has = Object.keys(spec.ports);
    problems.add("service/unknown-port", at(origin, ...path), `service "${name}" has no port "${port}"`, {
      fix: suggestion(port, has, has.length > 0 ? `name one of ${has.join(", ")}` : "add it to ports"),
    });
  }
  const isScaled = problems.isSound(at(origin, "scaling"));
  if (isScaled && "min" in spec.scaling && spec.scaling.min > spec.scaling.max) {
    problems.add(
      "service/scaling-range",
      at(origin, "scaling", "min"),
      `min ${spec.scaling.min} is more than max ${spec.scaling.max}`,
      {
        fix: "swap them",
      },
    );
  }
}

function usedPorts(spec: ServiceSpec): [string, ...(string | number)[]][] {
  const used: [string, ...(string | number)[]][] = spec.public.map((port, i) => [port, "public", i]);
  if (spec.metrics) used.push([spec.metrics.port, "metrics", "port"]);
  for (const [kind, probe] of Object.entries(spec.probes)) {
    if (probe)
      used.push("http" in probe ? [probe.port, "probes", kind, "port"] : [probe.tcp, "probes", kind, "tcp"]);
  }
  return used;
}

/** Circles of two or more services, each once, beginning with its first name in the alphabet. */
function cycles(services: readonly DescribedEntry<ServiceSpec>[]): string[][] {
  const next = new Map(services.map((s) => [s.name, s.spec.dependsOn.filter((d) => d !== s.name)]));
  const found = new Map<string, string[]>();
  const done = new Set<string>();
  const walk = (name: string, path: string[]): void => {
    const start = path.indexOf(name);
    if (start >= 0) {
      const cycle = path.slice(start);
      found.set([...cycle].sort().join(), cycle);
      return;
    }
    if (done.has(name)) return;
    for (const other of next.get(name) ?? []) walk(other, [...path, name]);
    done.add(name);
  };
  for (const { name } of services) walk(name, []);
  return [...found.values()];
}
