import { defineVolumes } from "fairlead";

// 18 GiB in all are 19.3 GB: the smallest environment has 20 (NX-7). Larger ones enlarge them.
export const volumes = defineVolumes({
  workspaces: {
    meets: ["AH-2"],
    title: "Workspaces of the agents: a Git work tree for each session",
    size: "8Gi",
    access: "shared",
  },
  checkpoints: {
    meets: ["AH-3"],
    title: "Checkpoints of sessions and backups of the database",
    size: "4Gi",
    access: "shared",
  },
  "postgres-data": { title: "PostgreSQL's data and write-ahead log", size: "5Gi", access: "single" },
  "redis-data": { title: "Redis' append-only file", size: "1Gi", access: "single" },
});
