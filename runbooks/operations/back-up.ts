import { stringify } from "yaml";
import type { Platform, Volume } from "../../model/model.ts";
import { listedAlerts } from "../listed.ts";
import { byTheClock, copyByJob, restoreByJob } from "./back-up-jobs.ts";
import type { Part, Procedure, Step } from "./procedure.ts";
import { allAvailable, allowedTo, firingNow, foremost, named, stopCallers } from "./steps.ts";
import { type Database, databasesOf, outsideStores, plainVolumes } from "./stores.ts";

const STAMP = "$(date -u +%Y%m%dT%H%M%SZ)";

/** How what the platform stores is copied away, and brought back. */
export function backUp(platform: Platform): Procedure {
  const environment = foremost(platform);
  const databases = databasesOf(platform.services);
  const files = environment ? plainVolumes(environment) : [];
  const volumes = environment?.volumes ?? [];
  return {
    name: "back-up-and-restore",
    title: "Back up and restore",
    purpose:
      "Makes a copy of what the platform stores, away from the cluster, and brings one back. A copy that was never restored is a hope: restore one in an environment that is not production, every month.",
    when: "Every day by a schedule of the environment; by hand before a risky change. Restore only when data is lost or wrong, and after somebody else has agreed: it takes away what was written since.",
    before: [
      allowedTo("create", "pods/exec"),
      {
        do: "Have a place for the copy that is encrypted and that may hold the platform's data. A laptop is neither.",
      },
    ],
    parts: [
      kept(platform),
      ...databases.flatMap((database) => databaseParts(platform, database)),
      ...(volumes.length > 0 ? [snapshots(volumes)] : []),
      ...files.map(({ volume, writer, path }) => fileParts(volume.name, { writer, path })),
      configuration(platform),
    ],
    verify: [
      {
        do: "Look at the copy: it is there, it is about as large as the last one, and it can be read.",
        command: "ls -lh ./*-$NAMESPACE-*",
        good: "as large as the last one or a little larger",
        bad: "empty or much smaller: it is no copy",
      },
      allAvailable,
      firingNow(platform),
    ],
    undo: [
      {
        do: "Before each restore make a copy of what is there: it is the only way back. Restore that copy the same way.",
      },
    ],
    tell: `The team \`${platform.team}\`. After a restore also whoever uses the platform: what was written between the copy and now is gone.`,
    alerts: listedAlerts(platform).filter((alert) => /(^|-)(backup|restore)/.test(alert.name)),
  };
}

function kept(platform: Platform): Part {
  const rows = [
    ...databasesOf(platform.services).map(({ service, kind, volumes }) => [
      `Database \`${service}\``,
      named(volumes) || "no volume: lost with its pod",
      kind === "nats" ? "snapshot of its volume, below" : (byTheClock(platform, service) ?? "dump, below"),
    ]),
    ...outsideStores(platform.services).map(({ why, address, services }) => [
      `Outside: ${why}`,
      `${address}, used by ${named(services)}`,
      "by whoever runs it: ask for the time of the last copy and of the last restore",
    ]),
    ...platform.volumes.map(({ name, title }) => [`Volume \`${name}\``, title, "snapshot or files, below"]),
    [
      "The catalog and all that is generated",
      `repository ${platform.repository}`,
      "Git: every clone is a copy",
    ],
    ["Terraform's state", "see Deploy", "versions of its store; without it, import anew"],
    ["Secrets", "see The life of a secret", "the vault that they come from, never a file here"],
  ];
  return {
    title: "What is kept where",
    facts: { head: ["What", "Where", "Its copy"], rows },
    steps: [],
  };
}

function databaseParts({ services }: Platform, { service, kind }: Database): Part[] {
  const described = services.find(({ name }) => name === service);
  if (described?.backup) return [copyByJob(described), restoreByJob(described)];
  if (kind === "postgres") return [dumpPostgres(service), restorePostgres(service)];
  if (kind === "redis") return [dumpRedis(service)];
  return [];
}

const PG = '-U "${POSTGRES_USER:-postgres}" -d "${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"';

function dumpPostgres(service: string): Part {
  return {
    title: `Back up ${service}`,
    text: "A dump is consistent and does not stop anybody; it takes about a minute a gigabyte.",
    steps: [
      {
        do: "Dump the database into a file.",
        command: `kubectl -n $NAMESPACE exec deployment/${service} -- sh -c 'pg_dump ${PG} --format=custom' > ${service}-$NAMESPACE-${STAMP}.dump`,
        bad: "an error, or a file of no size: no copy was made",
      },
      {
        do: "See that it can be read; FILE is its name.",
        command: `kubectl -n $NAMESPACE exec -i deployment/${service} -- pg_restore --list < FILE | tail -3`,
        good: "entries of tables",
        bad: "not a valid archive: make it again",
      },
    ],
  };
}

function restorePostgres(service: string): Part {
  return {
    title: `Restore ${service}`,
    text: "Callers are stopped first: what they write during a restore is lost.",
    steps: [
      stopCallers(service),
      {
        do: "Bring back FILE: in one transaction, all or nothing.",
        command: `kubectl -n $NAMESPACE exec -i deployment/${service} -- sh -c 'pg_restore ${PG} --clean --if-exists --no-owner --single-transaction --exit-on-error' < FILE`,
        good: "no output",
        bad: "an error: nothing was changed; read it before you try again",
      },
      {
        do: "Let the planner learn the tables anew.",
        command: `kubectl -n $NAMESPACE exec deployment/${service} -- sh -c 'psql ${PG} -c "VACUUM (ANALYZE)"'`,
        good: "VACUUM",
      },
      { do: "Start the services again." },
    ],
  };
}

function dumpRedis(service: string): Part {
  return {
    title: `Back up ${service}`,
    text: "Where it only caches, nothing has to be kept: it fills again by itself.",
    steps: [
      {
        do: "Write a snapshot of all keys into a file.",
        command: `kubectl -n $NAMESPACE exec deployment/${service} -- redis-cli --rdb - > ${service}-$NAMESPACE-${STAMP}.rdb`,
        bad: "NOAUTH: the variable REDISCLI_AUTH is missing in the pod",
      },
      {
        do: "To restore: stop it, put the file into its volume as dump.rdb as under the snapshots below, and start it without an append-only file, which it would read instead.",
      },
    ],
  };
}

function snapshots(volumes: readonly Volume[]): Part {
  const yaml = (object: unknown) =>
    `kubectl -n $NAMESPACE create -f - <<'YAML'\n${stringify(object).trimEnd()}\nYAML`;
  return {
    title: "Snapshots of volumes",
    text: "The quick way where the cluster's storage driver has snapshots. They lie beside the volume: they help against a mistake, not against the loss of the storage.",
    steps: [
      {
        do: "See whether the cluster can.",
        command: "kubectl get volumesnapshotclasses.snapshot.storage.k8s.io",
        good: "a class, with the driver of the volumes' storage class",
        bad: "no such resource: copy the files instead",
      },
      ...volumes.map(
        ({ name, claim }): Step => ({
          do: `Take a snapshot of \`${name}\`.`,
          command: yaml({
            apiVersion: "snapshot.storage.k8s.io/v1",
            kind: "VolumeSnapshot",
            metadata: { generateName: `${name}-` },
            spec: { source: { persistentVolumeClaimName: claim } },
          }),
          good: "created, and READYTOUSE true after a minute",
        }),
      ),
      {
        do: "See which there are.",
        command:
          "kubectl -n $NAMESPACE get volumesnapshots.snapshot.storage.k8s.io --sort-by=.metadata.creationTimestamp",
      },
      ...volumes.map(
        ({ name, size, access }): Step => ({
          do: `Bring \`${name}\` back from SNAPSHOT: a second volume beside it, from which files are copied. The name and its claim stay those of the catalog.`,
          command: yaml({
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: { name: `${name}-restored` },
            spec: {
              accessModes: [access === "single" ? "ReadWriteOnce" : "ReadWriteMany"],
              dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "SNAPSHOT" },
              resources: { requests: { storage: size } },
            },
          }),
          good: "Bound",
        }),
      ),
    ],
  };
}

function fileParts(volume: string, { writer, path }: { writer: string; path: string }): Part {
  return {
    title: `Files of ${volume}`,
    text: "Needs tar in the image. Files that change meanwhile may be half new: stop what writes them first if that matters.",
    steps: [
      {
        do: "Copy them away.",
        command: `kubectl -n $NAMESPACE exec deployment/${writer} -- tar -C ${path} -czf - . > ${volume}-$NAMESPACE-${STAMP}.tar.gz`,
      },
      {
        do: "See that the archive can be read; FILE is its name.",
        command: "tar -tzf FILE | tail -3",
        good: "names of files",
        bad: "unexpected end of file: make it again",
      },
      {
        do: "Bring them back: files of the same name are replaced, others stay.",
        command: `kubectl -n $NAMESPACE exec -i deployment/${writer} -- tar -C ${path} -xzf - < FILE`,
        good: "no output",
      },
    ],
  };
}

function configuration(platform: Platform): Part {
  return {
    title: "Configuration",
    text: "All of it is in the repository; what was changed by hand is not, and this shows it.",
    steps: [
      {
        do: "Make a copy of the whole history.",
        command: `git clone --mirror ${platform.repository} ${platform.name}-${STAMP}.git`,
      },
      {
        do: "See whether something was changed by hand and would be lost.",
        command: 'npx cdktf diff "$FAIRLEAD_PLATFORM-$FAIRLEAD_ENV-services"',
        good: "no changes",
      },
    ],
  };
}
