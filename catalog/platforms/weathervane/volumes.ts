import { defineVolumes } from "fairlead";

export const volumes = defineVolumes({
  evidence: {
    meets: ["WV-0"],
    title: "Evidence of all tasks: diffs, test reports, gate votes, logs",
    // 16 GiB is 17.2 GB: fits the smallest environment (NX-7: 20 GB) and holds 10 running tasks at their 100 MB limit 17 times over.
    size: "16Gi",
    access: "shared",
  },
});
