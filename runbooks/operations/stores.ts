import type { Environment, Service, Volume } from "../../model/model.ts";
import { imagePath, isPostgres } from "../../model/upkeep.ts";

/** A database that runs as a service of the platform, told by its image. */
export interface Database {
  service: string;
  kind: "postgres" | "redis" | "nats";
  volumes: string[];
}

/** Something outside the namespace that keeps data, told by the port of its protocol. */
export interface OutsideStore {
  services: string[];
  why: string;
  address: string;
}

const KINDS = [
  ["redis", /(^|\/)(redis|valkey)$/],
  ["nats", /(^|\/)nats$/],
] as const;

/** Ports of PostgreSQL, MySQL, Redis, MongoDB and NATS, by which a call to the outside is known to be one of a store (IANA). */
const STORE_PORTS = [5432, 3306, 6379, 27_017, 4222];

/** The databases among the services. */
export function databasesOf(services: readonly Service[]): Database[] {
  return services.flatMap(({ name, image, mounts }) => {
    const path = imagePath(image);
    const kind = isPostgres({ image }) ? "postgres" : KINDS.find(([, pattern]) => pattern.test(path))?.[0];
    const volumes = [...new Set(Object.values(mounts).map((mount) => mount.volume))];
    return kind ? [{ service: name, kind, volumes }] : [];
  });
}

/** Stores that are called outside the namespace. */
export function outsideStores(services: readonly Service[]): OutsideStore[] {
  const found = new Map<string, OutsideStore>();
  for (const { name, egress } of services) {
    for (const { cidr, port, why } of egress) {
      if (!STORE_PORTS.includes(port)) continue;
      const address = `${cidr} port ${port}`;
      const known = found.get(address) ?? { services: [], why, address };
      found.set(address, { ...known, services: [...known.services, name] });
    }
  }
  return [...found.values()];
}

/** Volumes that hold files of services, not a database's own. */
export function plainVolumes({
  services,
  volumes,
}: Environment): { volume: Volume; writer: string; path: string }[] {
  const inDatabases = new Set(databasesOf(services).flatMap((database) => database.volumes));
  return volumes.flatMap((volume) => {
    if (inDatabases.has(volume.name)) return [];
    const mounts = services.flatMap((service) =>
      Object.entries(service.mounts)
        .filter(([, mount]) => mount.volume === volume.name)
        .map(([path, mount]) => ({ writer: service.name, path, readOnly: mount.readOnly })),
    );
    const mount = mounts.find((m) => !m.readOnly) ?? mounts[0];
    return mount ? [{ volume, writer: mount.writer, path: mount.path }] : [];
  });
}
