import { defineVolumes } from "fairlead";

// 10 GiB and 4 GiB are 15 GB: they fit the smallest environment.
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
});
