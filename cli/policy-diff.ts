import { comparePolicies, type DiffFormat, formatPolicyChanges, modelAt } from "../diff/index.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData, printNote } from "./terminal.ts";

export interface PolicyDiffOptions {
  platform?: string[];
  /** Roles that have agreed. */
  approvedBy?: string[];
  format: DiffFormat;
}

/** `fairlead policy diff BASE`. Approval is pending while a role that has to agree is not named. */
export async function policyDiff(base: string, options: PolicyDiffOptions): Promise<number> {
  const { root, model } = await loadProject(process.cwd());
  const { title, model: before } = await modelAt(base, root);
  // A platform can be named that is on one side alone.
  const platformNames = [...model.platforms, ...before.platforms].map(({ name }) => name);
  const selected = selectedOf({ platformNames, environments: [] }, options);
  const found = comparePolicies(restrict(before, selected), restrict(model, selected));
  printData(formatPolicyChanges(found, options.format, title));
  const agreed = options.approvedBy ?? [];
  const missing = found.approvals.flatMap(({ roles }) => roles.filter((role) => !agreed.includes(role)));
  if (missing.length === 0) return exitCodes.done;
  printNote(`Not agreed to yet by ${[...new Set(missing)].join(", ")}.`);
  return exitCodes.approvalPending;
}
