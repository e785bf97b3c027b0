import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Burn-rate tiers that wait for more errors than there can be. */
export const deadTier: Lint = {
  rule: "lint/dead-tier",
  severity: "warning",
  look: ({ platform }) =>
    platform.slos
      .filter((slo) => slo.deadTiers.length > 0)
      .map(({ name, objective, deadTiers, origin }) => ({
        place: at(origin, "objective"),
        message: `at ${Number((objective * 100).toPrecision(12))}% SLO "${name}" never fires in ${deadTiers.map((tier) => tier.name).join(", ")}: ${deadTiers.length > 1 ? "they wait" : "it waits"} for more errors than there can be`,
        fix: "raise the objective, or allow it with the reason why the tiers that are left are enough",
      })),
};
