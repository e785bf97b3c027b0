import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  dependencies,
  hubctl,
  ifRelease,
  logs,
  pauseStarts,
  podsOf,
  releasesOf,
  restart,
  resumeStarts,
  rollBack,
  runsByState,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of runs, their DAGs and their approvals. */
export const workflowAlerts = defineAlerts(
  { services, metrics },
  {
    "runs-pile-up": {
      meets: ["CC-2", "CC-9"],
      summary: "More than 20 runs have waited for 5 minutes",
      description: "More than 20 runs wait for one of the ten places: they arrive faster than they are done.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "threshold",
        metric: "commandcenter_runs",
        where: { state: "pending" },
        aggregate: "max",
        is: ">",
        value: 20,
      },
      for: "5m",
      because: "a schedule starts many runs in one minute; of ten places some come free within five",
      runbook: {
        meaning: "Twice as many runs wait as may run at once, and the number does not fall.",
        impact: "New runs start late. Nothing is lost.",
        diagnosis: [
          runsByState,
          {
            do: "See who asked for them.",
            command: hubctl("runs list --state pending --count-by workflow,trigger"),
            good: "spread over many workflows: it is load",
            bad: "one workflow, or trigger alert: a storm, stop it at its source",
          },
          {
            do: "See whether runs take longer than usual.",
            query:
              "histogram_quantile(0.95, sum by (size, le) (rate(commandcenter_run_duration_seconds_bucket[15m])))",
            good: "about yesterday's: there are more runs, not slower ones",
            bad: "several times yesterday's: follow SingleAgentWorkflowPageQuick",
          },
          dependencies,
        ],
        mitigation: [
          {
            do: "If it is load, run more replicas.",
            command: "kubectl -n $NAMESPACE scale deployment/orchestrator --replicas=4",
            good: "pending falls within two minutes",
          },
          {
            do: "If one workflow floods the queue, withdraw its waiting runs, agreed with its owner.",
            command: hubctl("runs cancel --state pending --workflow WORKFLOW"),
          },
        ],
        rollback: [
          {
            do: "Withdrawn runs can be asked for again.",
            command: hubctl("runs requeue --cancelled-since 1h"),
          },
        ],
      },
    },
    "runs-stand-still": {
      meets: ["CC-2"],
      summary: "Runs wait, and no step has ended for 15 minutes",
      description:
        "At least one run is waiting or running, and in 15 minutes not one step has ended, although agents are stopped after 10: the scheduler or the executor hangs.",
      severity: "critical",
      service: "orchestrator",
      when: {
        kind: "promql",
        expr:
          'sum(min_over_time(commandcenter_runs{state=~"pending|running"}[15m])) > 0 ' +
          "unless sum(increase(commandcenter_steps_finished_total[15m])) > 0",
        examples: [
          {
            title: "runs wait and no step ends",
            interval: "1m",
            series: {
              'commandcenter_runs{platform="commandcenter",service="orchestrator",state="pending"}':
                "0x4 3x40",
              'commandcenter_runs{platform="commandcenter",service="orchestrator",state="running"}': "0x44",
              'commandcenter_steps_finished_total{platform="commandcenter",service="orchestrator",step_kind="agent",outcome="succeeded"}':
                "0x44",
              'commandcenter_steps_finished_total{platform="another",service="orchestrator",step_kind="agent",outcome="succeeded"}':
                "0+1x44",
            },
            expect: [
              { at: "15m", firing: [] },
              { at: "30m", firing: [{}] },
            ],
          },
          {
            title: "one long run, whose steps end",
            interval: "1m",
            series: {
              'commandcenter_runs{platform="commandcenter",service="orchestrator",state="running"}': "1x44",
              'commandcenter_steps_finished_total{platform="commandcenter",service="orchestrator",step_kind="agent",outcome="succeeded"}':
                "0+0.1x44",
            },
            expect: [{ at: "40m", firing: [] }],
          },
        ],
      },
      runbook: {
        meaning: "There is work, and not a single step has ended in a quarter of an hour.",
        impact: "No workflow moves. Nothing is lost: runs go on from their last finished step.",
        diagnosis: [
          dependencies,
          {
            do: "See whether somebody paused the starts.",
            command: hubctl("status"),
            good: "starts=running, and a holder of the scheduler's lease",
            bad: "starts=paused: ask who did it and why. No holder: restart the orchestrator",
          },
          {
            do: "See what the running agents do.",
            query: "sum by (agent) (commandcenter_agent_runs_active)",
            good: "0: the scheduler hangs",
            bad: "ten of one kind: that agent hangs",
          },
          podsOf("orchestrator"),
          releasesOf("orchestrator"),
        ],
        mitigation: [
          restart("orchestrator"),
          {
            do: "If one agent hangs, take it out.",
            command: hubctl("agents disable AGENT --for 4h --stop-running"),
          },
          ifRelease,
        ],
        rollback: [
          rollBack("orchestrator"),
          { do: "Bring the agent back.", command: hubctl("agents enable AGENT") },
        ],
      },
    },
    "dag-failures-high": {
      meets: ["CC-2", "CC-5"],
      summary: "More than 10 runs failed in their DAG within 15 minutes: {{ $labels.reason }}",
      description:
        "More than 10 runs could not go on in 15 minutes, all for the reason {{ $labels.reason }}.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "increase",
        metric: "commandcenter_dag_failures_total",
        window: "15m",
        by: ["reason"],
        is: ">",
        value: 10,
      },
      runbook: {
        meaning:
          "cycle, unknown-step, missing-input: a definition that validation should have refused. invalid-output: an agent's JSON. " +
          "step-failed: an agent. timeout: too slow.",
        impact: "Runs of the workflows concerned fail, each time.",
        diagnosis: [
          {
            do: "Find the workflows.",
            command: logs(
              "orchestrator",
              'select(.event == "run-finished" and .outcome == "failed") | {workflow, reason, run_id}',
            ),
            good: "one workflow: its owner changed it",
            bad: "many workflows: an agent, or the release of the orchestrator",
          },
          {
            do: "invalid-output: see which agent, and how.",
            query: "sum by (agent, reason) (increase(commandcenter_agent_outputs_refused_total[1h])) > 0",
            good: "nothing, or single outputs of several agents",
            bad: "one agent: its newest version writes something else",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "Go back to the last good definition of the workflow, agreed with its owner.",
            command: hubctl("workflows restore WORKFLOW --version -1"),
            good: "prints the version that is active now",
          },
          { ...pauseStarts, do: "Many workflows: pause new runs until the cause is found." },
        ],
        rollback: [rollBack("orchestrator"), resumeStarts],
      },
    },
    "approval-waits-long": {
      meets: ["CC-7", "CC-9"],
      summary: "An approval of level {{ $labels.risk_level }} has waited for 4 hours",
      description:
        "A step of risk level {{ $labels.risk_level }} has waited for a person for more than 4 hours; after 24 its run is cancelled.",
      severity: "warning",
      service: "api",
      when: {
        kind: "threshold",
        metric: "commandcenter_approval_oldest_seconds",
        aggregate: "max",
        by: ["risk_level"],
        is: ">",
        value: 14_400,
      },
      for: "5m",
      because: "it says that a person is slow: whoever is about to answer needs no reminder in these minutes",
      runbook: {
        meaning: "Nobody with the right role has decided yet.",
        impact: "The run stands still. A security patch that waits is a hole that stays open.",
        diagnosis: [
          {
            do: "See what waits, and who may decide.",
            command: hubctl("approvals list --pending"),
            good: "one, and its approvers know of it",
            bad: "many of one role: the role has too few people",
          },
          {
            do: "See whether notifications arrive.",
            query:
              'sum by (channel) (increase(commandcenter_approval_notification_duration_seconds_count{outcome="given-up"}[1d]))',
            good: "0",
            bad: "above 0: follow the runbook of ApprovalNotification",
          },
          {
            do: "See whether decisions are refused.",
            query: "sum by (reason) (increase(commandcenter_approvals_refused_total[1d]))",
            good: "0",
            bad: "wrong-role: people try who may not; the role's members are out of date",
          },
        ],
        mitigation: [
          { do: "Remind the approvers.", command: hubctl("approvals remind --older-than 4h") },
          {
            do: "If nobody of the role is there, its owner names a deputy. Never approve with somebody else's account: it is on record.",
          },
        ],
      },
    },
  },
);
