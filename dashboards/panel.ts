import type {
  DashboardLink,
  Panel as GrafanaPanel,
  GridPos,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Panel } from "../model/model.ts";
import { dataSource } from "./data-source.ts";
import { queriesOf } from "./queries.ts";
import { thresholdsOf } from "./thresholds.ts";
import { grafanaUnits } from "./units.ts";
import { valueTexts } from "./value-texts.ts";
import { visualisation } from "./visualisations.ts";

/** A panel as Grafana stores it, at its place of the grid. */
export function panelOf(panel: Panel, { at, links }: { at: GridPos; links: DashboardLink[] }): GrafanaPanel {
  const builder = visualisation(panel)
    .id(panel.id)
    .title(panel.title)
    .description(panel.description)
    .datasource(dataSource)
    .gridPos(at)
    .targets(queriesOf(panel))
    .unit(grafanaUnits[panel.unit])
    .noValue("no data")
    .thresholds(thresholdsOf(panel.thresholds));
  const texts = valueTexts[panel.unit];
  if (texts) builder.mappings(texts);
  return { ...builder.build(), links };
}
