import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of the providers' API keys (AH-10). */
export const apiKeyAlerts = defineAlerts(
  { services, metrics },
  {
    "api-key-too-old": {
      meets: ["AH-10"],
      summary: "The API key of {{ $labels.key }} is older than 30 days",
      description: "The API key of {{ $labels.key }} should have been rotated after 30 days.",
      severity: "warning",
      service: "model-gateway",
      // 30 days are our reading of "rotation".
      when: {
        kind: "threshold",
        metric: "agenthive_api_key_age_seconds",
        aggregate: "max",
        by: ["key"],
        is: ">",
        value: 2_592_000,
      },
      runbook: {
        meaning: "Rotation is due every 30 days and was not done, or a gateway still runs with the old key.",
        impact: "None today. The longer a key lives, the more places it may have leaked to.",
        diagnosis: [
          {
            do: "See how old the keys are, in days, and whether all gateways have the same.",
            query: "max by (key, pod) (agenthive_api_key_age_seconds) / 86400",
            good: "the same in all pods",
            bad: "different: restart the gateways, the Secret is new already",
          },
        ],
        mitigation: [
          {
            do: "Make a new key at the provider, and put it into the Secret by the way that your secret store prescribes.",
          },
          {
            do: "Restart the gateways, one after the other.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/model-gateway",
            good: "the key's age falls to hours",
          },
          { do: "Revoke the old key at the provider, once no call uses it any more." },
        ],
        rollback: [
          {
            do: "If calls fail with the new key: the old one still works until it is revoked; put it back and restart.",
          },
        ],
      },
    },
    "api-key-use-unusual": {
      meets: ["AH-10"],
      summary: "The API key of {{ $labels.key }} is used more than 4 times as much as usual",
      description:
        "In the last 15 minutes the API key of {{ $labels.key }} was used more than four times as often as in an average quarter of an hour of the last day.",
      severity: "warning",
      service: "model-gateway",
      when: {
        kind: "promql",
        // A day has 96 quarters of an hour. With fewer than 500 calls a single session can make the difference.
        expr:
          "sum by (key) (increase(agenthive_api_key_requests_total[15m])) > 4 / 96 * sum by (key) (increase(agenthive_api_key_requests_total[1d])) " +
          "and sum by (key) (increase(agenthive_api_key_requests_total[15m])) > 500",
        examples: [
          {
            title:
              "two gateways, two busy days and a quiet one; then use rises to 4.1 times, 3.9 times, and from nothing to 570 and to 450",
            interval: "5m",
            series: {
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="a",key="too-much"}':
                "0+200x576 115250+50x287 129818+218x6 131176+50x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="b",key="too-much"}':
                "0+200x576 115250+50x287 129818+218x6 131176+50x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="a",key="much"}':
                "0+200x576 115250+50x287 129808+208x6 131106+50x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="b",key="much"}':
                "0+200x576 115250+50x287 129808+208x6 131106+50x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="a",key="from-nothing"}':
                "0x864 95+95x6 665x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="b",key="from-nothing"}':
                "0x864 95+95x6 665x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="a",key="a-little"}':
                "0x864 75+75x6 525x60",
              'agenthive_api_key_requests_total{platform="agenthive",service="model-gateway",pod="b",key="a-little"}':
                "0x864 75+75x6 525x60",
            },
            expect: [
              { at: "71h", firing: [] },
              { at: "4349m", firing: [{ key: "too-much" }, { key: "from-nothing" }] },
              { at: "75h", firing: [] },
            ],
          },
        ],
      },
      runbook: {
        meaning: "More agents, a loop that repeats calls, or somebody else who has the key.",
        impact: "Cost rises; the provider's rate limit may be reached.",
        diagnosis: [
          {
            do: "See whether the hive itself makes more calls.",
            query:
              "sum by (gen_ai_provider_name) (rate(gen_ai_client_operation_duration_seconds_count[15m]))",
            good: "risen alike: it is our own load",
            bad: "as usual: count the calls in the provider's console, the key may have leaked",
          },
          {
            do: "See which session makes them.",
            command: hivectl("sessions list --sort calls --top 5"),
            bad: "one has more than half: it repeats itself",
          },
          {
            do: "See whether calls are retried.",
            query: "sum by (gen_ai_provider_name, reason) (rate(agenthive_model_retries_total[15m])) > 0",
            good: "nothing: it is not retries",
            bad: "many: retries make it worse",
          },
        ],
        mitigation: [
          {
            do: "One session repeats itself: pause it.",
            command: hivectl("sessions pause SESSION --checkpoint"),
          },
          {
            do: "The key may have leaked: revoke it at the provider at once; calls fall back to the other one. Then rotate it as ApiKeyTooOld says.",
          },
        ],
        rollback: [{ do: "Let the session go on.", command: hivectl("sessions resume SESSION") }],
        escalation:
          "A leaked key is a security incident: tell the platform lead and the owner of the contract.",
      },
    },
  },
);
