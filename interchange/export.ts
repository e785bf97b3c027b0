import { stringify } from "yaml";
import type { Platform, Slo, Tier } from "../model/model.ts";
import { at, type ProblemCollector } from "../model/problems.ts";
import { ANNOTATIONS } from "./openslo-annotations.ts";
import { indicatorOf, objectiveOf } from "./openslo-indicator.ts";
import { LONGEST, type OpenObject, openObject } from "./openslo-objects.ts";

/**
 * The SLOs of a platform with its services, alert policies and receivers, as one OpenSLO v1 file of several documents. What OpenSLO
 * cannot say is reported; an SLO that it cannot say at all is left out.
 */
export function exportOpenSlo(platform: Platform, problems: ProblemCollector): string {
  const exported = platform.slos.filter((slo) => canSay(slo, problems));
  const used = new Set(exported.map(({ service }) => service));
  const services = platform.services.filter(({ name }) => used.has(name));
  const objects = [
    ...services.map(({ name, title, description }) =>
      openObject("Service", { name, title }, { description: shortened(description) }),
    ),
    ...alerting(platform, exported),
    ...exported.map(sloObject),
  ];
  // Plain styles only, and no line folded: what is long stays as it was written.
  return objects
    .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n");
}

function canSay({ sli, by, origin, name, description }: Slo, problems: ProblemCollector): boolean {
  const why =
    by.length > 0
      ? `keeps ${by.join(", ")} apart, each with a budget of its own`
      : sli.kind === "composite"
        ? "is made of other SLOs"
        : sli.kind === "native-latency"
          ? "counts part of a native histogram, which no counter has"
          : undefined;
  if (why !== undefined) {
    problems.add(
      "interchange/not-exported",
      { ...at(origin), key: true },
      `"${name}" is left out: it ${why}`,
      {
        severity: "warning",
        fix: "describe it in the other tool by hand",
      },
    );
  } else if (description.length > LONGEST.description) {
    problems.add(
      "interchange/shortened",
      at(origin, "description"),
      `the description of "${name}" is cut: OpenSLO has ${LONGEST.description} characters`,
      {
        severity: "warning",
        fix: "write a shorter one",
      },
    );
  }
  return why === undefined;
}

function sloObject(slo: Slo): OpenObject {
  const { name, title, description, service, period } = slo;
  const annotations = {
    ...(title.length > LONGEST.displayName && { [ANNOTATIONS.title]: title }),
    ...(slo.minimumEvents > 0 &&
      slo.sli.kind !== "gauge" &&
      slo.sli.kind !== "freshness" && { [ANNOTATIONS.minimumEvents]: String(slo.minimumEvents) }),
    ...(slo.noTraffic === "unknown" && { [ANNOTATIONS.noTraffic]: slo.noTraffic }),
  };
  return openObject(
    "SLO",
    { name, title, annotations },
    {
      description: shortened(description),
      service,
      indicator: { metadata: { name }, spec: indicatorOf(slo.sli) },
      timeWindow: [timeWindowOf(period)],
      budgetingMethod: "Occurrences",
      objectives: [{ ...objectiveOf(slo.sli), target: slo.objective }],
      alertPolicies: slo.tiers.map((tier) => policyName(slo, tier)),
    },
  );
}

// Any first day of a year is also the first of a quarter and of a month.
const CALENDAR = { startTime: "2026-01-01T00:00:00Z", timeZone: "UTC" };
const CALENDAR_DURATION: Record<string, string> = { "calendar-month": "1M", "calendar-quarter": "1Q" };

function timeWindowOf(period: string) {
  const duration = CALENDAR_DURATION[period];
  return duration === undefined
    ? { duration: period, isRolling: true }
    : { duration, isRolling: false, calendar: CALENDAR };
}

const policyName = ({ period }: Slo, { name }: Tier) => `${name}-${period}`;

/** A policy for each tier of each period that is used, and the receivers that it tells. */
function alerting({ routing, environments }: Platform, slos: readonly Slo[]): OpenObject[] {
  const policies = new Map(
    slos.flatMap((slo) =>
      slo.tiers.map((tier) => [policyName(slo, tier), { tier, period: slo.period }] as const),
    ),
  );
  const sorted = [...policies].sort(([a], [b]) => (a < b ? -1 : 1));
  const told = [...new Set(sorted.flatMap(([, { tier }]) => routing.routes[tier.severity]))].sort();
  const kinds = environments.at(-1)?.receivers ?? {};
  return [
    ...told.map((name) =>
      openObject("AlertNotificationTarget", { name }, { target: kinds[name]?.kind ?? "webhook" }),
    ),
    ...sorted.map(([name, { tier, period }]) => {
      const description = `Burns ${Number((tier.share * 100).toPrecision(3))}% of a budget of ${period} within ${tier.long}, and still does in the last ${tier.short}.`;
      const condition = {
        kind: "burnrate",
        op: "gt",
        threshold: tier.factor,
        lookbackWindow: tier.long,
        alertAfter: tier.short,
      };
      const severity = tier.severity === "critical" ? "page" : "ticket";
      return openObject(
        "AlertPolicy",
        { name },
        {
          description,
          alertWhenBreaching: true,
          alertWhenResolved: true,
          alertWhenNoData: true,
          conditions: [
            { kind: "AlertCondition", metadata: { name }, spec: { description, severity, condition } },
          ],
          notificationTargets: routing.routes[tier.severity].map((targetRef) => ({ targetRef })),
        },
      );
    }),
  ];
}

function shortened(text: string): string {
  return text.length <= LONGEST.description ? text : `${text.slice(0, LONGEST.description - 1)}…`;
}
