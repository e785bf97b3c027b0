import type { ServiceSpec } from "../../catalog/service.ts";
import type { DescribedEntry } from "../described.ts";
import { at } from "../problems.ts";
import { isPostgres, mountAbove } from "../upkeep.ts";
import type { Scope } from "./scope.ts";

// A CronJob's name, so that those of its Jobs and pods fit: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
const LONGEST_NAME = 52 - "-restore-test".length;

/** Problems of what a service is to have done by the clock, and cannot. */
export function checkUpkeep(scope: Scope, entry: DescribedEntry<ServiceSpec>): void {
  const { name, spec, origin } = entry;
  const { backup, vacuum, logRotation } = spec;
  const asked = backup ? "backup" : vacuum ? "vacuum" : logRotation ? "logRotation" : undefined;
  if (asked === undefined) return;
  if (backup) checkDestination(scope, entry, backup.to);
  if (backup || vacuum) checkDatabase(scope, entry, backup ? "backup" : "vacuum");
  if (logRotation && mountAbove(Object.keys(spec.mounts), logRotation.folder) === undefined) {
    const message = `"${logRotation.folder}" lies on no volume of "${name}"`;
    scope.problems.add(RULE, at(origin, "logRotation", "folder"), message, {
      fix: "name a folder below one of its mounts: another pod has to reach it",
    });
  }
  if (name.length > LONGEST_NAME) {
    const message = `"${name}" has ${name.length} characters, and names of its CronJobs hold ${LONGEST_NAME} of them`;
    scope.problems.add(RULE, at(origin, asked), message, { fix: "shorten the service's name" });
  }
}

const RULE = "service/upkeep-not-possible";

function checkDestination({ described, references, problems }: Scope, entry: Asking, to: string): void {
  const place = at(entry.origin, "backup", "to");
  if (!references.check("volumes", to, place)) return;
  const volume = described.entries.volumes.find(({ name }) => name === to);
  if (volume?.spec.access !== "single" || !problems.isSound(at(volume.origin, "access"))) return;
  const message = `backups of "${entry.name}" go to volume "${to}", which one node may mount at a time`;
  problems.add("service/volume-not-shareable", place, message, {
    fix: 'give the volume access: "shared": a backup must not wait for the node that another pod is on',
  });
}

function checkDatabase(
  { problems }: Scope,
  { name, spec, origin }: Asking,
  asked: "backup" | "vacuum",
): void {
  const missing = !isPostgres(spec)
    ? `"${spec.image}" is not a PostgreSQL that is known by its name`
    : Object.keys(spec.ports).length !== 1
      ? `"${name}" has not one port`
      : spec.secrets.POSTGRES_PASSWORD === undefined
        ? `"${name}" has no password in secrets.POSTGRES_PASSWORD`
        : undefined;
  if (missing === undefined || !problems.isSound(at(origin, "image"))) return;
  problems.add(RULE, at(origin, asked), `${asked} of "${name}": ${missing}`, {
    fix: "run an image named postgres, with one port and its password from a Secret",
  });
}

type Asking = DescribedEntry<ServiceSpec>;
