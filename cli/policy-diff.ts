import { comparePolicies, formatPolicyChanges, modelAt, policyProblems } from "../diff/index.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { exitCodes } from "./exit-codes.ts";
import { type Found, report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";

export interface PolicyDiffOptions extends ReportOptions {
  platform?: string[];
  /** Roles that have agreed. */
  approvedBy?: string[];
}

/** `fairlead policy diff BASE`. Approval is pending while a role that has to agree is not named. */
export async function policyDiff(base: string, options: PolicyDiffOptions): Promise<number> {
  return report("policy-diff", options, async (): Promise<Found> => {
    const { root, model, locate } = await loadProject(process.cwd());
    const { title, model: before } = await modelAt(base, root);
    // A platform can be named that is on one side alone.
    const platformNames = [...model.platforms, ...before.platforms].map(({ name }) => name);
    const selected = selectedOf({ platformNames, environments: [] }, options);
    const after = restrict(model, selected);
    const found = comparePolicies(restrict(before, selected), after);
    const agreed = options.approvedBy ?? [];
    const missing = found.approvals.flatMap(({ roles }) => roles.filter((role) => !agreed.includes(role)));
    const shown = (format: "text" | "json" | "markdown") => () => formatPolicyChanges(found, format, title);
    return {
      problems: policyProblems(found, { model: after, base: title, agreed, locate }),
      own: { text: shown("text"), json: shown("json"), markdown: shown("markdown") },
      ...(missing.length > 0 && { note: `Not agreed to yet by ${[...new Set(missing)].join(", ")}.` }),
      exitCode: missing.length === 0 ? exitCodes.done : exitCodes.approvalPending,
    };
  });
}
