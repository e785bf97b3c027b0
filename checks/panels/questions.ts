import type { Dashboard, Model, Origin } from "../../model/model.ts";
import type { CheckInput } from "../check.ts";
import { filesOf, type GeneratedFile } from "../generated-files.ts";

/** What a dashboard asks Prometheus, as Grafana would with every variable at "All". */
export interface Question {
  /** The dashboard's file. */
  file: GeneratedFile;
  /** For a person: `panel "Queue" of "Shop / Orders"`. */
  asker: string;
  /** Where it stands in the catalog; the dashboard itself where nothing more is known. */
  place: Origin;
  /** A query, or the selector and the label of a variable. */
  ask: { promql: string } | { selector: string; label: string };
}

/** The part of Grafana's JSON that is read here. */
interface Json {
  title: string;
  templating: { list: { name: string; type: string; query?: string; allValue?: string }[] };
  panels: { id: number; title: string; targets?: { expr: string }[] }[];
}

const DASHBOARDS = ["fleetDashboards", "dashboards"] as const;

/** Every query and every variable of every dashboard, once for all environments, in which only links differ. */
export function questionsOf({ model, artifacts }: Pick<CheckInput, "model" | "artifacts">): Question[] {
  const asked = new Map<string, Question>();
  for (const file of DASHBOARDS.flatMap((kind) => filesOf(kind, artifacts))) {
    const json = JSON.parse(file.content) as Json;
    const dashboard = dashboardOf(file, model);
    for (const [key, question] of [
      ...panelQuestions(json, file, dashboard),
      ...variableQuestions(json, file, dashboard),
    ]) {
      const whole = `${file.platform}/${file.path.split("/").at(-1)}/${key}`;
      if (!asked.has(whole)) asked.set(whole, question);
    }
  }
  return [...asked.values()];
}

function dashboardOf(file: GeneratedFile, { platforms }: Model): Dashboard | undefined {
  const platform = platforms.find(({ name }) => name === file.platform);
  return platform?.dashboards.find(({ name }) => file.path.endsWith(`/${name}.json`));
}

type Keyed = [key: string, question: Question];

function panelQuestions(json: Json, file: GeneratedFile, dashboard: Dashboard | undefined): Keyed[] {
  return json.panels.flatMap((panel) => {
    const described = dashboard?.rows.flatMap((row) => row.panels).find(({ id }) => id === panel.id);
    return (panel.targets ?? []).map(({ expr }, i): Keyed => {
      // Nobody wrote an overview's queries: what the panel is about is shown.
      const own = described && dashboard?.source === "catalog" ? ["queries", i, "expr"] : [];
      const place = described ? below(described.origin, ...own) : file.origin;
      const asker = `panel "${panel.title}" of "${json.title}"`;
      return [`${panel.id}/${expr}`, { file, asker, place, ask: { promql: filledIn(expr, json) } }];
    });
  });
}

function variableQuestions(json: Json, file: GeneratedFile, dashboard: Dashboard | undefined): Keyed[] {
  return json.templating.list.flatMap(({ name, type, query }): Keyed[] => {
    const [, selector, label] = /^label_values\((.+), *(\w+)\)$/s.exec(query ?? "") ?? [];
    if (type !== "query" || selector === undefined || label === undefined) return [];
    const place = dashboard ? below(dashboard.origin, "variables", name) : file.origin;
    const asker = `variable "${name}" of "${json.title}"`;
    return [
      [`$${name}/${query}`, { file, asker, place, ask: { selector: filledIn(selector, json), label } }],
    ];
  });
}

// A graph of an hour with a point every 15 seconds, scraped every 15 seconds.
const BUILT_IN: Record<string, string> = {
  __rate_interval: "1m",
  __interval: "15s",
  __range: "1h",
  __range_s: "3600",
  __from: "0",
  __to: "0",
};

function filledIn(text: string, { templating }: Json): string {
  const all = new Map(templating.list.map(({ name, allValue }) => [name, allValue]));
  return text.replace(/\$(?:\{(\w+)(?::\w+)?\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? "";
    return BUILT_IN[name] ?? all.get(name) ?? whole;
  });
}

function below(origin: Origin, ...path: (string | number)[]): Origin {
  return { ...origin, path: [...origin.path, ...path] };
}
