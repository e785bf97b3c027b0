import { defineVolumes } from "fairlead";

// 18 GiB in all are 19.3 GB: they fit the smallest environment (NX-7: 20 GB). Production has more where more is kept; the size of
// metric-data goes with Prometheus' --storage.tsdb.retention.size.
export const volumes = defineVolumes({
  "postgres-data": {
    meets: ["CC-1"],
    title: "Workflows, runs, approvals, findings and the audit trail",
    size: "6Gi",
    access: "single",
  },
  "nats-data": {
    meets: ["CC-1"],
    title: "JetStream: runs and steps that are due, notifications that are to be sent",
    size: "2Gi",
    access: "single",
  },
  "redis-data": {
    meets: ["CC-1"],
    title: "Counters of rate limits and quotas, sessions",
    size: "1Gi",
    access: "single",
  },
  "trace-data": { meets: ["CC-1"], title: "Traces of the last three days", size: "3Gi", access: "single" },
  "metric-data": { meets: ["CC-1"], title: "Metrics of the last 35 days", size: "5Gi", access: "single" },
  "alertmanager-data": {
    meets: ["CC-1"],
    title: "Silences, and what was told to whom",
    size: "1Gi",
    access: "single",
  },
});
