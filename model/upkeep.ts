// What is done by the clock for what services keep. Stacks run it, runbooks name it, the capacity check counts it.
import type { Service } from "./model.ts";

/** What is done; a restore only when somebody asks for it. */
export type ChoreKind = "backup" | "restore" | "restore-test" | "vacuum" | "log-rotation";

/** One thing that is done for a service. */
export interface Chore {
  kind: ChoreKind;
  /** Name of its CronJob: SERVICE-KIND. */
  name: string;
  /** When, in UTC; a restore has a schedule that never comes about, since its CronJob is suspended. */
  schedule: string;
  isByHand: boolean;
}

/** All that is done for a service, in the order in which it is told. */
export function choresOf({ name, backup, vacuum, logRotation }: Service): Chore[] {
  const chore = (kind: ChoreKind, schedule: string): Chore => ({
    kind,
    name: `${name}-${kind}`,
    schedule,
    isByHand: kind === "restore",
  });
  return [
    ...(backup
      ? [chore("backup", backup.schedule), chore("restore", NEVER), chore("restore-test", backup.restoreTest)]
      : []),
    ...(vacuum ? [chore("vacuum", vacuum.schedule)] : []),
    ...(logRotation ? [chore("log-rotation", logRotation.schedule)] : []),
  ];
}

// A CronJob needs a schedule, also one that is suspended: the 31st of February.
const NEVER = "0 0 31 2 *";

/** What the pod of a chore asks for, and the most that it gets. */
export const CHORE_RESOURCES = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { memory: "512Mi" },
} as const;

/** The pods and the account of a service's chores, and the folder of scripts that they are given. */
export function upkeepName(service: string): string {
  return `${service}-upkeep`;
}

/** Folder of a service's copies on the volume that keeps them. */
export function backupFolder(service: string): string {
  return `backups/${service}`;
}

/** Of which database copies are made, and as whom: what the official image of PostgreSQL is told. */
export function databaseOf({ env, secrets }: Service) {
  const user = env.POSTGRES_USER ?? "postgres";
  return { user, database: env.POSTGRES_DB ?? user, password: secrets.POSTGRES_PASSWORD };
}

/** Whether a service's image is PostgreSQL: told by its name, without registry, tag and digest. */
export function isPostgres({ image }: Pick<Service, "image">): boolean {
  return /(^|\/)(postgres|postgresql|timescaledb|pgvector)$/.test(imagePath(image));
}

/** An image's reference without tag and digest. */
export function imagePath(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}

/** The mount that a folder of a service lies on: the nearest one above it. */
export function mountAbove(mounts: readonly string[], folder: string): string | undefined {
  const above = mounts.filter((path) => folder === path || folder.startsWith(`${path}/`));
  return above.sort((a, b) => b.length - a.length)[0];
}
