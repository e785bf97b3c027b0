import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from "@grafana/grafana-foundation-sdk/prometheus";
import type { Panel } from "../model/model.ts";
import { dataSource } from "./data-source.ts";

/** The queries of a panel: over the shown time for graphs, at its end for everything that shows one value. */
export function queriesOf(panel: Panel): DataqueryBuilder[] {
  return panel.queries.map(({ expr, legend }, i) => {
    const query = new DataqueryBuilder()
      .refId(refId(i))
      .datasource(dataSource)
      .expr(expr)
      .legendFormat(legend ?? "__auto")
      .editorMode(QueryEditorMode.Code)
      .format(formatOf(panel));
    // A last value found anywhere in the shown time would be shown for hours after the series ended.
    return overTime(panel) ? query.range() : query.instant();
  });
}

/** "A" to "Z", then "AA" to "ZZ". */
export function refId(index: number): string {
  return String.fromCharCode(65 + (index % 26)).repeat(1 + Math.floor(index / 26));
}

function overTime({ type }: Panel): boolean {
  return type === "timeseries" || type === "heatmap";
}

function formatOf({ type }: Panel): PromQueryFormat {
  if (type === "table") return PromQueryFormat.Table;
  return type === "heatmap" ? PromQueryFormat.Heatmap : PromQueryFormat.TimeSeries;
}
