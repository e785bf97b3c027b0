import type { FoundLock } from "../lock-files.ts";
import type { Environment, Service } from "../model.ts";
import type { Scope } from "./scope.ts";

/** An environment's services with the images that its lock file names, and what the catalog names in their place. */
export function locked(
  services: readonly Service[],
  found: FoundLock | undefined,
): { services: Service[]; lock?: NonNullable<Environment["lock"]> } {
  if (!found) return { services: [...services] };
  const { file, lock } = found;
  const changed = services.filter(({ name, image }) => (lock.images[name] ?? image) !== image);
  const described = Object.fromEntries(changed.map(({ name, image }) => [name, image]));
  return {
    services: services.map((service) => ({ ...service, image: lock.images[service.name] ?? service.image })),
    lock: { file, release: lock.release, described },
  };
}

/** Problems for lock files of environments and services that do not exist. */
export function checkLocks({ references }: Scope, locks: readonly FoundLock[]): void {
  for (const { lock, place } of locks) {
    references.check("environments", lock.environment, place(["environment"]));
    for (const service of Object.keys(lock.images))
      references.check("services", service, { ...place(["images", service]), key: true });
  }
}
