import { defineVolumes } from "fairlead";

// Together 18.3 GB: they fit the smallest environment (NX-7: 20 GB).
export const volumes = defineVolumes({
  "redis-data": {
    meets: ["NX-1"],
    title: "Redis' append-only file: queue, agents and coordination state",
    size: "4Gi",
    access: "single",
  },
  "postgres-data": {
    meets: ["NX-1", "NX-4", "NX-9"],
    title: "PostgreSQL: experiences, patterns, decisions and the audit log",
    // 100,000 experiences of about 20 KiB are 2 GiB; the audit log of 90 days is about as much; the rest is for indexes and WAL.
    size: "8Gi",
    access: "single",
  },
  backups: {
    meets: ["NX-8"],
    title: "Copies of the database, each read to its end before it counts",
    size: "5Gi",
    access: "shared",
  },
});
