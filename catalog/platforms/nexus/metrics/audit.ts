import { defineMetrics } from "fairlead";
import { engines } from "../label-values.ts";
import { services } from "../services.ts";

/** Technical: the audit log, and who is let in. */
export const auditMetrics = defineMetrics(
  { services },
  {
    nexus_audit_records_total: {
      meets: ["NX-9"],
      type: "counter",
      class: "technical",
      help: "Actions by what became of their audit record: written; refused, so that the action was not done either; failed, though the action was done.",
      services: [...engines, "housekeeper"],
      labels: {
        action: ["register", "assign", "resolve", "learn", "optimise", "configure", "read", "delete"],
        outcome: ["written", "refused", "failed"],
      },
    },
    nexus_token_verifications_total: {
      meets: ["NX-9"],
      type: "counter",
      class: "technical",
      help: "Tokens that came with requests: accepted, or refused and why.",
      services: [...engines],
      labels: {
        outcome: ["accepted", "expired", "bad-signature", "wrong-audience", "missing-role", "malformed"],
      },
    },
  },
);
