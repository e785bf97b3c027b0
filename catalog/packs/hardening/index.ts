import type { AllowanceInput } from "../../allowance.ts";

/** The last day on which findings are allowed, as "2027-03-31", so that somebody asks again. */
type Until = Pick<AllowanceInput, "until">;
type Finding = Pick<AllowanceInput, "rule" | "reason">;

/**
 * What kube-score and checkov find in every service that Fairlead deploys, and is meant to be so: no limit of CPU, tags in place of digests,
 * secrets in the environment.
 */
export function everyService(until: Until): AllowanceInput[] {
  const noLimitOfCpu =
    "CPU is requested and not limited: at a limit a pod is slowed down while its node idles. Memory is limited.";
  return allowed("*", until, [
    { rule: "kube-score/container-resources", reason: noLimitOfCpu },
    { rule: "checkov/CKV_K8S_11", reason: noLimitOfCpu },
    {
      rule: "checkov/CKV_K8S_43",
      reason:
        "Tags name exact versions; digests are the release's, which admission compares where an environment asks for it.",
    },
    {
      rule: "checkov/CKV_K8S_35",
      reason:
        "The programs read secrets from their environment: the values stand in Secrets alone, and nothing else runs in these pods.",
    },
  ]);
}

/** A service of an official image, whose own user has a low number. */
export function officialImage(service: string, until: Until): AllowanceInput[] {
  const reason =
    "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.";
  return allowed(service, until, [
    { rule: "kube-score/container-security-context-user-group-id", reason },
    { rule: "checkov/CKV_K8S_40", reason },
  ]);
}

/** A service with one pod, since it keeps its data on one volume. */
export function oneVolume(service: string, until: Until): AllowanceInput[] {
  return allowed(service, until, [
    {
      rule: "kube-score/deployment-replicas",
      reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    },
    {
      rule: "kube-score/deployment-strategy",
      reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    },
  ]);
}

/** A store of an official image on one volume, of which both probes ask whether it answers on its port: PostgreSQL, Redis. */
export function officialStore(service: string, until: Until): AllowanceInput[] {
  return [
    ...officialImage(service, until),
    ...oneVolume(service, until),
    ...allowed(service, until, [
      {
        rule: "kube-score/pod-probes-identical",
        reason:
          "Whether it answers on its port is all that both ask; it counts as dead only after more failures.",
      },
    ]),
  ];
}

function allowed(service: string, until: Until, findings: readonly Finding[]): AllowanceInput[] {
  return findings.map((finding) => ({ ...finding, at: `services.${service}`, ...until }));
}
