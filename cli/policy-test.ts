import { testPolicies } from "../delivery/policy-test/test-policies.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { exitCodes } from "./exit-codes.ts";
import { report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";

/** `fairlead policy test`. */
export async function policyTest(options: ReportOptions & { platform?: string[] }): Promise<number> {
  return report("policy-test", options, async () => {
    const project = await loadProject(process.cwd(), {
      ...(options.platform && { platforms: options.platform }),
    });
    const model = restrict(project.model, selectedOf(project, options));
    const { problems, policies, cases, criteria, tried } = await testPolicies(model, project);
    const failed = problems.some(({ severity }) => severity === "error");
    const note = `${failed ? "✖" : "✔"} ${cases} cases of ${policies} policies; ${tried} of ${criteria} criteria decided both ways`;
    return { problems, note, exitCode: failed ? exitCodes.problems : exitCodes.done };
  });
}
