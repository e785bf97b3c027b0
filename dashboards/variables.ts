import type { VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import { VariableRefresh, VariableSort, VariableType } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard } from "../model/model.ts";
import { dataSource, dataSourceVariable } from "./data-source.ts";

/** The choices at the head of a dashboard: the Prometheus, then the values of the catalog's labels, all by default. */
export function variablesOf(platform: string, dashboard: Dashboard): VariableModel[] {
  return [
    dataSourceVariable,
    ...dashboard.variables.map(({ name, title, series, label }) =>
      labelVariable({ name, title, query: `label_values(${series}{platform="${platform}"}, ${label})` }),
    ),
  ];
}

/** A choice of what `query` finds. */
export function labelVariable({
  name,
  title,
  query,
}: Record<"name" | "title" | "query", string>): VariableModel {
  return {
    type: VariableType.Query,
    name,
    label: title,
    datasource: dataSource,
    query,
    definition: query,
    refresh: VariableRefresh.OnTimeRangeChanged,
    sort: VariableSort.NaturalAsc,
    multi: true,
    includeAll: true,
    // Short, and right even for values that came up after the list was read.
    allValue: ".*",
    current: { selected: true, text: ["All"], value: ["$__all"] },
  };
}
