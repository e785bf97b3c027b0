import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { backToNormal, hivectl, noNewWork, podsOf, restart, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of the guardian itself, and of the volumes that it keeps (AH-2). */
export const guardianAlerts = defineAlerts(
  { services, metrics },
  {
    "guardian-stalled": {
      meets: ["AH-2"],
      summary: "The guardian has not looked at sessions for more than 30 s",
      description:
        "The guardian looks at every session every 5 seconds; the last look is more than 30 seconds old. No limit holds.",
      severity: "critical",
      service: "resource-guardian",
      when: {
        kind: "threshold",
        metric: "agenthive_guardian_sweep_age_seconds",
        aggregate: "min",
        is: ">",
        value: 30,
      },
      direct: true,
      runbook: {
        meaning: "The guardian runs but hangs, mostly while it measures a file system that does not answer.",
        impact: "Memory, CPU, disk and processes are not limited: one runaway agent can stop all sessions.",
        diagnosis: [
          podsOf("resource-guardian"),
          {
            do: "See whether the volumes answer.",
            command:
              "kubectl -n $NAMESPACE exec deployment/resource-guardian -- timeout 5 df -h /workspaces /checkpoints",
            good: "two lines at once",
            bad: "nothing for five seconds: the volume's server is down, call its owner",
          },
          {
            do: "See whether the spawn managers answer it.",
            query: 'sum(up{service="spawn-manager"})',
            good: "1 for each pod",
            bad: "0: follow SpawnManagerDown",
          },
        ],
        mitigation: [restart("resource-guardian"), noNewWork],
        rollback: [rollBack("resource-guardian"), backToNormal],
      },
    },
    "volume-nearly-full": {
      meets: ["AH-2"],
      summary: "Less than 10 % of {{ $labels.system_filesystem_mountpoint }} is free",
      description:
        "The volume {{ $labels.system_filesystem_mountpoint }} is nearly full. Full workspaces stop all agents, full checkpoints all rollbacks.",
      severity: "critical",
      service: "resource-guardian",
      when: {
        kind: "gauge-ratio",
        part: { metric: "system_filesystem_usage_bytes", where: { system_filesystem_state: "free" } },
        whole: { metric: "system_filesystem_limit_bytes" },
        by: ["system_filesystem_mountpoint"],
        is: "<",
        value: "10%",
      },
      direct: true,
      cause: "disk",
      runbook: {
        meaning: "Less than a tenth of the volume is free, after the guardian's own clean-ups.",
        impact:
          "/workspaces: agents' writes fail, and their tasks with them. /checkpoints: no checkpoint, no backup, no rollback.",
        diagnosis: [
          {
            do: "See how fast it fills.",
            query: 'predict_linear(system_filesystem_usage_bytes{system_filesystem_state="free"}[1h], 3600)',
            good: "above 0: an hour or more is left",
            bad: "below 0: it is full within the hour",
          },
          {
            do: "See what is in it.",
            command: hivectl("guardian usage --top 10"),
            bad: "workspaces of sessions that ended, or one session with nearly all",
          },
        ],
        mitigation: [
          {
            do: "/workspaces: remove those of sessions that ended; their work is in Git.",
            command: hivectl("guardian clean --ended"),
            good: "prints what was freed",
          },
          {
            do: "/checkpoints: keep the last three of each session, and a week of backups.",
            command: hivectl("checkpoints prune --keep 3 --backups 7d"),
          },
          {
            do: "If the volume is simply too small, enlarge it, and in the catalog too (the environment's volumes): a claim cannot shrink, so the next deploy would fail. VOLUME is workspaces or checkpoints.",
            command: `kubectl -n $NAMESPACE patch pvc VOLUME --patch '{"spec":{"resources":{"requests":{"storage":"NEW_SIZE"}}}}'`,
          },
        ],
        rollback: [
          {
            do: "Nothing to take back: ended sessions' work is in Git, and the last three checkpoints are kept.",
          },
        ],
      },
    },
  },
);
