import { inQueries, type Lint } from "./lint.ts";

/** Patterns that let everything through, or nothing. */
export const matchesEverything: Lint = {
  rule: "lint/matches-everything",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part) => {
      const matchers = part.kind === "selector" ? part.matchers : [];
      const idle = matchers.find(({ op, value }) => op.endsWith("~") && /^\(?\.\*\)?$/.test(value));
      if (!idle) return undefined;
      const { label, op, value, from } = idle;
      const what = op === "=~" ? "every series, also those without the label" : "no series at all";
      return {
        message: `${label}${op}"${value}" matches ${what}`,
        fix: `take it out, or write ${label}!="" for series that have the label`,
        from,
      };
    }),
};
