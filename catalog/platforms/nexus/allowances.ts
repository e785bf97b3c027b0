import type { AllowanceInput } from "fairlead";

/** Findings of lints that are meant to be so. */
export const allow: AllowanceInput[] = [
  {
    rule: "lint/dead-tier",
    at: "slos.learning-accuracy",
    reason:
      "What is learnt is a help and no answer to a user: tickets are enough, and nobody is woken for it.",
    until: "2027-06-30",
  },
  {
    rule: "lint/same-probe",
    at: "services.redis-exporter",
    reason: "Its one address answers for the exporter itself, whether Redis does or not.",
    until: "2027-06-30",
  },
];
