import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportOpenSlo } from "../interchange/export.ts";
import { ProblemCollector } from "../model/problems.ts";
import { loadProject, restrict, selectedOf } from "../model/project.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

export interface ExportOptions {
  platform?: string[];
  out?: string;
}

/** `fairlead export openslo`: to standard output, or a file for each platform. */
export async function exportFiles(_format: "openslo", { platform, out }: ExportOptions): Promise<number> {
  const project = await loadProject(process.cwd());
  const { platforms } = selectedOf(project, platform ? { platform } : {});
  const model = restrict(project.model, platforms ? { platforms } : {});
  const problems = new ProblemCollector(project.locate);
  const files = model.platforms.map((one) => ({
    name: `${one.name}.yaml`,
    content: exportOpenSlo(one, problems),
  }));
  await printProblems(problems.problems);
  if (out === undefined)
    printData(
      files
        .map(({ content }) => content)
        .join("---\n")
        .trimEnd(),
    );
  else {
    await mkdir(out, { recursive: true });
    for (const { name, content } of files) await writeFile(join(out, name), content);
    printNote(`${files.map(({ name }) => name).join(", ")} in ${out}`);
  }
  return exitCodes.done;
}
