import { inQueries, type Lint } from "./lint.ts";

/** `absent` of an aggregation, which cannot say what is missing. */
export const absentOfAggregate: Lint = {
  rule: "lint/absent-of-aggregate",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part) => {
      const [of] = part.kind === "call" && /^absent(_over_time)?$/.test(part.name) ? part.args : [];
      const inner = of?.kind === "subquery" ? of.of : of;
      if (inner?.kind !== "aggregate") return undefined;
      const labels =
        inner.by && inner.by.length > 0 ? `, and nothing when one ${inner.by[0]} of several is gone` : "";
      return {
        message: `absent() of ${inner.name}() has no labels that say what is missing${labels}`,
        fix: "ask for the series itself: absent(series{…})",
      };
    }),
};
