import { readableSeconds } from "../../model/readable.ts";
import { type DrillResult, type Injection, inSeconds } from "./result.ts";

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
  "in production",
  "by itself",
  "verdict",
] as const;

/** One row for each injection, under the names of its columns. */
export function drillRows({ injections, production }: DrillResult): string[][] {
  return [[...columns], ...injections.map((one) => rowOf(one, production))];
}

function rowOf(
  { fault, alerts, recoveredAfter, needsPerson, verdict, why }: Injection,
  production: DrillResult["production"],
): string[] {
  const slowest = (of: (alert: Injection["alerts"][number]) => number | null) =>
    inSeconds(worst(alerts.map(of)));
  return [
    fault,
    alerts.map(({ alert }) => alert).join(", ") || "none",
    slowest((one) => one.detectedAfter),
    slowest((one) => one.notifiedAfter),
    inSeconds(recoveredAfter),
    slowest((one) => one.resolvedAfter),
    slowest(({ alert }) => production.alerts.find((one) => one.alert === alert)?.atMost ?? null),
    needsPerson ? "no" : "yes",
    [verdict, ...why].join(": "),
  ];
}

/** The figures in words, a line each. */
export function drillFigures({ figures, judged, traffic, seconds }: DrillResult): string[] {
  const { injections, passed, falseAlarms } = figures;
  return [
    `${passed} of ${injections} injections passed in ${(seconds / 60).toFixed(1)} minutes`,
    ...judged.map(
      ({ figure, asked, measured, verdict }) => `${figure}: ${measured} (asked for: ${asked}): ${verdict}`,
    ),
    `false alarms: ${falseAlarms}`,
    `traffic beside: ${traffic.accepted} of ${traffic.asked} runs accepted`,
  ];
}

/** The result as a page of Markdown. */
export function drillMarkdown(result: DrillResult): string {
  const { platform, startedAt, machine, replicas, production } = result;
  return [
    "# Drill of faults",
    "",
    `${platform} with ${replicas} ${replicas === 1 ? "orchestrator" : "orchestrators"}, ${startedAt.slice(0, 10)}, ${machine.cores} × ${machine.processor}. Alerts evaluate at a drill's pace. Times of an`,
    "injection are those of its slowest alert: from the fault to the alert in Prometheus and to the message at a receiver, from the end of",
    `the cause to a service that says it is well, and from there to the message that it is over. In production: at most, by the pace of ${production.environment}.`,
    "",
    ...drillFigures(result).map((one) => `- ${one}`),
    "",
    ...markdownTable(drillRows(result)),
    "",
    `## Objectives, at the pace of ${production.environment}`,
    "",
    "Longest time until somebody is woken for an objective, when all was well before: threshold × long window ÷ share of bad events, and what",
    "scraping, evaluating and collecting take. A drill is too short for the smaller shares.",
    "",
    ...markdownTable([
      ["alert", "all are bad", "a tenth", "a hundredth"],
      ...production.objectives.map(({ alert, ...of }) => [
        alert,
        ...[of.all, of.tenth, of.hundredth].map((one) =>
          one === null ? "never" : readableSeconds(Math.round(one)),
        ),
      ]),
    ]),
    "",
  ].join("\n");
}

function markdownTable([header = [], ...rows]: readonly string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)];
}
