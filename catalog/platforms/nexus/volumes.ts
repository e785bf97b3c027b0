import { defineVolumes } from "fairlead";

export const volumes = defineVolumes({
  "redis-data": {
    title: "Redis' append-only file: queue, agents and coordination state",
    size: "10Gi",
    access: "single",
  },
});
