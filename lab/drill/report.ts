import type { DrillResult, Injection } from "./result.ts";

const inSeconds = (value: number | null | undefined) => (value == null ? "–" : `${value.toFixed(1)} s`);
const worst = (values: readonly (number | null)[]) =>
  values.reduce((most, value) => (value === null ? most : Math.max(most ?? 0, value)), null);

/** Columns of a table of injections, and their cells. */
const columns = [
  "fault",
  "alerts",
  "detected",
  "notified",
  "recovered",
  "resolved",
  "by itself",
  "verdict",
] as const;

/** One row for each injection, under the names of its columns. */
export function drillRows({ injections }: DrillResult): string[][] {
  return [[...columns], ...injections.map(rowOf)];
}

function rowOf({ fault, alerts, recoveredAfter, needsPerson, verdict, why }: Injection): string[] {
  const slowest = (of: (alert: Injection["alerts"][number]) => number | null) =>
    inSeconds(worst(alerts.map(of)));
  return [
    fault,
    alerts.map(({ alert }) => alert).join(", ") || "none",
    slowest((one) => one.detectedAfter),
    slowest((one) => one.notifiedAfter),
    inSeconds(recoveredAfter),
    slowest((one) => one.resolvedAfter),
    needsPerson ? "no" : "yes",
    [verdict, ...why].join(": "),
  ];
}

/** The figures in words, a line each. */
export function drillFigures({ figures, quiet, traffic, seconds }: DrillResult): string[] {
  const { injections, passed, notifiedAfterP95, resolvedAfterMax, healedWithoutPerson, falseAlarms } =
    figures;
  const share = healedWithoutPerson === null ? "–" : `${(healedWithoutPerson * 100).toFixed(0)} %`;
  return [
    `${passed} of ${injections} injections passed in ${(seconds / 60).toFixed(1)} minutes`,
    `fault to notification, p95: ${inSeconds(notifiedAfterP95)} (asked for: below 5 s)`,
    `recovery to resolution, longest: ${inSeconds(resolvedAfterMax)} (asked for: below 10 s)`,
    `healed without a person: ${share} (asked for: more than 80 %)`,
    `false alarms: ${falseAlarms}`,
    `quiet minutes: ${quiet.minutes.toFixed(1)}, with ${quiet.alerts.length === 0 ? "no alert" : quiet.alerts.join(", ")}`,
    `traffic beside: ${traffic.accepted} of ${traffic.asked} runs accepted`,
  ];
}

/** The result as a page of Markdown. */
export function drillMarkdown(result: DrillResult): string {
  const { platform, startedAt, machine } = result;
  const [header = [], ...rows] = drillRows(result);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    "# Drill of faults",
    "",
    `${platform}, ${startedAt.slice(0, 10)}, ${machine.cores} × ${machine.processor}. Alerts evaluate at a drill's pace. Times of an`,
    "injection are those of its slowest alert: from the fault to the alert in Prometheus and to the message at a receiver, from the end of",
    "the cause to a service that says it is well, and from there to the message that it is over.",
    "",
    ...drillFigures(result).map((one) => `- ${one}`),
    "",
    line(header),
    line(header.map(() => "---")),
    ...rows.map(line),
    "",
  ].join("\n");
}
