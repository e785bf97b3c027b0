import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hubctl, logs, podsOf } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of what was kept out in time: nothing is broken, somebody should look. */
export const securityAlerts = defineAlerts(
  { services, metrics },
  {
    "attack-like-inputs": {
      meets: ["CC-10"],
      summary: "More than 20 inputs within 10 minutes look like {{ $labels.kind }}",
      description:
        "The API refused more than 20 requests in 10 minutes whose fields look like {{ $labels.kind }}.",
      severity: "warning",
      service: "api",
      when: {
        kind: "increase",
        metric: "commandcenter_inputs_refused_total",
        where: { kind: ["sql-injection", "xss", "path-traversal"] },
        window: "10m",
        by: ["kind"],
        is: ">",
        value: 20,
      },
      cause: "hostile-input",
      runbook: {
        meaning:
          "Somebody probes the API, or a tool sends what looks like it. All of it was refused with 400.",
        impact: "None. What is not recognised is the danger: whoever probes goes on until something gives.",
        diagnosis: [
          {
            do: "See who it is, and what they try.",
            command: logs(
              "api",
              'select(.event == "input-refused" and .kind != "schema") | {route, kind, field, user}',
            ),
            good: "one user and one field: often an editor or a test; ask them",
            bad: "no user, many routes: a scanner from outside",
          },
          {
            do: "See whether the same sender got anywhere: server errors on the same routes.",
            query:
              'sum by (http_route) (increase(http_server_request_duration_seconds_count{http_response_status_code="500"}[30m])) > 0',
            good: "nothing",
            bad: "500 on a route that is probed: treat it as an incident",
          },
          {
            do: "See whether it is a known test.",
            command: hubctl("maintenance list"),
            good: "a security test is announced",
            bad: "none is announced: take it for an attack",
          },
        ],
        mitigation: [
          {
            do: "Block the user or the address for a day.",
            command: hubctl("limits block --user USER --for 1d"),
            good: "prints blocked until; the API answers 403",
          },
          { do: "If a route answers probes with 500, take it out of the ingress until it is mended." },
        ],
        rollback: [{ do: "Lift the block.", command: hubctl("limits unblock --user USER") }],
        escalation: "Tell the security contact if a probe got another answer than 400, 403, 404 or 429.",
      },
    },
    "sandbox-refusals-high": {
      meets: ["CC-11"],
      summary: "{{ $labels.agent }} tries again and again what it may not: {{ $labels.resource }}",
      description:
        "The sandbox kept {{ $labels.agent }} from more than 20 accesses of kind {{ $labels.resource }} in 15 minutes.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "increase",
        metric: "commandcenter_sandbox_refusals_total",
        window: "15m",
        by: ["agent", "resource"],
        is: ">",
        value: 20,
      },
      runbook: {
        meaning: "The agent needs more than it was given, or was talked into something by what it read.",
        impact: "None so far: every access was refused. The agent's results are probably incomplete.",
        diagnosis: [
          {
            do: "See what it tries to reach.",
            command: logs(
              "orchestrator",
              'select(.event == "sandbox-refusal") | {run_id, agent, resource, target}',
            ),
            good: "a package registry or a cache folder: it was given too little",
            bad: "credentials, other runs' folders, unknown hosts: prompt injection or a hostile agent",
          },
          {
            do: "See whether it began with one input or with a version.",
            command: hubctl("agents versions AGENT"),
            bad: "the newest version is as old as the refusals: look at its changes",
          },
          {
            do: "Make sure that nothing got through.",
            query: "sum(increase(commandcenter_sandbox_violations_total[1d]))",
            good: "0",
            bad: "above 0: follow SandboxViolated",
          },
        ],
        mitigation: [
          {
            do: "Hostile: stop the agent, and keep the run.",
            command: hubctl("agents disable AGENT --stop-running"),
          },
          {
            do: "Honest: its owner asks for the access in the agent's manifest, where it is reviewed.",
          },
        ],
        rollback: [{ do: "Bring the agent back.", command: hubctl("agents enable AGENT") }],
      },
    },
    "secret-rotation-due": {
      meets: ["CC-12"],
      summary: "Secret {{ $labels.secret }} was not rotated for 90 days",
      description: "Secrets are rotated every 90 days; {{ $labels.secret }} is older.",
      severity: "warning",
      service: "api",
      when: {
        kind: "threshold",
        metric: "commandcenter_secret_age_seconds",
        aggregate: "max",
        by: ["secret"],
        is: ">",
        // 90 days.
        value: 7_776_000,
      },
      for: "1h",
      because:
        "rotating a secret takes minutes, and the age that is reported follows at the next check, within the hour",
      runbook: {
        meaning: "The monthly rotation failed for this secret, or it is one that a person must rotate.",
        impact: "None yet. The older a secret, the more places may hold a copy.",
        diagnosis: [
          {
            do: "See who owns it, who uses it, and how it is rotated.",
            command: hubctl("secrets show SECRET"),
            good: "rotation=automatic: the job failed, its reason is shown",
            bad: "rotation=by hand: its owner has to do it",
          },
          {
            do: "See what the last rotations did.",
            command: logs("api", 'select(.event == "secret-rotated") | {time, secret, action, by}'),
            bad: "failure, or nothing for longer than the secret may be old",
          },
        ],
        mitigation: [
          {
            do: "Rotate it; both versions work until the services have the new one.",
            command: hubctl("secrets rotate SECRET"),
            good: "prints the new version",
          },
          {
            do: "Restart what uses it, then revoke the old version.",
            command: `kubectl -n $NAMESPACE rollout restart deployment/api deployment/orchestrator && ${hubctl("secrets revoke SECRET --old")}`,
            good: "no 401 in the next ten minutes",
          },
        ],
        rollback: [
          {
            do: "If something still uses the old version, take it back before it is revoked.",
            command: hubctl("secrets restore SECRET --version -1"),
          },
        ],
      },
    },
    "rate-limited-much": {
      meets: ["CC-13"],
      summary: "More than 20 % of the requests are turned away by a limit",
      description: "In the last 15 minutes more than 20 % of the API's requests were answered with 429.",
      severity: "warning",
      service: "api",
      when: {
        kind: "event-ratio",
        part: { metric: "commandcenter_rate_limit_refusals_total" },
        whole: { metric: "http_server_request_duration_seconds" },
        window: "15m",
        is: ">",
        value: "20%",
        minimumEvents: 200,
      },
      runbook: {
        meaning:
          "Somebody sends far more than their limit, or a limit is too low. The API protects itself and says when to come back.",
        impact:
          "Those who are over their limit wait. Others are not affected, unless the limit of an endpoint is reached.",
        diagnosis: [
          {
            do: "See which limit is reached.",
            query: "sum by (limit) (rate(commandcenter_rate_limit_refusals_total[5m]))",
            good: "user-quota or project-quota: one of them",
            bad: "endpoint: everybody on that endpoint is turned away",
          },
          {
            do: "See who is over it.",
            command: hubctl("limits top --since 15m"),
            good: "many callers with a little each: the limit is too low for them",
            bad: "one script that does not heed Retry-After",
          },
          {
            do: "See whether quotas of projects are used up.",
            query: "topk(5, max by (project) (commandcenter_quota_used_ratio))",
            good: "below 1",
            bad: "1: that project has no runs left today",
          },
          podsOf("redis"),
        ],
        mitigation: [
          {
            do: "If the need is real, raise the limit for a while.",
            command: hubctl("limits set --project PROJECT --requests 50/s --for 1d"),
            good: "prints the limit and when it ends; 429s stop",
          },
          { do: "If it is a script, tell its owner: wait as long as Retry-After says." },
        ],
        rollback: [{ do: "Take the raised limit back.", command: hubctl("limits reset --project PROJECT") }],
      },
    },
  },
);
