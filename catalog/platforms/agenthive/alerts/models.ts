import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  hivectl,
  logs,
  modelErrors,
  openBreakers,
  podsOf,
  releasesOf,
  rollBack,
  type Step,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const fallBack: Step = {
  do: "Send all calls to the other provider.",
  command: hivectl("models use openai"),
  good: "prints provider=openai; the queue gets shorter within five minutes",
};
const usualProvider: Step = {
  do: "Go back to the usual provider once it answers.",
  command: hivectl("models use anthropic"),
};

/** Alerts of the models' API (AH-8). */
export const modelAlerts = defineAlerts(
  { services, metrics },
  {
    "task-failed-by-rate-limit": {
      meets: ["AH-8"],
      summary: "A task failed because of a rate limit",
      description:
        "A task failed because a model provider limited calls. Back-off, queue and fall-back models are there so that this never happens.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "increase",
        metric: "agenthive_tasks_finished_total",
        where: { outcome: "failure", reason: "rate-limit" },
        window: "15m",
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "A 429 came through to a task: it was neither retried nor queued, and no other model took over.",
        impact: "That task has failed. While the limit lasts, the next ones may, too.",
        diagnosis: [
          {
            do: "See which provider limits, and how often.",
            query:
              'sum by (gen_ai_provider_name) (rate(gen_ai_client_operation_duration_seconds_count{error_type="429"}[5m]))',
            good: "0: it is over",
            bad: "both: no fall-back is left",
          },
          {
            do: "See whether calls are held back as they should be.",
            query: "max by (gen_ai_provider_name) (agenthive_model_backoff_seconds)",
            good: "above 0 for the provider that limits",
            bad: "0: back-off does not work, a fault of the gateway",
          },
          {
            do: "See whether other models took over.",
            query: "sum by (reason) (increase(agenthive_model_fallbacks_total[15m]))",
            good: "above 0 with reason rate-limit: others took over, and were not enough",
            bad: "0 with reason rate-limit: fall-back is off or has no model",
          },
          {
            do: "Find the task and its call.",
            command: logs(
              "model-gateway",
              'select(.event == "model-call" and .error_type == "429" and .given_up) | {time, task_id, provider, attempts}',
            ),
            bad: "many attempts by one provider: no other was asked",
          },
          releasesOf("model-gateway"),
        ],
        mitigation: [
          fallBack,
          {
            do: "Queue the failed tasks again.",
            command: hivectl("tasks requeue --reason rate-limit --since 1h"),
            good: "prints their number",
          },
        ],
        rollback: [usualProvider, rollBack("model-gateway")],
      },
    },
    "breaker-open": {
      meets: ["AH-8", "AH-7"],
      summary: "Breaker {{ $labels.breaker }} is open",
      description:
        "The breaker {{ $labels.breaker }} has opened: what it protects failed 5 times in a row and is left alone for a while.",
      severity: "critical",
      service: "model-gateway",
      when: {
        kind: "threshold",
        metric: "agenthive_breaker_open",
        // Every service's breakers count, not only the gateway's.
        where: { service: ["model-gateway", "spawn-manager", "session-manager"] },
        aggregate: "max",
        by: ["breaker"],
        is: ">",
        value: 0,
      },
      direct: true,
      runbook: {
        meaning:
          "After 5 failures in a row a breaker opens for 30 seconds, then lets one call through; it closes when that succeeds.",
        impact:
          "model-anthropic, model-openai: calls go to the other provider; with both open, they wait. agent-spawn: no agent starts. " +
          "database: no checkpoint, no rollback.",
        diagnosis: [
          openBreakers,
          { ...modelErrors, do: "model-anthropic, model-openai: see what the providers answer." },
          {
            do: "agent-spawn: see how starts fail.",
            query: "sum by (outcome) (increase(agenthive_spawn_attempts_total[15m]))",
            good: "success alone",
            bad: "timeout or error: follow AgentSpawnFailed",
          },
          {
            do: "database: see who gets no answer.",
            query:
              'sum by (service, error_type) (rate(db_client_operation_duration_seconds_count{error_type!=""}[5m]))',
            good: "nothing: it answers everybody",
            bad: "connection or timeout: follow DatabaseUnreachable",
          },
          {
            do: "Read when and why it opened.",
            command: logs(
              "model-gateway",
              'select(.event == "breaker-changed") | {time, breaker, state, reason}',
            ),
            bad: "it opens again after each trial: the cause is still there",
          },
        ],
        mitigation: [
          { do: "Mend the cause; the breaker then closes by itself within 30 seconds." },
          {
            ...fallBack,
            do: "model-anthropic: it falls back by itself; make it lasting if the provider announces a longer outage.",
          },
        ],
        rollback: [usualProvider],
        escalation:
          "Both providers' breakers open for more than 15 minutes: tell the users; the owner of the contracts calls the providers' support.",
      },
    },
    "model-queue-long": {
      meets: ["AH-8"],
      summary: "More than 400 calls of models wait in one gateway",
      description:
        "More than 400 of 500 places in a gateway's queue are taken: calls of models wait far too long.",
      severity: "warning",
      service: "model-gateway",
      when: {
        kind: "promql",
        expr: "max(sum by (pod) (agenthive_model_calls_queued)) > 400",
        examples: [
          {
            title: "one gateway fills up and drains, the other is idle",
            interval: "1m",
            series: {
              'agenthive_model_calls_queued{platform="agenthive",service="model-gateway",pod="a",priority="low"}':
                "0+20x12 240-20x12",
              'agenthive_model_calls_queued{platform="agenthive",service="model-gateway",pod="a",priority="normal"}':
                "0+20x12 240-20x12",
              'agenthive_model_calls_queued{platform="agenthive",service="model-gateway",pod="b",priority="low"}':
                "90x26",
            },
            expect: [
              { at: "10m", firing: [] },
              { at: "12m", firing: [] },
              { at: "13m", firing: [{}] },
              { at: "22m", firing: [] },
            ],
          },
        ],
      },
      for: "2m",
      because:
        "a burst of planning fills the queue and is gone within a minute; at two the calls in it will time out",
      runbook: {
        meaning: "Calls arrive faster than the providers take them. At 500 the callers wait themselves.",
        impact: "Tasks get slower; those of priority low stand still. None fails.",
        diagnosis: [
          {
            do: "See how long calls wait.",
            query:
              "histogram_quantile(0.95, sum by (priority, le) (rate(agenthive_model_queue_wait_seconds_bucket[5m])))",
            good: "urgent below 5",
            bad: "urgent above 60: sessions stand still",
          },
          modelErrors,
          {
            do: "See whether calls are held back.",
            query: "max by (gen_ai_provider_name) (agenthive_model_backoff_seconds)",
            good: "0 everywhere: calls are slow or many, and nobody holds them back",
            bad: "above 0: the provider limits us",
          },
          podsOf("model-gateway"),
        ],
        mitigation: [
          fallBack,
          { do: "Hold back tasks of priority low.", command: hivectl("tasks hold --priority low") },
        ],
        rollback: [
          usualProvider,
          { do: "Let held tasks go.", command: hivectl("tasks release --priority low") },
        ],
      },
    },
  },
);
