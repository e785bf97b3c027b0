import { inQueries, type Lint } from "./lint.ts";

/** Patterns that match one value only, which `=` says more clearly and more cheaply. */
export const plainRegex: Lint = {
  rule: "lint/plain-regex",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part) => {
      const matchers = part.kind === "selector" ? part.matchers : [];
      const plain = matchers.find(({ op, value }) => op.endsWith("~") && /^[\w :/@-]+$/.test(value));
      if (!plain) return undefined;
      const op = plain.op === "=~" ? "=" : "!=";
      const { label, value, from } = plain;
      return {
        message: `${label}${plain.op}"${value}" is a pattern that matches one value`,
        fix: `write ${label}${op}"${value}"`,
        from,
      };
    }),
};
