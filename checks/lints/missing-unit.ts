import type { Panel } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Finding, Lint } from "./lint.ts";
import { type Measure, measureOf } from "./measure.ts";
import type { Subject } from "./subject.ts";

/** Values whose unit is not the one that is said: a panel of seconds in bytes, a metric of bytes without a unit. */
export const missingUnit: Lint = {
  rule: "lint/missing-unit",
  severity: "warning",
  look: (subject) => [...inNames(subject), ...inPanels(subject)],
};

const UNIT_NAMES = /_(seconds|bytes|ratio|celsius|usd|tokens)(?=_total$|$)/;
const NOT_BASE = /_(milliseconds|ms|minutes|hours|days|kilobytes|kb|megabytes|mb|percent|pct|cents)(?=_|$)/;

function inNames({ platform }: Subject): Finding[] {
  return platform.metrics.flatMap(({ name, unit, origin }): Finding[] => {
    const said = UNIT_NAMES.exec(name)?.[1];
    const place = at(origin, "unit");
    if (said && said !== unit)
      return [
        {
          place,
          message: `"${name}" is named after ${said}, and its unit is ${unit}`,
          fix: `write unit: "${said}", or rename it`,
        },
      ];
    const other = NOT_BASE.exec(name)?.[1];
    if (!other) return [];
    const message = `"${name}" is named after ${other}, which is no base unit`;
    return [
      {
        place,
        message,
        fix: "measure in seconds, bytes, ratio or usd and name it so: dashboards convert, and queries need no factors",
      },
    ];
  });
}

function inPanels(subject: Subject): Finding[] {
  return subject.platform.dashboards.flatMap(({ rows }) =>
    rows.flatMap(({ panels }) => panels.flatMap((panel) => inPanel(panel, subject))),
  );
}

function inPanel(panel: Panel, subject: Subject): Finding[] {
  const wrong = panel.queries
    .map((_, i) => measureOf(subject.queryAt(at(panel.origin, "queries", i, "expr"))?.tree, subject))
    .find((measure) => measure && !shows(panel.unit, measure));
  if (!wrong) return [];
  const { unit, perSecond } = wrong;
  const message = `the panel is in ${panel.unit}, and its query gives ${unit}${perSecond ? " per second" : ""}`;
  return [
    {
      place: at(panel.origin, "unit"),
      message,
      fix: "choose the unit that the query has, or change the query",
    },
  ];
}

/** Whether a panel in a unit shows a measure as what it is. */
function shows(unit: Panel["unit"], { unit: of, perSecond = false }: Measure): boolean {
  switch (unit) {
    case "percent":
      // Busy seconds in a second are a share of the time.
      return perSecond ? of === "seconds" : of === "ratio";
    case "cores":
      return of === "seconds" && perSecond;
    case "bytes-per-second":
      return of === "bytes" && perSecond;
    case "per-second":
      return perSecond && of !== "bytes";
    case "per-hour":
    case "per-day":
      return !perSecond;
    case "on-off":
      return of === "count";
    case "count":
      return of === "count" && !perSecond;
    default:
      return of === unit && !perSecond;
  }
}
