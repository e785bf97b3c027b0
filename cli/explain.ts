import { type Explanation, explain as explainEntry } from "../explain/explain.ts";
import { findEntries } from "../explain/find.ts";
import { loadProject, type Project } from "../model/project.ts";
import { exitCodes } from "./exit-codes.ts";
import { table } from "./table.ts";
import { printData } from "./terminal.ts";

/** `fairlead explain ID`. */
export async function explain(id: string, options: { format: "text" | "json" }): Promise<number> {
  const project = await loadProject(process.cwd());
  const explanations = findEntries(project.model, id).map(explainEntry);
  if (options.format === "json") {
    printData(
      JSON.stringify(
        explanations.map((e) => ({ ...e, defined: place(project, e) })),
        undefined,
        2,
      ),
    );
  } else printData(explanations.map((e) => text(project, e)).join("\n\n"));
  return exitCodes.done;
}

function text(project: Project, explanation: Explanation): string {
  const { id, kind, title, meaning, facts, tables, queries, usedBy } = explanation;
  return [
    `${id} (${kind}): ${title}`,
    "",
    meaning,
    "",
    table(Object.entries(facts).map(([name, value]) => [`${name}:`, value])),
    ...tables.flatMap((t) => ["", t.title, table(t.rows)]),
    ...queries.flatMap((q) => ["", `${q.title}:`, `  ${q.promql}`]),
    "",
    "used by:",
    ...(usedBy.length > 0 ? usedBy.map((use) => `  ${use}`) : ["  nothing"]),
    "",
    `defined in ${place(project, explanation)}`,
  ].join("\n");
}

function place(project: Project, { defined }: Explanation): string {
  const found = project.locate({ platform: defined.platform, path: defined.path });
  return found ? `${found.file}:${found.line}:${found.column} (${defined.label})` : defined.label;
}
