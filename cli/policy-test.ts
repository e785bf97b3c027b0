import { testPolicies } from "../delivery/policy-test/test-policies.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { type ReportFormat, reportProblems } from "../problems/report.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData, printNote, wantsColor } from "./terminal.ts";

/** `fairlead policy test`. */
export async function policyTest(options: { platform?: string[]; format: ReportFormat }): Promise<number> {
  const project = await loadProject(process.cwd(), {
    ...(options.platform && { platforms: options.platform }),
  });
  const model = restrict(project.model, selectedOf(project, options));
  const { problems, policies, cases, criteria, tried } = await testPolicies(model, project);
  if (options.format !== "text" || problems.length > 0)
    printData(reportProblems(problems, options.format, { color: wantsColor(process.stdout) }));
  const failed = problems.some(({ severity }) => severity === "error");
  printNote(
    `${failed ? "✖" : "✔"} ${cases} cases of ${policies} policies; ${tried} of ${criteria} criteria decided both ways`,
  );
  return failed ? exitCodes.problems : exitCodes.done;
}
