import { defineAlerts } from "fairlead";
import { coordinator, engines } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { logs, nexusctl } from "../runbook-steps.ts";
import { services } from "../services.ts";

const tokensByOutcome = {
  do: "See why tokens are refused, and by which service.",
  query: 'sum by (service, outcome) (rate(nexus_token_verifications_total{outcome!="accepted"}[5m])) > 0',
  good: "expired, a few: clients that forgot to renew",
  bad: "bad-signature: forged, or the key was changed. missing-role: a role was taken away",
};

const refusedClients = {
  do: "See who sends them, in the log of the SERVICE that refuses most.",
  command: logs("SERVICE", 'select(.event == "token-refused") | {time, outcome, client, remote_address}'),
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
      title: `a certificate comes within ${days} days of its end, and is renewed; another lasts, and another platform's has ended`,
      interval: "1h" as const,
      series: {
        // Ends 24 hours after the limit is reached.
        'nexus_certificate_expiry_timestamp_seconds{platform="nexus",service="housekeeper",certificate="gateway"}': `${(days + 1) * 86_400}x25 ${(days + 90) * 86_400}x5`,
        'nexus_certificate_expiry_timestamp_seconds{platform="nexus",service="housekeeper",certificate="jwt-signing-key"}': `${(days + 90) * 86_400}x30`,
        'nexus_certificate_expiry_timestamp_seconds{platform="another",service="housekeeper",certificate="jwt-signing-key"}':
          "0x30",
      },
      expect: [
        { at: "24h" as const, firing: [] },
        { at: "25h" as const, firing: [{ certificate: "gateway" }] },
        { at: "26h" as const, firing: [] },
      ],
    },
  ],
});

/** Alerts of tokens and certificates (NX-9). */
export const accessAlerts = defineAlerts(
  { services, metrics },
  {
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
  },
);
