import { defineAlerts } from "fairlead";
import { coordinator, engines } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { ifReleased, logs, nexusctl, pauseOptimizer, resumeOptimizer, sql } from "../runbook-steps.ts";
import { services } from "../services.ts";

const auditing = { service: [...engines, "housekeeper"] };
const byService = {
  do: "Find the service and the kind of action.",
  query:
    'sum by (service, action, outcome) (increase(nexus_audit_records_total{outcome!="written"}[1h])) > 0',
  good: "one service: its pod",
  bad: "all services: PostgreSQL, or the table of the audit log",
};
const auditTable = {
  do: "See whether the audit log takes records.",
  command: sql(
    "SELECT count(*), max(recorded_at) FROM audit.records WHERE recorded_at > now() - interval '5 minutes'",
  ),
  good: "a number above 0, and a time of seconds ago",
  bad: "0, or an error: it is locked, full, or the role lost its right to write",
};
const tokensByOutcome = {
  do: "See why tokens are refused, and by which service.",
  query: 'sum by (service, outcome) (rate(nexus_token_verifications_total{outcome!="accepted"}[5m])) > 0',
  good: "expired, a few: clients that forgot to renew",
  bad: "bad-signature: forged, or the key was changed. missing-role: a role was taken away",
};
const refusedClients = {
  do: "See who sends them.",
  command: logs(coordinator, 'select(.event == "token-refused") | {time, outcome, client, remote_address}'),
  good: "one known client",
  bad: "unknown clients, many addresses",
};
const signingKey = {
  do: "See whether the services' key is the identity provider's.",
  command: nexusctl(coordinator, "auth key --compare"),
  good: "prints equal: the tokens are wrong, not the key",
  bad: "prints different: the key was changed there and not here",
};
const certificateDays = {
  do: "See how many days are left.",
  query: "(min by (certificate) (nexus_certificate_expiry_timestamp_seconds) - time()) / 86400",
  good: "above 30: it was renewed",
  bad: "falls towards 0",
};
const renew = {
  do: "Renew it. gateway and backup-storage: by the issuer that the cluster has. jwt-signing-key: at the identity provider, then the Secret nexus-auth.",
  command: "kubectl -n $NAMESPACE get secrets && kubectl get certificates --all-namespaces",
  good: "the certificate's Secret is minutes old",
};

const expiring = (days: number) => ({
  kind: "promql" as const,
  expr: `min by (certificate) (nexus_certificate_expiry_timestamp_seconds) - time() < ${days * 86_400}`,
  examples: [
    {
      title: `a certificate comes within ${days} days of its end, and is renewed; another one lasts`,
      interval: "1h" as const,
      series: {
        // Ends 24 hours after the limit is reached.
        'nexus_certificate_expiry_timestamp_seconds{platform="nexus",service="housekeeper",certificate="gateway"}': `${(days + 1) * 86_400}x25 ${(days + 90) * 86_400}x5`,
        'nexus_certificate_expiry_timestamp_seconds{platform="nexus",service="housekeeper",certificate="jwt-signing-key"}': `${(days + 90) * 86_400}x30`,
      },
      expect: [
        { at: "24h" as const, firing: [] },
        { at: "25h" as const, firing: [{ certificate: "gateway" }] },
        { at: "26h" as const, firing: [] },
      ],
    },
  ],
});

/** Alerts of the audit log, of access and of certificates (NX-9). */
export const securityAlerts = defineAlerts(
  { services, metrics },
  {
    "action-not-audited": {
      meets: ["NX-9"],
      summary: "An action of kind {{ $labels.action }} has no audit record",
      description:
        "Every action is audited. At least one of kind {{ $labels.action }} was done and its record could not be written. This must never happen.",
      severity: "critical",
      service: coordinator,
      when: {
        kind: "increase",
        metric: "nexus_audit_records_total",
        // Every service's actions count, not only the coordinator's.
        where: { outcome: "failed", ...auditing },
        window: "15m",
        by: ["action"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      cause: "audit",
      runbook: {
        meaning: "Something was done, and the record of it is missing. The trail has a hole.",
        impact: "Nobody can later show what was done. Users notice nothing, which is why it must not wait.",
        diagnosis: [
          byService,
          auditTable,
          {
            do: "Read what was done without a record.",
            command: logs(
              coordinator,
              'select(.event == "audit-failed") | {time, action, subject, actor, reason}',
            ),
            good: "nothing here: ask the log of the service that the first step named",
          },
        ],
        mitigation: [
          pauseOptimizer,
          {
            do: "Write the missing records from the services' logs, marked as written late.",
            command: nexusctl("housekeeper", "audit backfill --since 1h"),
            good: "prints 0 missing",
          },
          ifReleased,
        ],
        rollback: [resumeOptimizer],
        escalation:
          "If records cannot be restored, tell whoever answers for audits: the hole itself must be on record.",
      },
    },
    "audit-records-refused": {
      meets: ["NX-9"],
      summary: "More than 1 % of the {{ $labels.action }} actions are refused for want of an audit record",
      description:
        "In the last 15 minutes more than 1 % of the actions of kind {{ $labels.action }} were not done, because their audit record was refused.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "event-ratio",
        part: { metric: "nexus_audit_records_total", where: { outcome: "refused", ...auditing } },
        whole: { metric: "nexus_audit_records_total", where: auditing },
        window: "15m",
        by: ["action"],
        is: ">",
        value: "1%",
        minimumEvents: 100,
      },
      cause: "audit",
      runbook: {
        meaning:
          "The audit log turns records away: it is slow or down, or the records are not in the form that it wants.",
        impact:
          "The services do what they should and refuse these actions. No trail is lost, but users fail.",
        diagnosis: [byService, auditTable],
        mitigation: [
          { do: "If PostgreSQL is down or full, follow PostgresDown or DatabaseFullSoon." },
          { do: "If it began with a release of one service, roll that release back by its runbook." },
        ],
      },
    },
    "tokens-refused": {
      meets: ["NX-9"],
      summary: "More than 10 % of the tokens are refused",
      description:
        "In the last 10 minutes more than 10 % of the tokens that came with requests were refused.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "event-ratio",
        part: {
          metric: "nexus_token_verifications_total",
          where: { outcome: { not: "accepted" }, service: [...engines] },
        },
        whole: { metric: "nexus_token_verifications_total", where: { service: [...engines] } },
        window: "10m",
        is: ">",
        value: "10%",
        minimumEvents: 200,
      },
      cause: "tokens",
      runbook: {
        meaning: "Clients come with tokens that have ended, are meant for others, or lack the role.",
        impact: "These clients are locked out.",
        diagnosis: [tokensByOutcome, refusedClients, signingKey],
        mitigation: [
          {
            do: "expired: ask the clients' owner to renew them; look at the identity provider if all clients have it.",
          },
          {
            do: "different keys: put the new public key into the Secret nexus-auth, then restart the three services.",
            command:
              "kubectl -n $NAMESPACE rollout restart deployment/multi-agent-coordinator deployment/adaptive-learning-engine deployment/production-optimizer",
            good: "refusals end within two minutes",
          },
        ],
        rollback: [{ do: "Put the old public key back into the Secret nexus-auth, and restart again." }],
      },
    },
    "tokens-forged": {
      meets: ["NX-9"],
      summary: "More than 100 tokens with a wrong signature in 10 minutes",
      description: "Somebody sends tokens that the identity provider did not sign, or its key has changed.",
      severity: "critical",
      service: coordinator,
      when: {
        kind: "increase",
        metric: "nexus_token_verifications_total",
        where: { outcome: "bad-signature", service: [...engines] },
        window: "10m",
        is: ">",
        value: 100,
      },
      cause: "tokens",
      runbook: {
        meaning: "An attack, or a signing key that was changed without the services.",
        impact: "None of these requests gets in. If the key was changed, everybody is locked out.",
        diagnosis: [
          signingKey,
          tokensByOutcome,
          refusedClients,
          {
            do: "See whether others still get in.",
            query: 'sum(rate(nexus_token_verifications_total{outcome="accepted"}[5m]))',
            good: "as usual: an attack, or one broken client",
            bad: "near 0: the key was changed",
          },
        ],
        mitigation: [
          {
            do: "An attack: shut the address out at the gateway.",
            command: nexusctl(coordinator, "clients block --address ADDRESS --for 1h"),
            good: "prints blocked",
          },
          { do: "A changed key: follow TokensRefused." },
        ],
        rollback: [
          {
            do: "Let the address in again.",
            command: nexusctl(coordinator, "clients unblock --address ADDRESS"),
          },
        ],
        escalation: "An attack: tell whoever answers for security, with the addresses and the time.",
      },
    },
    "certificate-expires-soon": {
      meets: ["NX-9"],
      summary: "Certificate {{ $labels.certificate }} ends within 14 days",
      description:
        "Certificate {{ $labels.certificate }} should have renewed itself 30 days before its end, and did not.",
      severity: "warning",
      service: "housekeeper",
      when: expiring(14),
      cause: "certificate",
      runbook: {
        meaning: "Its renewal fails, or is done by hand and was forgotten.",
        impact: "None yet.",
        diagnosis: [certificateDays],
        mitigation: [renew],
      },
    },
    "certificate-expiring": {
      meets: ["NX-9"],
      summary: "Certificate {{ $labels.certificate }} ends within 3 days",
      description: "When certificate {{ $labels.certificate }} ends, connections that need it fail at once.",
      severity: "critical",
      service: "housekeeper",
      when: expiring(3),
      cause: "certificate",
      runbook: {
        meaning: "Nobody renewed it since the warning eleven days ago.",
        impact: "gateway: nobody gets in. backup-storage: no backup. jwt-signing-key: no token is accepted.",
        diagnosis: [certificateDays],
        mitigation: [renew],
        rollback: [
          { do: "A renewed certificate that clients do not trust: put the old one back while it lasts." },
        ],
      },
    },
    "retention-overdue": {
      meets: ["NX-9"],
      summary: "Records of {{ $labels.store }} have outlived their retention",
      description:
        "For two days, records of {{ $labels.store }} that should be gone have still been there (audit 90 days, experiences 365, backups 35).",
      severity: "warning",
      service: "housekeeper",
      when: {
        kind: "threshold",
        metric: "nexus_retention_overdue_records",
        aggregate: "max",
        by: ["store"],
        is: ">",
        value: 0,
      },
      for: "2d",
      runbook: {
        meaning: "The daily clean-up fails, does not run, or a hold keeps records.",
        impact: "Data is kept longer than was promised.",
        diagnosis: [
          {
            do: "See how many, and of what.",
            query: "max by (store) (nexus_retention_overdue_records)",
            good: "0: it is over",
            bad: "it grows every day",
          },
          {
            do: "See whether somebody holds them on purpose.",
            command: nexusctl("housekeeper", "retention holds"),
            good: "a hold with a name, a reason and an end: it is meant",
            bad: "empty: the clean-up fails",
          },
          {
            do: "Read why.",
            command: logs(
              "housekeeper",
              'select(.event == "chore-finished" and .chore == "retention") | {time, outcome, reason}',
            ),
          },
        ],
        mitigation: [
          {
            do: "Run it now.",
            command: nexusctl("housekeeper", "run retention"),
            good: "prints success and the number of records removed",
          },
        ],
        rollback: [{ do: "What was removed is gone, as promised; nothing to take back." }],
      },
    },
  },
);
