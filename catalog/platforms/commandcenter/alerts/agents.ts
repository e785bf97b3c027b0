import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hubctl, ifRelease, logs, modelErrors, releasesOf, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

const takeOut = {
  do: "Take the agent out: its steps are skipped where the workflow allows it, and fail at once where not.",
  command: hubctl("agents disable AGENT --for 4h"),
  good: "prints disabled until",
};
const bringBack = { do: "Bring the agent back.", command: hubctl("agents enable AGENT") };

/** Alerts of agents that work, but not as they should. */
export const agentAlerts = defineAlerts(
  { services, metrics },
  {
    "agent-failures-high": {
      meets: ["CC-2", "CC-6", "CC-7", "CC-8"],
      summary: "More than 20 % of the runs of {{ $labels.agent }} fail",
      description:
        "In the last hour more than 20 % of the runs of agent {{ $labels.agent }} failed, timed out or were killed.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "event-ratio",
        part: {
          metric: "commandcenter_agent_runs_finished_total",
          where: { outcome: ["failed", "timed-out", "killed"] },
        },
        whole: { metric: "commandcenter_agent_runs_finished_total" },
        window: "1h",
        by: ["agent"],
        is: ">",
        value: "20%",
        minimumEvents: 10,
      },
      runbook: {
        meaning: "One kind of agent fails far more often than it should.",
        impact: "Every workflow with a step of this agent fails or skips it.",
        diagnosis: [
          {
            do: "See how it fails.",
            query:
              'sum by (agent, outcome) (increase(commandcenter_agent_runs_finished_total{outcome!="succeeded"}[1h])) > 0',
            good: "nothing: none failed within the hour",
            bad: "timed-out: slow model or tool. killed: memory. failed: its own code or input",
          },
          {
            do: "Read what it says on stderr.",
            command: hubctl("agents logs AGENT --failed --since 1h"),
            bad: "the same error each time",
          },
          modelErrors,
          {
            do: "See whether the sandbox keeps it from something that it needs.",
            query: "sum by (agent, resource) (increase(commandcenter_sandbox_refusals_total[1h])) > 0",
            good: "nothing: it is kept from nothing that it asks for",
            bad: "network or file since its newest version: it was given too little, on purpose or not",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "Go back to the agent's version before.",
            command: hubctl("agents rollback AGENT"),
            good: "prints the version that is active now",
          },
          takeOut,
          ifRelease,
        ],
        rollback: [rollBack("orchestrator"), bringBack],
      },
    },
    "agent-output-unusable": {
      meets: ["CC-5"],
      summary: "{{ $labels.agent }} writes output that no workflow can use",
      description:
        "More than 5 outputs of agent {{ $labels.agent }} in 15 minutes were no JSON, did not fit its schema, or were too large.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "increase",
        metric: "commandcenter_agent_outputs_refused_total",
        window: "15m",
        by: ["agent"],
        is: ">",
        value: 5,
      },
      runbook: {
        meaning: "An agent must write one JSON document to stdout and its log to stderr, and does not.",
        impact: "The step fails although the agent did its work, and is started again: it costs twice.",
        diagnosis: [
          {
            do: "See what is wrong with it.",
            query: "sum by (agent, reason) (increase(commandcenter_agent_outputs_refused_total[1h])) > 0",
            good: "nothing: its outputs are read again",
            bad: "not-json: it logs to stdout. schema: it changed its answer. too-large: more than 1 MiB of findings",
          },
          {
            do: "Look at one of the outputs.",
            command: hubctl("agents output AGENT --refused --last 1 | head -c 2000"),
            good: "one JSON document",
            bad: "text before or after it, or a stack trace",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          { do: "Go back to the agent's version before.", command: hubctl("agents rollback AGENT") },
          takeOut,
        ],
        rollback: [bringBack],
      },
    },
    "review-without-scan": {
      meets: ["CC-8"],
      summary: "Code reviews run without the security scanner's findings",
      description:
        "In the last 6 hours more than 10 % of the code reviews had no findings of the security scanner for their commit.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "event-ratio",
        part: { metric: "commandcenter_reviews_total", where: { scanner_findings: "missing" } },
        whole: { metric: "commandcenter_reviews_total" },
        window: "6h",
        is: ">",
        value: "10%",
        minimumEvents: 10,
      },
      runbook: {
        meaning: "The reviewer ran, and the scanner had not finished, failed, or is not a step before it.",
        impact: "Reviews look complete and say nothing of vulnerabilities. People may merge on them.",
        diagnosis: [
          {
            do: "See whether the scanner works.",
            query:
              'sum by (outcome) (increase(commandcenter_agent_runs_finished_total{agent="security-scanner"}[6h]))',
            good: "nearly all succeeded: the order of steps is wrong somewhere",
            bad: "failed or timed-out: follow AgentFailuresHigh for security-scanner",
          },
          {
            do: "Find the workflows that review without scanning first.",
            command: hubctl("workflows check --rule scan-before-review"),
            good: "none",
            bad: "a list: tell their owners",
          },
          {
            do: "Find the reviews.",
            command: logs(
              "orchestrator",
              'select(.event == "agent-finished" and .agent == "code-reviewer") | {run_id, step, findings}',
            ),
            bad: "reviews of several workflows: a release, and no single definition",
          },
        ],
        mitigation: [
          {
            do: "Scan and review these commits again.",
            command: hubctl("runs repeat --agent code-reviewer --without-scan --since 6h"),
            good: "prints the new runs",
          },
        ],
      },
    },
    "reverted-patches": {
      meets: ["CC-7"],
      summary: "More than 20 % of the patches of kind {{ $labels.kind }} are reverted or fail their tests",
      description:
        "In the last day more than 20 % of the patcher's {{ $labels.kind }} patches failed their tests or were taken back.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "event-ratio",
        part: { metric: "commandcenter_patches_total", where: { outcome: ["tests-failed", "reverted"] } },
        whole: { metric: "commandcenter_patches_total" },
        window: "1d",
        by: ["kind"],
        is: ">",
        value: "20%",
        minimumEvents: 10,
      },
      runbook: {
        meaning: "The patcher's work of this kind is not good enough to be approved without a second look.",
        impact:
          "Approvers spend their time on patches that fail; what was merged and reverted may have reached users.",
        diagnosis: [
          {
            do: "See what became of them.",
            query: "sum by (kind, outcome) (increase(commandcenter_patches_total[1d]))",
            good: "mostly tests-failed: the tests caught them, nothing was merged",
            bad: "reverted: they were merged first; the tests of that project see too little",
          },
          {
            do: "Read some of them.",
            command: hubctl("patches list --kind KIND --outcome reverted,tests-failed --since 1d"),
            bad: "one project or one dependency stands out",
          },
          modelErrors,
        ],
        mitigation: [
          {
            do: "Let the patcher only propose this kind, without a merge after the approval.",
            command: hubctl("agents set patcher --kind KIND --mode propose"),
            good: "prints mode=propose",
          },
          { do: "Tell the approvers what to look for; they are listed by hubctl approvals roles." },
        ],
        rollback: [
          { do: "Allow merges again.", command: hubctl("agents set patcher --kind KIND --mode merge") },
        ],
      },
    },
  },
);
