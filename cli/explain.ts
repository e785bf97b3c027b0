import { explain as explainEntry } from "../explain/explain.ts";
import type { Explanation, Links } from "../explain/explanation.ts";
import { findEntries } from "../explain/find.ts";
import { loadProject, type Project, restrict, selectedOf } from "../model/project.ts";
import { printable, printableJson } from "../problems/printable.ts";
import { exitCodes } from "./exit-codes.ts";
import { table } from "./table.ts";
import { printData } from "./terminal.ts";

export interface ExplainOptions {
  env?: string[];
  format: "text" | "json";
}

/** `fairlead explain ID`. */
export async function explain(id: string, options: ExplainOptions): Promise<number> {
  const project = await loadProject(process.cwd());
  const { environments } = selectedOf(project, options);
  const model = restrict(project.model, environments ? { environments } : {});
  const explanations = findEntries(model, id).map(explainEntry);
  if (options.format === "json") {
    printData(printableJson(explanations.map((e) => ({ ...e, defined: place(project, e) }))));
  } else printData(explanations.map((e) => text(project, e)).join("\n\n"));
  return exitCodes.done;
}

function text(project: Project, explanation: Explanation): string {
  const { id, kind, title, meaning, facts, tables, queries, pages, usedBy } = explanation;
  const lines = [
    `${id} (${kind}): ${title}`,
    "",
    meaning,
    "",
    ...aligned(Object.entries(facts).map(([name, value]) => [`${name}:`, value])),
    ...toldLines(explanation),
    ...tables.flatMap((t) => ["", t.title, ...aligned(t.rows)]),
    ...queries.flatMap((q) => ["", `${q.title}:`, `  ${q.promql}`, ...linkLine(q.links)]),
    ...pages.flatMap((page) => ["", `${page.title}:`, ...linkLine(page.links)]),
    "",
    "used by:",
    ...(usedBy.length > 0 ? usedBy.map((use) => `  ${use}`) : ["  nothing"]),
    "",
    `defined in ${place(project, explanation)}`,
  ];
  return lines.map(printable).join("\n");
}

function toldLines({ told }: Explanation): string[] {
  const rows = told.flatMap(({ of, who }) =>
    who.flatMap(({ environments, receivers, later = [] }) => [
      [of, environments.join(", "), receivers.join(", ")],
      ...later.map((step) => ["", "", `after ${step.after} without a silence: ${step.receivers.join(", ")}`]),
    ]),
  );
  return rows.length > 0 ? ["", ...aligned([["ALERTS", "ENVIRONMENTS", "TOLD"], ...rows])] : [];
}

/** The link of the environment that a release reaches last: JSON has them all, `--env` chooses another. */
function linkLine(links: Links): string[] {
  const [environment, url] = Object.entries(links).at(-1) ?? [];
  return environment === undefined ? [] : [`  in ${environment}: ${url}`];
}

/** Lines of a table. Escapes are written before widths are counted: they are longer than what they stand for. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  return table(rows.map((row) => row.map(printable))).split("\n");
}

function place(project: Project, { defined }: Explanation): string {
  const found = project.locate({ platform: defined.platform, path: defined.path });
  return found ? `${found.file}:${found.line}:${found.column} (${defined.label})` : defined.label;
}
