/** What OpenSLO has no field for, by the annotation of an SLO that says it. */
export const ANNOTATIONS = {
  title: "fairlead/title",
  runbook: "runbook_url",
  noTraffic: "fairlead/no-traffic",
  minimumEvents: "fairlead/minimum-events",
} as const;
