import type { LoadProfileSpec } from "../../catalog/load-profile.ts";
import { perSecondOf, ratioOf, secondsOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { LoadProfile, Slo } from "../model.ts";
import { at } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { Resolved } from "./resolved.ts";
import type { Scope } from "./scope.ts";

/** Load profiles in numbers a second and seconds, with the SLOs that they are judged by. */
export function resolveLoadProfiles(scope: Scope, slos: readonly Slo[]): LoadProfile[] {
  const places = new Map(slos.map(({ name }, i) => [name, i]));
  return scope.described.entries.loadProfiles.map((entry) => {
    const { spec } = entry;
    // In the platform's order, each once.
    const named = [...new Set(spec.slos.flatMap((name) => places.get(name) ?? []))].sort((a, b) => a - b);
    const own = named.flatMap((place) => slos[place] ?? []);
    return resolved.get(scope, { of: entry, against: [scope.base, ...own] }, () =>
      resolveLoadProfile(scope, entry, own),
    );
  });
}

const resolved = new Resolved<LoadProfile>();

function resolveLoadProfile(
  scope: Scope,
  entry: DescribedEntry<LoadProfileSpec>,
  slos: LoadProfile["slos"],
): LoadProfile {
  const { spec, ...rest } = entry;
  scope.references.checkAll("slos", spec.slos, at(entry.origin, "slos"));
  return {
    ...rest,
    meets: spec.meets,
    title: spec.title,
    description: spec.description,
    target: { service: spec.target.service, port: targetPort(scope, entry) },
    arrivals: arrivalsOf(spec.arrivals),
    prepare: spec.prepare.map(requestOf),
    requests: spec.requests.map(requestOf),
    slos,
    checks: ratioOf(spec.checks),
    untilFailure: spec.untilFailure,
  };
}

function requestOf({
  body,
  ...request
}: LoadProfileSpec["requests"][number]): LoadProfile["requests"][number] {
  return { ...request, ...(body !== undefined && { body }) };
}

function targetPort(
  { described, references, problems }: Scope,
  { spec, origin }: DescribedEntry<LoadProfileSpec>,
): number {
  if (!references.check("services", spec.target.service, at(origin, "target", "service"))) return 0;
  const service = described.entries.services.find((s) => s.name === spec.target.service);
  const port = service?.spec.ports[spec.target.port];
  if (service && port === undefined && !problems.isSetAside(at(service.origin, "ports"))) {
    const has = Object.keys(service.spec.ports);
    const message = `service "${service.name}" has no port "${spec.target.port}"`;
    problems.add("service/unknown-port", at(origin, "target", "port"), message, {
      fix: suggestion(spec.target.port, has, `name one of ${has.join(", ")}`),
    });
  }
  return port ?? 0;
}

function arrivalsOf(arrivals: LoadProfileSpec["arrivals"]): LoadProfile["arrivals"] {
  const { maxUsers } = arrivals;
  if (arrivals.kind === "constant") {
    return {
      kind: "constant",
      maxUsers,
      perSecond: perSecondOf(arrivals.rate),
      seconds: secondsOf(arrivals.for),
    };
  }
  const stages = arrivals.stages.map((s) => ({ perSecond: perSecondOf(s.to), seconds: secondsOf(s.over) }));
  return { kind: "ramping", maxUsers, fromPerSecond: perSecondOf(arrivals.from), stages };
}
