import type { Slo } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import { inspectPromql } from "../../model/promql/inspect.ts";
import type { Lint } from "./lint.ts";
import type { Subject } from "./subject.ts";

// What people, dashboards and other tools may ask of every SLO, whether or not something here does; the number of events is what a
// composite, or a reader, tells by whether a ratio means anything.
const FOR_EVERYBODY =
  /^slo:(info|objective:ratio|error_budget:ratio|current_burn_rate:ratio|period_error_budget_remaining:ratio|sli_total:increase.*)$/;

/** Recorded series that no alert, rule, panel, runbook or gate reads. */
export const unreadRecord: Lint = {
  rule: "lint/unread-record",
  severity: "warning",
  look(subject) {
    const read = everythingRead(subject);
    return subject.platform.slos.flatMap((slo) => {
      const unread = slo.recordingRules.filter(
        ({ record }) => !FOR_EVERYBODY.test(record) && !read(record, slo),
      );
      if (unread.length === 0) return [];
      const names = unread.map(({ record }) => record).join(", ");
      return [
        {
          place: { ...at(slo.origin), key: true },
          message: `nothing reads ${names} of SLO "${slo.name}"`,
          fix: "show it in a panel, or change what makes it be recorded",
        },
      ];
    });
  },
};

/** Whether something reads a recorded series of an SLO. */
function everythingRead({ platform, queries }: Subject): (record: string, slo: Slo) => boolean {
  const exprs = [
    ...platform.alerts.map(({ expr }) => expr),
    ...platform.slos.flatMap(({ recordingRules }) => recordingRules.map(({ expr }) => expr)),
    ...queries.map(({ text }) => text),
    ...platform.gates.flatMap(({ policy }) =>
      policy.objectives.flatMap(({ indicator }) => (indicator.kind === "slo" ? [indicator.query] : [])),
    ),
  ].filter((expr) => expr.includes("slo:"));
  const read = new Set(
    [...new Set(exprs)].flatMap((expr) =>
      inspectPromql(expr).selectors.map(({ name, matchers }) => {
        const own = matchers.find(({ label, op }) => label === "slo" && op === "=");
        return `${name} ${own?.value ?? "*"}`;
      }),
    ),
  );
  return (record, slo) => read.has(`${record} ${slo.name}`) || read.has(`${record} *`);
}
