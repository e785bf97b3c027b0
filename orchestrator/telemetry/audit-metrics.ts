import type { Audit } from "../api/ports.ts";
import type { OperationId } from "../security/operations.ts";
import type { Instruments } from "./instruments.ts";

const metric = "nexus_audit_records_total";

/** What Nexus calls the operations whose records are written before they are done. */
const actions: Readonly<Partial<Record<OperationId, string>>> = {
  registerAgent: "register",
  decideApproval: "resolve",
  createWorkflow: "configure",
  changeMode: "configure",
  changeFlag: "configure",
  deleteWorkflow: "delete",
  removeAgent: "delete",
  cancelRun: "delete",
};

/** Counts the records of an audit log, at each service: refused is what was not done because its record could not be written (NX-9). */
export function countAudit(on: readonly Instruments[]): (audit: Audit) => Audit {
  const count = (entries: Parameters<Audit["append"]>[0], isWritten: boolean) => {
    for (const { action: operation, outcome: done } of entries) {
      const action = actions[operation as OperationId];
      if (action === undefined) continue;
      const outcome = isWritten ? "written" : done === "attempted" ? "refused" : "failed";
      for (const one of on) one.add(metric, { action, outcome });
    }
  };
  return (audit) => ({
    ...audit,
    async append(entries) {
      let isWritten = false;
      try {
        await audit.append(entries);
        isWritten = true;
      } finally {
        count(entries, isWritten);
      }
    },
  });
}
