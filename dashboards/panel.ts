import {
  type Panel as GrafanaPanel,
  type GridPos,
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Environment, Panel, Platform } from "../model/model.ts";
import { dataSource } from "./data-source.ts";
import { panelLinks } from "./links.ts";
import { queriesOf } from "./queries.ts";
import { grafanaUnits } from "./units.ts";
import { visualisation } from "./visualisations.ts";

/** Where a panel stands: on which platform, in which environment, at which place of the grid. */
interface PanelContext {
  platform: Platform;
  environment: Environment;
  at: GridPos;
}

/** A panel as Grafana stores it. */
export function panelOf(panel: Panel, { platform, environment, at }: PanelContext): GrafanaPanel {
  const builder = visualisation(panel)
    .id(panel.id)
    .title(panel.title)
    .description(panel.description)
    .datasource(dataSource)
    .gridPos(at)
    .targets(queriesOf(panel))
    .unit(grafanaUnits[panel.unit])
    .noValue("no data")
    .thresholds(thresholdsOf(panel));
  if (panel.unit === "on-off") builder.mappings(onOff);
  return { ...builder.build(), links: panelLinks(platform, environment, panel) };
}

const onOff: ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: { "0": { text: "off", index: 0 }, "1": { text: "on", index: 1 } },
  },
];

// Grafana wants the steps in ascending order and the first one without a value.
function thresholdsOf({ thresholds }: Panel): ThresholdsConfigBuilder {
  const steps = [...thresholds].sort((a, b) => a.value - b.value);
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: "green" }, ...steps.map(({ value, color }) => ({ value, color }))]);
}
