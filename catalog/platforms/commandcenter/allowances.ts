import type { AllowanceInput } from "fairlead";

/** Findings of lints that are meant to be so. */
export const allow: AllowanceInput[] = [
  {
    rule: "lint/same-probe",
    at: "services.grafana",
    reason: "Its one health address asks its own database only, and none of its data sources.",
    until: "2027-06-30",
  },
  {
    rule: "lint/same-probe",
    at: "services.otel-collector",
    reason: "Its health extension tells of the collector itself, not of where it exports to.",
    until: "2027-06-30",
  },
];
