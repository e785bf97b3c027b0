import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import {
  installTools,
  progressLine,
  type ToolName,
  toolNames,
  tools as toolPins,
  toolReport,
} from "../tools/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { table } from "./table.ts";
import { printData, printNote } from "./terminal.ts";

/** `fairlead tools [install] [names…]`. */
export async function tools(
  action: string | undefined,
  names: string[],
  options: { format: "text" | "json" },
): Promise<number> {
  const unknown = [
    ...unknownChoices("action", action === undefined ? [] : [action], ["install"]),
    ...unknownChoices("tool", names, toolNames),
  ];
  if (unknown.length > 0) throw new UsageError(unknown);
  if (action === "install") {
    await installTools(
      names.length > 0 ? (names as ToolName[]) : toolNames.filter((name) => !toolPins[name].optional),
      {
        onProgress: (progress) => printNote(progressLine(progress)),
      },
    );
  }
  const report = await toolReport();
  if (options.format === "json") printData(JSON.stringify(report, undefined, 2));
  else {
    const rows = report.tools.map((t) => [
      t.name,
      t.version ?? "-",
      t.where,
      t.sha256?.slice(0, 12) ?? "-",
      t.neededFor,
    ]);
    printData(table([["TOOL", "VERSION", "FOUND", "SHA-256", "NEEDED FOR"], ...rows]));
    printData(
      table([["PROGRAM", "VERSION"], ...report.programs.map((p) => [p.name, p.version ?? "missing"])]),
    );
    printData(`Terraform providers from the ${report.providers.from}: ${report.providers.reason}`);
    printData(`Cache: ${Math.round(report.cache.bytes / 2 ** 20)} MiB`);
    await printProblems(report.problems);
  }
  return report.tools.some((t) => t.where === "missing" && !toolPins[t.name].optional)
    ? exitCodes.toolMissing
    : exitCodes.done;
}
