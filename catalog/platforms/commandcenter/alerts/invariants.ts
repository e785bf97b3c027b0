import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hubctl, logs, pauseStarts, releasesOf, resumeStarts, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Keeps what an investigation needs, before anything is cleaned up. */
const keepEvidence = {
  do: "Keep the evidence: the run's records, work folder and trace.",
  command: hubctl("runs export RUN --with-work-folder --hold"),
  good: "prints where it is kept; the hold keeps clean-up away from it",
};
const securityIsTold =
  "Tell the security contact at once, whatever the hour and before anything is restarted; what happened is followed by a written review.";

/** What must never happen: any violation wakes somebody. */
export const invariantAlerts = defineAlerts(
  { services, metrics },
  {
    "agent-ran-without-approval": {
      meets: ["CC-7"],
      summary: "{{ $labels.agent }} ran without the approval that it needs",
      description:
        "Agent {{ $labels.agent }} of risk level APPROVAL_REQUIRED was started although no person with the right role had approved it.",
      severity: "critical",
      service: "orchestrator",
      when: {
        kind: "increase",
        metric: "commandcenter_agent_runs_started_total",
        where: { risk_level: "APPROVAL_REQUIRED", approval: ["missing", "not-needed"] },
        window: "15m",
        by: ["agent"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "The executor looks for the approval itself, whatever the workflow says, and started an agent without one. For the patcher that " +
          "means: code was changed and nobody had agreed.",
        impact:
          "Code, dependencies or infrastructure may have been changed by a machine alone. Users notice nothing, which is why it must not wait.",
        diagnosis: [
          {
            do: "Find the run, its workflow and who asked for it.",
            command: logs(
              "orchestrator",
              'select(.event == "agent-started" and .risk_level == "APPROVAL_REQUIRED" and .approval != "granted")',
            ),
            bad: "one line for each violation: note RUN",
          },
          {
            do: "See what the run changed.",
            command: hubctl("runs changes RUN"),
            good: "nothing: it was stopped before, or only read",
            bad: "branches, pull requests or merges: they go into the mitigation below",
          },
          {
            do: "See whether more agents are about to do the same.",
            query:
              'sum by (agent, approval) (increase(commandcenter_agent_runs_started_total{risk_level="APPROVAL_REQUIRED"}[1h])) > 0',
            good: "only granted since",
            bad: "missing or not-needed goes on: stop the agent now",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "Stop the agent everywhere, at once.",
            command: hubctl("agents disable AGENT --stop-running"),
            good: "prints disabled, and 0 running",
          },
          keepEvidence,
          {
            do: "Take back what it changed, agreed with the repository's owner.",
            command: hubctl("runs revert RUN"),
          },
        ],
        rollback: [
          rollBack("orchestrator"),
          {
            do: "Bring the agent back once the security contact agrees.",
            command: hubctl("agents enable AGENT"),
          },
        ],
        escalation: securityIsTold,
      },
    },
    "sandbox-violated": {
      meets: ["CC-11"],
      summary: "{{ $labels.agent }} got out of its sandbox: {{ $labels.resource }}",
      description:
        "After a run of {{ $labels.agent }} the audit found something of kind {{ $labels.resource }} that the sandbox should have kept it from.",
      severity: "critical",
      service: "orchestrator",
      when: {
        kind: "increase",
        metric: "commandcenter_sandbox_violations_total",
        window: "15m",
        by: ["agent", "resource"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "file: it read or wrote outside its work folder. network: it reached a host that was not allowed. secret: it had one that it was " +
          "not given. process: it left something running.",
        impact: "Treat the pod, and every secret that it holds, as known to the agent's author.",
        diagnosis: [
          {
            do: "See what the audit found.",
            command: hubctl("audit list --kind sandbox --since 1h"),
            bad: "run, agent, path or host: note RUN and POD",
          },
          {
            do: "See what it tried before; refusals of the same run show what it was after.",
            command: logs(
              "orchestrator",
              'select(.event == "sandbox-refusal") | {time, run_id, agent, resource, target}',
            ),
            bad: "several refusals before it got through: it searched for a way",
          },
          {
            do: "See whether other agents or other pods are concerned.",
            query: "sum by (agent, resource, pod) (increase(commandcenter_sandbox_violations_total[1d])) > 0",
            good: "one agent: its code. Look at its author and its newest version",
            bad: "several: the sandbox itself, since the node's or the orchestrator's last change",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          { do: "Stop the agent everywhere.", command: hubctl("agents disable AGENT --stop-running") },
          pauseStarts,
          keepEvidence,
          {
            do: "Rotate every secret that the pod holds; the orchestrator reads them again when it starts.",
            command: hubctl("secrets rotate --held-by orchestrator"),
            good: "prints each secret with its new version, never its value",
          },
          {
            do: "Replace the pod by a clean one, after the evidence is kept.",
            command: "kubectl -n $NAMESPACE delete pod POD",
          },
        ],
        rollback: [rollBack("orchestrator"), resumeStarts],
        escalation: securityIsTold,
      },
    },
    "secret-leaked": {
      meets: ["CC-12"],
      summary: "A secret stands in clear in {{ $labels.place }}",
      description:
        "The scanner found a secret in clear where it had been written already: {{ $labels.place }}.",
      severity: "critical",
      service: "api",
      when: {
        kind: "increase",
        metric: "commandcenter_secret_leaks_total",
        // Both services write, and both scan what they wrote.
        where: { service: ["api", "orchestrator"] },
        window: "15m",
        by: ["place"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning: "Masking missed a secret. Whoever can read the place can read the secret.",
        impact:
          "The secret is burnt: it must be rotated, not only deleted. Log collectors and back-ups may have copied it.",
        diagnosis: [
          {
            do: "See which secret it is and where it stands; values are never shown.",
            command: hubctl("audit list --kind secret --since 1h"),
            bad: "name, place, run: note SECRET",
          },
          {
            do: "See which service wrote it, and whether it goes on.",
            query: "sum by (service, place) (increase(commandcenter_secret_leaks_total[1h])) > 0",
            good: "one: a single line",
            bad: "it grows: every run writes it",
          },
          {
            do: "See whether masking works at all.",
            query: "sum by (service, place) (rate(commandcenter_secrets_masked_total[1h]))",
            good: "as yesterday",
            bad: "0 since a release: masking is off",
          },
          releasesOf("orchestrator"),
          releasesOf("api"),
        ],
        mitigation: [
          {
            do: "Rotate it first: new version in, old one revoked.",
            command: hubctl("secrets rotate SECRET --revoke-old"),
            good: "prints the new version and revoked for the old one",
          },
          {
            do: "Then remove it from where it stands.",
            command: hubctl("audit redact --secret SECRET --since 1d"),
            good: "prints the places; ask the owner of the log collector to do the same there",
          },
          pauseStarts,
        ],
        rollback: [rollBack("orchestrator"), rollBack("api"), resumeStarts],
        escalation: securityIsTold,
      },
    },
    "orphaned-runs": {
      meets: ["CC-5"],
      summary: "Runs are left whose workflow was deleted",
      description:
        "Deleting a workflow deletes its runs with it. At least one run has outlived its workflow for more than a minute.",
      severity: "critical",
      service: "orchestrator",
      when: { kind: "threshold", metric: "commandcenter_orphaned_runs", aggregate: "max", is: ">", value: 0 },
      direct: true,
      invariant: true,
      runbook: {
        meaning: "A deletion did not reach the runs, or a run was started while its workflow went.",
        impact:
          "What people believe to be deleted is still there and may still run, spend money and wait for approvals.",
        diagnosis: [
          {
            do: "See which runs they are, and in which state.",
            command: hubctl("runs list --orphaned"),
            good: "all ended: only records are left",
            bad: "running or waiting-for-approval: stop them first",
          },
          {
            do: "Find the deletion, and how many runs it reported.",
            command: logs("api", 'select(.event == "workflow-deleted") | {time, workflow, runs_deleted, by}'),
            bad: "no such line: the workflow was deleted past the API, in the database",
          },
          {
            do: "See whether transactions were rolled back.",
            query: "increase(postgresql_rollbacks_total[1h])",
            good: "as few as usual: look at the release instead",
            bad: "far more than usual: the deletion was torn in two",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "Stop those that run.",
            command: hubctl("runs cancel --orphaned"),
            good: "prints how many; 0 is fine",
          },
          {
            do: "Delete what the deletion should have deleted; agreed with the workflow's owner, for it cannot be undone.",
            command: hubctl("runs delete --orphaned"),
            good: "prints how many, and the alert resolves within a minute",
          },
        ],
        rollback: [
          {
            do: "If the workflow was deleted by mistake, it can be brought back for 30 days, before its runs are deleted.",
            command: hubctl("workflows restore WORKFLOW"),
          },
        ],
      },
    },
  },
);
