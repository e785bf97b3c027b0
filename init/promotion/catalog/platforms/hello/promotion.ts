import type { PromotionInput } from "fairlead";

/** How a release comes into production, and what is asked of it on the way. */
export const promotion: PromotionInput = {
  // What was released, approved and promoted, on the Git server that all share.
  ledger: { kind: "git" },
  environments: {
    local: {},
    prod: {
      after: "local",
      soak: "1h",
      gates: ["release"],
      // So many people of a role, none of them who asks for it. Who has which role stands in approvers.json.
      approvals: { security: 1 },
      prerequisites: ["previous-rollout-complete"],
      freezes: {
        "end-of-year": {
          reason: "Few people are there.",
          begins: "2026-12-20T00:00:00",
          timeZone: "UTC",
          lasts: "P16D",
          repeats: "FREQ=YEARLY",
        },
      },
      hotfix: { approvals: { security: 1 } },
      override: { role: "production-authority", longest: "4h" },
    },
  },
};
