import type {
  DeploymentV1SpecTemplateSpec,
  DeploymentV1SpecTemplateSpecAffinity,
  DeploymentV1SpecTemplateSpecContainer,
  DeploymentV1SpecTemplateSpecContainerEnv,
  DeploymentV1SpecTemplateSpecContainerLivenessProbe,
  DeploymentV1SpecTemplateSpecContainerVolumeMount,
  DeploymentV1SpecTemplateSpecVolume,
} from "@cdktf/provider-kubernetes/lib/deployment-v1/index.js";
import { type Duration, secondsOf } from "../catalog/units.ts";
import type { Environment, FilesSpec, ProbeSpec, Service } from "../model/model.ts";
import { podSelector } from "../model/object-metadata.ts";
import { dashboardMaps } from "./dashboard-maps.ts";
import { filesName } from "./files.ts";
import type { Site } from "./layer.ts";

/** A service's pod. It meets the Pod Security Standard "restricted", to which the namespace holds it. */
export function podOf(service: Service, site: Site): DeploymentV1SpecTemplateSpec {
  const user = String(service.user);
  const storage = storageOf(service, site);
  const matchLabels = podSelector(site, service.name);
  return {
    serviceAccountName: service.name,
    // Only who scrapes asks the Kubernetes API anything: which pods there are.
    automountServiceAccountToken: service.scrapes,
    // Otherwise every Service of the namespace adds variables such as STORE_PORT, which may be a service's own options.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    topologySpreadConstraint: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
      (topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: [{ matchLabels }],
      }),
    ),
    affinity: apartOf(matchLabels),
    container: [{ ...containerOf(service, site), volumeMount: storage.mounts }],
    volume: storage.volumes,
  };
}

/** Pods of a service on different nodes where there are several, so that a node does not take all of them with it. */
function apartOf(matchLabels: Record<string, string>): DeploymentV1SpecTemplateSpecAffinity {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { topologyKey: "kubernetes.io/hostname", labelSelector: [{ matchLabels }] },
        },
      ],
    },
  };
}

function containerOf(service: Service, { environment }: Site): DeploymentV1SpecTemplateSpecContainer {
  const { readiness, liveness, startup } = service.probes;
  const { requests, limits } = service.resources;
  return {
    name: service.name,
    image: service.image,
    imagePullPolicy: pullPolicyOf(environment),
    args: service.args,
    port: Object.entries(service.ports).map(([name, containerPort]) => ({
      name,
      containerPort,
      protocol: "TCP",
    })),
    env: variablesOf(service),
    readinessProbe: probeOf(readiness),
    livenessProbe: probeOf(liveness),
    ...(startup && { startupProbe: probeOf(startup) }),
    resources: withDisk(
      {
        requests: { cpu: requests.cpu, memory: requests.memory },
        limits: { memory: limits.memory, ...(limits.cpu && { cpu: limits.cpu }) },
      },
      scratchOf(service).length * SCRATCH_LIMIT_GIB,
    ),
    securityContext: RESTRICTED_CONTAINER,
  };
}

/** A node that has the image asks nobody whether it may use it. Images of a local cluster are loaded into it, not pulled. */
export function pullPolicyOf({ stage }: Pick<Environment, "stage">): string {
  return stage === "local" ? "IfNotPresent" : "Always";
}

interface Resources {
  requests: Record<string, string>;
  limits: Record<string, string>;
}

/** With what a container may take of its node's disk: for its logs, and so many GiB in folders of its own. */
export function withDisk({ requests, limits }: Resources, scratchGib: number): Resources {
  return {
    requests: { ...requests, [DISK]: DISK_REQUEST },
    limits: { ...limits, [DISK]: `${LOGS_LIMIT_GIB + scratchGib}Gi` },
  };
}

/** What a container may not do: everything that it does not need. */
export const RESTRICTED_CONTAINER = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** Variables in clear, then those from Secrets: by name and key only, their values never pass through here. */
function variablesOf({ env, secrets }: Service): DeploymentV1SpecTemplateSpecContainerEnv[] {
  return [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(secrets).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
}

function probeOf(probe: ProbeSpec): DeploymentV1SpecTemplateSpecContainerLivenessProbe {
  const timing = {
    periodSeconds: wholeSeconds(probe.period),
    timeoutSeconds: wholeSeconds(probe.timeout),
    failureThreshold: probe.failures,
  };
  if ("tcp" in probe) return { ...timing, tcpSocket: [{ port: probe.tcp }] };
  return { ...timing, httpGet: { path: probe.http, port: probe.port } };
}

/** Kubernetes counts probes in whole seconds, at least one. */
function wholeSeconds(duration: Duration): number {
  return Math.max(1, Math.ceil(secondsOf(duration)));
}

/** The platform's volumes, and a small empty folder for each place that the container may write to. */
function storageOf(
  service: Service,
  site: Site,
): {
  mounts: DeploymentV1SpecTemplateSpecContainerVolumeMount[];
  volumes: DeploymentV1SpecTemplateSpecVolume[];
} {
  const mounts: DeploymentV1SpecTemplateSpecContainerVolumeMount[] = [];
  const volumes = new Map<string, DeploymentV1SpecTemplateSpecVolume>();
  for (const [mountPath, { volume, readOnly }] of Object.entries(service.mounts)) {
    const claimName = site.environment.volumes.find(({ name }) => name === volume)?.claim ?? volume;
    const name = `volume-${claimName}`;
    mounts.push({ name, mountPath, ...(readOnly && { readOnly }) });
    volumes.set(name, { name, persistentVolumeClaim: { claimName } });
  }
  for (const [index, [mountPath, files]] of Object.entries(service.files).entries()) {
    const name = `files-${index + 1}`;
    mounts.push({ name, mountPath, readOnly: true });
    volumes.set(name, { name, ...sourceOf(files, { site, ownName: filesName(service, index) }) });
  }
  for (const [index, mountPath] of scratchOf(service).entries()) {
    const name = `scratch-${index + 1}`;
    mounts.push({ name, mountPath });
    volumes.set(name, { name, emptyDir: { sizeLimit: `${SCRATCH_LIMIT_GIB}Gi` } });
  }
  return { mounts, volumes: [...volumes.values()] };
}

/** The places of its own that the container may write to. */
function scratchOf({ scratch, mounts }: Service): string[] {
  return scratch.filter((path) => !(path in mounts));
}

function sourceOf(
  files: FilesSpec,
  { site, ownName }: { site: Site; ownName: string },
): Omit<DeploymentV1SpecTemplateSpecVolume, "name"> {
  if ("secret" in files) return { secret: { secretName: files.secret, defaultMode: SECRET_MODE } };
  if ("generated" in files) return { projected: [{ sources: dashboardSources(site) }] };
  return { configMap: { name: "configMap" in files ? files.configMap : ownName } };
}

/** Dashboards for the operator are applied after the services: there a pod starts before they are, and sees them when they come. */
function dashboardSources(site: Site) {
  const optional = site.environment.monitoring.kind === "operator";
  return dashboardMaps(site).map(({ name }) => ({ configMap: [{ name, ...(optional && { optional }) }] }));
}

// Files of a Secret belong to root and the container's group. PostgreSQL takes no key that others may read:
// https://www.postgresql.org/docs/current/ssl-tcp.html
const SECRET_MODE = "0440";

// A pod that writes more is evicted, before it fills the node's disk for everyone on it.
const SCRATCH_LIMIT_GIB = 1;

// The node's disk: logs until they are rotated (50 MiB unless the node is set otherwise), and scratch folders, which count too.
// https://kubernetes.io/docs/concepts/storage/ephemeral-storage/
const DISK = "ephemeral-storage";
const DISK_REQUEST = "64Mi";
const LOGS_LIMIT_GIB = 1;
