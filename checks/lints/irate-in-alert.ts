import { inQueries, type Lint } from "./lint.ts";

/** Alerts and SLOs on the last two samples only. */
export const irateInAlert: Lint = {
  rule: "lint/irate-in-alert",
  severity: "warning",
  look: (subject) =>
    inQueries(subject, (part, { use }) => {
      if (use !== "alert" || part.kind !== "call" || (part.name !== "irate" && part.name !== "idelta"))
        return undefined;
      return {
        message: `${part.name}() looks at two samples only: one dip resets the alert's wait`,
        fix: `use ${part.name === "irate" ? "rate" : "delta"}() over a window of some minutes`,
      };
    }),
};
