import type {
  CronJobV1SpecJobTemplateSpecTemplateSpec,
  CronJobV1SpecJobTemplateSpecTemplateSpecContainer,
} from "@cdktf/provider-kubernetes/lib/cron-job-v1/index.js";
import type { Service } from "../../model/model.ts";
import { podSelector } from "../../model/object-metadata.ts";
import {
  backupFolder,
  CHORE_RESOURCES,
  type Chore,
  type ChoreKind,
  databaseOf,
  mountAbove,
  upkeepName,
} from "../../model/upkeep.ts";
import type { Site } from "../layer.ts";
import { pullPolicyOf, RESTRICTED_CONTAINER, withDisk } from "../pod.ts";

/** Name of the ConfigMap of scripts. */
export const SCRIPTS = "upkeep-scripts";

const PROGRAMS: Record<ChoreKind, readonly string[]> = {
  backup: ["postgres-backup.sh"],
  restore: ["postgres-restore.sh", "newest"],
  "restore-test": ["postgres-restore-test.sh"],
  vacuum: ["postgres-vacuum.sh"],
  "log-rotation": ["rotate-logs.sh"],
};

// Where a chore's pod sees the volume of copies.
const KEPT = "/kept";

const TEMPORARY_GIB = 1;

/** Under which name a chore's pod is known to network policies: those that reach the service share one, others reach nothing. */
export function choreSelector(service: Service, { kind, name }: Chore): string {
  return kind === "restore-test" || kind === "log-rotation" ? name : upkeepName(service.name);
}

/** The pod of a chore: the service's own image, hardened like the service's pod, running one of the scripts. */
export function chorePod(
  service: Service,
  chore: Chore,
  site: Site,
): CronJobV1SpecJobTemplateSpecTemplateSpec {
  const storage = storageOf(service, chore, site);
  return {
    serviceAccountName: upkeepName(service.name),
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: String(service.user),
      runAsGroup: String(service.user),
      seccompProfile: { type: "RuntimeDefault" },
      ...groupsOf(service, chore, site),
    },
    container: [
      {
        ...containerOf(service, chore, site),
        volumeMount: storage.map(({ name, mountPath, readOnly }) => ({
          name,
          mountPath,
          ...(readOnly && { readOnly }),
        })),
      },
    ],
    volume: storage.map(({ name, source }) => ({ name, ...source })),
    ...(chore.kind === "log-rotation" && besideOf(service, site)),
  };
}

function containerOf(
  service: Service,
  chore: Chore,
  { environment }: Site,
): CronJobV1SpecJobTemplateSpecTemplateSpecContainer {
  const scratch = chore.kind === "restore-test" ? scratchOf(service, environment) : 0;
  const [script, ...args] = PROGRAMS[chore.kind];
  return {
    name: chore.kind,
    image: service.image,
    imagePullPolicy: pullPolicyOf(environment),
    command: ["sh", `/scripts/${script}`],
    args,
    env: variablesOf(service, chore),
    resources: withDisk(CHORE_RESOURCES, TEMPORARY_GIB + scratch),
    securityContext: RESTRICTED_CONTAINER,
  };
}

function variablesOf(service: Service, { kind }: Chore) {
  const { backup, logRotation } = service;
  const copies = `${KEPT}/${backupFolder(service.name)}`;
  const { user, database, password } = databaseOf(service);
  const clear: Record<string, string> = {
    ...(backup && { METRICS: `${copies}/metrics` }),
    ...(kind === "log-rotation" &&
      logRotation && { LOGS: logRotation.folder, LOG_KEEP: String(logRotation.keep) }),
    ...(kind !== "log-rotation" && { PGUSER: user, PGDATABASE: database }),
    ...(kind === "restore-test" && { SCRATCH: "/scratch" }),
    ...(backup &&
      kind !== "log-rotation" &&
      kind !== "vacuum" && { BACKUPS: copies, BACKUP_KEEP: String(backup.keep) }),
  };
  const reaches = kind === "backup" || kind === "restore" || kind === "vacuum";
  const [port] = Object.values(service.ports);
  const address = { PGHOST: service.name, PGPORT: String(port) };
  return [
    ...Object.entries({ ...clear, ...(reaches && address) }).map(([name, value]) => ({ name, value })),
    ...(reaches && password
      ? [{ name: "PGPASSWORD", valueFrom: { secretKeyRef: { name: password.secret, key: password.key } } }]
      : []),
  ];
}

/**
 * Copies belong to the group of the service that reads them, if there is one: it shares the volume. A pod that works on the service's
 * own files changes no group: PostgreSQL does not start on a data folder that its group may write to.
 */
function groupsOf(service: Service, { kind }: Chore, { environment }: Site) {
  const { backup } = service;
  const reader = environment.services.find(({ mounts }) =>
    Object.values(mounts).some(({ volume }) => volume === backup?.to),
  );
  const group = String(reader?.user ?? service.user);
  if (kind === "log-rotation") return backup ? { supplementalGroups: [Number(group)] } : {};
  return { fsGroup: group, fsGroupChangePolicy: "OnRootMismatch" };
}

interface Storage {
  name: string;
  mountPath: string;
  readOnly?: boolean;
  source: object;
}

function storageOf(service: Service, { kind }: Chore, { environment }: Site): Storage[] {
  const { backup, logRotation, mounts } = service;
  const claim = (name: string, mountPath: string, claimName: string): Storage => ({
    name,
    mountPath,
    source: { persistentVolumeClaim: { claimName } },
  });
  const logs = logRotation && mountAbove(Object.keys(mounts), logRotation.folder);
  const files = logs === undefined ? undefined : mounts[logs];
  const room = `${scratchOf(service, environment)}Gi`;
  return [
    { name: "scripts", mountPath: "/scripts", readOnly: true, source: { configMap: { name: SCRIPTS } } },
    { name: "temporary", mountPath: "/tmp", source: { emptyDir: { sizeLimit: `${TEMPORARY_GIB}Gi` } } },
    ...(backup ? [claim("kept", KEPT, backup.to)] : []),
    ...(kind === "restore-test"
      ? [{ name: "scratch", mountPath: "/scratch", source: { emptyDir: { sizeLimit: room } } }]
      : []),
    ...(kind === "log-rotation" && logs && files ? [claim("logs", logs, files.volume)] : []),
  ];
}

/** GiB for a restored database: it is as large as the volume that it came from, at most. */
function scratchOf({ mounts }: Service, { volumes }: Site["environment"]): number {
  const own = volumes.filter(({ name }) => Object.values(mounts).some(({ volume }) => volume === name));
  return Math.max(1, ...own.map(({ sizeBytes }) => Math.ceil(sizeBytes / 2 ** 30)));
}

/** On the node of the service's pod: its volume may be attached to that one alone. */
function besideOf(service: Service, site: Site) {
  const term = {
    topologyKey: "kubernetes.io/hostname",
    labelSelector: [{ matchLabels: podSelector(site, service.name) }],
  };
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}
