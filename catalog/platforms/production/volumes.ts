import { defineVolumes } from "fairlead";

// 18 GiB in all are 19.3 GB: they fit the smallest environment.
export const volumes = defineVolumes({
  "postgresql-data": {
    title: "PostgreSQL: workflows, their steps and results",
    size: "10Gi",
    access: "single",
  },
  "redis-data": {
    title: "Redis: the queue, and the second layer of the caches",
    size: "4Gi",
    access: "single",
  },
  backups: {
    meets: ["PM-13"],
    title: "Copies of PostgreSQL, each read to its end before it counts",
    size: "4Gi",
    access: "shared",
  },
});
