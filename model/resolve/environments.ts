import type { EnvironmentSpec } from "../../catalog/environment.ts";
import { bytesOf } from "../../catalog/units.ts";
import type { DescribedEntry } from "../described.ts";
import type { FoundLock } from "../lock-files.ts";
import type { Environment, Service, Slo, Volume } from "../model.ts";
import { defaultNamespace } from "../names.ts";
import { mostPods } from "../pods.ts";
import { at } from "../problems.ts";
import { type AdmissionFile, admissionOf, checkAdmission } from "./admission.ts";
import { checkCanaries } from "./canaries.ts";
import { capacityOf, checkCapacity } from "./capacity.ts";
import { checkHelmReleases, resolveHelmReleases } from "./helm-releases.ts";
import { checkLocks, locked } from "./locks.ts";
import type { Scope } from "./scope.ts";
import { checkSecretSources, resolveSecretSources } from "./secret-sources.ts";
import { checkTimeZones, windowsOf } from "./time-windows.ts";

// The way of a release; environments of one stage stay in the order of their names.
const STAGES = ["local", "dev", "staging", "prod"];

/** What of a platform stands in each of its environments, as described. */
interface PlatformParts {
  services: readonly Service[];
  volumes: readonly Volume[];
  slos: readonly Slo[];
  admission: AdmissionFile | undefined;
  locks: readonly FoundLock[];
}

/** Environments in the order of a release's way, each with its own services, volumes and receivers. */
export function resolveEnvironments(scope: Scope, given: PlatformParts): Environment[] {
  const { described, references } = scope;
  const environments = described.entries.environments
    .map((entry) => {
      const { spec, origin } = entry;
      for (const name of Object.keys(spec.volumes))
        references.check("volumes", name, { ...at(origin, "volumes", name), key: true });
      for (const name of Object.keys(spec.services))
        references.check("services", name, { ...at(origin, "services", name), key: true });
      for (const name of Object.keys(spec.receivers))
        references.check("receivers", name, { ...at(origin, "receivers", name), key: true });
      const environment = resolveEnvironment(scope, entry, given);
      checkCapacity(scope, environment, spec);
      checkName(scope, environment);
      checkMounts(scope, environment);
      checkPace(scope, environment);
      checkRelease(scope, environment);
      checkCanaries(scope, environment, given.slos);
      checkHelmReleases(scope, entry, environment.namespace);
      checkSecretSources(scope, entry, environment);
      const { services, admission } = environment;
      if (given.admission && admission)
        checkAdmission(scope, admission, { ...entry, services, place: given.admission.place });
      return environment;
    })
    .sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
  checkTimeZones(scope, environments);
  checkLocks(scope, given.locks);
  return environments;
}

function resolveEnvironment(
  { described }: Scope,
  entry: DescribedEntry<EnvironmentSpec>,
  { services, volumes, admission: file, locks }: PlatformParts,
): Environment {
  const { spec, name, origin } = entry;
  const admission = admissionOf(file, spec.stage);
  const found = locks.find(({ lock }) => lock.environment === name);
  const { services: here, lock } = locked(
    services.map((service) => override(service, spec.services[service.name as keyof typeof spec.services])),
    found,
  );
  const receivers = { ...described.routing?.spec.receivers, ...spec.receivers };
  return {
    name,
    origin,
    meets: spec.meets,
    stage: spec.stage,
    target: spec.target,
    size: spec.size,
    pace: spec.pace,
    capacity: capacityOf(spec),
    context: spec.context,
    namespace: spec.namespace ?? defaultNamespace(described.name, name),
    links: spec.links,
    monitoring: spec.monitoring,
    backend: spec.backend,
    ...(spec.gitops && { gitops: spec.gitops }),
    services: here,
    volumes: volumes.map((volume) => resized(volume, spec.volumes[volume.name as keyof typeof spec.volumes])),
    receivers,
    ...(spec.canaries && { canaries: spec.canaries }),
    maintenance: windowsOf(spec.maintenance),
    helmReleases: resolveHelmReleases(entry),
    secrets: resolveSecretSources(entry, { services: here, receivers }),
    ...(lock && { lock }),
    ...(admission && { admission }),
  };
}

function resized(
  volume: Volume,
  change: EnvironmentSpec["volumes"][keyof EnvironmentSpec["volumes"]] = {},
): Volume {
  const { size = volume.size, storageClass = volume.storageClass } = change;
  return { ...volume, size, sizeBytes: bytesOf(size), ...(storageClass && { storageClass }) };
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

function checkPace({ problems }: Scope, { name, stage, pace, origin }: Environment): void {
  if (stage !== "prod" || pace !== "drill" || !problems.isSound(at(origin, "stage"))) return;
  const message = `${name} is a production environment, and its alerting is at the pace of a drill`;
  problems.add("environment/drill-in-production", at(origin, "pace"), message, {
    fix: "leave pace out, and run drills in another environment",
  });
}

/** Terraform asks for the release when it deploys; Git has to say it. */
function checkRelease(
  { described, problems }: Scope,
  { name, gitops, admission, origin }: Environment,
): void {
  // Promotion names it, in the lock file.
  if (Object.hasOwn(described.promotion?.spec.environments ?? {}, name)) return;
  if (!gitops || gitops.release || !admission?.rules["signed-releases"]) return;
  const message = `the cluster of ${name} asks for a signed release, and its gitops names none`;
  problems.add("environment/release-missing", { ...at(origin, "gitops"), key: true }, message, {
    fix: 'name the release that was signed: release: "sha256:…"',
  });
}

function checkMounts({ problems }: Scope, { services, volumes, name, origin }: Environment): void {
  const isSingle = (volume: Volume) =>
    volume.access === "single" && problems.isSound(at(volume.origin, "access"));
  const single = new Set(volumes.filter(isSingle).map((volume) => volume.name));
  for (const service of services) {
    const scaled = [at(service.origin, "scaling"), at(origin, "services", service.name)];
    if (mostPods(service) === 1 || !scaled.every((place) => problems.isSound(place))) continue;
    for (const [path, { volume }] of Object.entries(service.mounts)) {
      if (!single.has(volume)) continue;
      const message = `several pods of "${service.name}" would mount volume "${volume}" in ${name}, which one may`;
      problems.add("service/volume-not-shareable", at(service.origin, "mounts", path), message, {
        fix: 'run one pod, or give the volume access: "shared"',
      });
    }
  }
}
