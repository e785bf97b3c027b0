import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { logs, releasesOf, type Step } from "../runbook-steps.ts";
import { services } from "../services.ts";

const guarded = ["hive-api", "session-manager", "resource-guardian", "spawn-manager", "model-gateway"];

const whoIsRefused: Step = {
  do: "See who is refused, and by whom.",
  query: 'sum by (service, result) (increase(agenthive_permission_checks_total{result!="allowed"}[15m])) > 0',
  good: "expired-token from one place: a client that does not renew",
  bad: "bad-token: another key signs them, or somebody tries. no-permission: a role lacks something, or somebody tries",
};

/** Alerts of tokens and permissions (AH-10). */
export const permissionAlerts = defineAlerts(
  { services, metrics },
  {
    "permission-not-checked": {
      meets: ["AH-10"],
      summary: "A sensitive endpoint answered without checking token and permission",
      description:
        "A request to a sensitive endpoint was answered although nobody looked at its JWT and its permission. This must never happen.",
      severity: "critical",
      service: "hive-api",
      when: {
        kind: "increase",
        metric: "agenthive_permission_checks_total",
        // Every service's endpoints count, not only the API's.
        where: { result: "unchecked", service: guarded },
        window: "15m",
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "Each endpoint that changes something, or shows what agents did, is marked sensitive. One of them answered without a check.",
        impact:
          "Anyone who reaches the endpoint can use it: stop sessions, read code, lower the emergency level.",
        diagnosis: [
          {
            do: "Find the service.",
            query:
              'sum by (service) (increase(agenthive_permission_checks_total{result="unchecked"}[1h])) > 0',
            good: "nothing: it is over",
            bad: "any service: read its log next",
          },
          {
            do: "Find the endpoint and the caller; SERVICE from above.",
            command: `kubectl -n $NAMESPACE logs -l app.kubernetes.io/name=SERVICE --since=1h --tail=-1 | jq -cR 'fromjson? | select(.event == "permission-unchecked") | {time, method, route, client_address, trace_id}'`,
            bad: "an endpoint that the newest release brought: roll it back",
          },
          releasesOf("hive-api"),
        ],
        mitigation: [
          {
            do: "Go back to the release before, at once; SERVICE from above. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
            command: "kubectl -n $NAMESPACE rollout undo deployment/SERVICE",
            good: "rolled back, and the number stays",
          },
          {
            do: "If the API is the one, and the release before has the same fault, take it off the network: sessions go on.",
            command: "kubectl -n $NAMESPACE scale deployment/hive-api --replicas=0",
          },
        ],
        rollback: [
          {
            do: "Bring the API back with the mended release.",
            command: "kubectl -n $NAMESPACE scale deployment/hive-api --replicas=3",
          },
        ],
        escalation: "A security incident: tell the platform lead, and keep the logs of the last day.",
      },
    },
    "token-refusals-high": {
      meets: ["AH-10"],
      summary: "More than 20 % of requests to sensitive endpoints are refused",
      description:
        "In the last 10 minutes more than 20 % of the requests to sensitive endpoints were refused for their token or permission.",
      severity: "warning",
      service: "hive-api",
      when: {
        kind: "event-ratio",
        part: {
          metric: "agenthive_permission_checks_total",
          where: { result: ["no-token", "bad-token", "expired-token", "no-permission"], service: guarded },
        },
        whole: { metric: "agenthive_permission_checks_total", where: { service: guarded } },
        window: "10m",
        is: ">",
        value: "20%",
        minimumEvents: 50,
      },
      runbook: {
        meaning:
          "Tokens that expired, a signing key that was rotated on one side only, or somebody who tries.",
        impact: "Those who are refused cannot work. If services refuse each other, sessions stand still.",
        diagnosis: [
          whoIsRefused,
          {
            do: "See where they come from.",
            command: logs(
              "hive-api",
              'select(.event == "permission-refused") | {time, result, route, client_address, subject}',
            ),
            bad: "one unknown address with many routes: somebody tries",
          },
          {
            do: "See when the signing key changed; the keys alone are shown, not their values.",
            command:
              "kubectl -n $NAMESPACE get secret agenthive-auth -o jsonpath='{.metadata.managedFields[*].time}'",
            good: "older than the trouble: the key did not change",
            bad: "as old as the trouble: restart all services, so that they take the new key",
          },
        ],
        mitigation: [
          {
            do: "The key was rotated: restart the services that refuse, one after the other.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/hive-api deployment/session-manager",
          },
          { do: "Somebody tries from one address: block it at the entry to the cluster." },
        ],
      },
    },
  },
);
