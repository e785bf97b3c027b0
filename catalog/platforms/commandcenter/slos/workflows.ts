import { defineSlos } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  breakers,
  dependencies,
  hubctl,
  ifRelease,
  logs,
  modelErrors,
  pauseStarts,
  podsOf,
  releasesOf,
  restart,
  resumeStarts,
  rollBack,
  runsByState,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

// Runs come by the dozen, not by the thousand: no alert speaks on less than 20 of them in its long window.
const FEWEST_RUNS = 20;

export const workflowSlos = defineSlos(
  { services, metrics },
  {
    "workflow-success": {
      meets: ["CC-3"],
      title: "Workflows succeed",
      description:
        "Of twenty runs at least nineteen succeed; one that a person stopped or refused does not count.",
      service: "orchestrator",
      objective: "95%",
      budgetForecast: { within: "3d", basedOn: "1d" },
      sli: {
        kind: "good-events",
        good: { metric: "commandcenter_runs_finished_total", where: { outcome: "succeeded" } },
        total: { metric: "commandcenter_runs_finished_total", where: { outcome: { not: "cancelled" } } },
      },
      minimumEvents: FEWEST_RUNS,
      runbook: {
        meaning: "Too many runs of workflows fail.",
        impact:
          "What people asked for is not done: patches, reviews and checks are missing, and merges may wait for them.",
        diagnosis: [
          {
            do: "See which workflows fail.",
            query:
              'topk(5, sum by (workflow) (increase(commandcenter_runs_finished_total{outcome="failed"}[1h])))',
            good: "one: tell its owner, it is its own definition",
            bad: "several: something that they share",
          },
          {
            do: "See why their DAGs could not go on.",
            query: "sum by (reason) (increase(commandcenter_dag_failures_total[1h])) > 0",
            good: "nothing: it is over",
            bad: "cycle, unknown-step or missing-input: the definition. invalid-output or step-failed: an agent. timeout: too slow",
          },
          {
            do: "See which agents fail.",
            query:
              'sum by (agent, outcome) (increase(commandcenter_agent_runs_finished_total{outcome!="succeeded"}[1h])) > 0',
            good: "nothing, or a few of each: no agent's own fault",
            bad: "one agent stands out: read its log on stderr with hubctl runs logs RUN",
          },
          modelErrors,
          breakers,
          releasesOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "If one agent is broken, take it out: its steps are skipped where the workflow allows it.",
            command: hubctl("agents disable AGENT --for 4h"),
            good: "prints disabled until, and runs no longer fail because of it",
          },
          pauseStarts,
          ifRelease,
        ],
        rollback: [
          rollBack("orchestrator"),
          { do: "Bring the agent back.", command: hubctl("agents enable AGENT") },
          resumeStarts,
        ],
      },
    },
    "workflow-start": {
      meets: ["CC-3", "CC-9"],
      title: "Workflows start within 5 s",
      description:
        "Of a hundred runs at least ninety-nine begin with their first step within five seconds of being accepted, ten at once included.",
      service: "orchestrator",
      objective: "99%",
      sli: { kind: "latency", metric: "commandcenter_run_start_duration_seconds", threshold: "5s" },
      minimumEvents: FEWEST_RUNS,
      runbook: {
        meaning: "Runs wait too long before their first step.",
        impact: "People wait in front of a run that does not move. Nothing is lost.",
        diagnosis: [
          runsByState,
          {
            do: "See whether the message of the run waits in NATS.",
            query: "sum by (stream, state) (commandcenter_stream_messages)",
            good: "near 0",
            bad: "runs waiting: nobody takes them. unconfirmed: they are taken and not finished",
          },
          {
            do: "See how long the executor takes to start an agent.",
            query:
              "histogram_quantile(0.95, sum by (le) (rate(commandcenter_agent_start_duration_seconds_bucket[5m])))",
            good: "below 0.5",
            bad: "above 1: CPU or disk of the node",
          },
          dependencies,
          podsOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "If all ten places are taken, run more replicas; each brings places of its own CPU and memory.",
            command: "kubectl -n $NAMESPACE scale deployment/orchestrator --replicas=4",
            good: "pending falls within two minutes",
          },
          restart("orchestrator"),
          ifRelease,
        ],
        rollback: [
          rollBack("orchestrator"),
          {
            do: "The number of replicas goes back to the catalog's with the next deploy; change it there if it is to stay.",
          },
        ],
      },
    },
    "single-agent-workflow": {
      meets: ["CC-3", "CC-9"],
      title: "A workflow with one agent ends within 10 s",
      description: "Of twenty successful runs with a single agent at least nineteen end within ten seconds.",
      service: "orchestrator",
      objective: "95%",
      sli: {
        kind: "latency",
        metric: "commandcenter_run_duration_seconds",
        where: { size: "single-agent", outcome: "succeeded" },
        threshold: "10s",
      },
      minimumEvents: FEWEST_RUNS,
      runbook: {
        meaning: "Short workflows take longer than ten seconds.",
        impact: "Checks in front of a merge hold people up. Nothing fails.",
        diagnosis: [
          {
            do: "Find the slow agent.",
            query:
              "histogram_quantile(0.95, sum by (agent, le) (rate(commandcenter_agent_run_duration_seconds_bucket[15m])))",
            good: "all below 8",
            bad: "one agent: its model, its tools or its input. All agents: go on with the next steps",
          },
          {
            do: "See whether the models are slow.",
            query:
              "histogram_quantile(0.95, sum by (gen_ai_request_model, le) (rate(gen_ai_client_operation_duration_seconds_bucket[15m])))",
            good: "as yesterday at this time",
            bad: "twice as long: the provider; its status page tells more",
          },
          {
            do: "See whether the orchestrator's CPU is used up.",
            query: 'sum by (pod) (rate(process_cpu_seconds_total{service="orchestrator"}[5m]))',
            good: "below the cores that it asks for",
            bad: "above: too many agents for the pod; run more replicas",
          },
          {
            do: "Look at one slow run, span by span.",
            command: logs(
              "orchestrator",
              'select(.event == "run-finished" and .duration_seconds > 10) | {run_id, workflow, duration_seconds, trace_id}',
            ),
            bad: "paste the trace_id into the trace store: the longest span is the bottleneck",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [
          {
            do: "If one model is slow, use the other provider.",
            command: hubctl("providers use openai"),
            good: "prints provider=openai, and new runs are faster",
          },
          {
            do: "If CPU is used up, run more replicas.",
            command: "kubectl -n $NAMESPACE scale deployment/orchestrator --replicas=4",
          },
          ifRelease,
        ],
        rollback: [
          rollBack("orchestrator"),
          { do: "Go back to the usual provider.", command: hubctl("providers use anthropic") },
        ],
      },
    },
  },
);
