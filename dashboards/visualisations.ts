// What each type of panel looks like; what all of them share is in panel.ts.
import * as bargauge from "@grafana/grafana-foundation-sdk/bargauge";
import {
  AxisPlacement,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  ReduceDataOptionsBuilder,
  SortOrder,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
} from "@grafana/grafana-foundation-sdk/dashboard";
import * as gauge from "@grafana/grafana-foundation-sdk/gauge";
import * as heatmap from "@grafana/grafana-foundation-sdk/heatmap";
import * as piechart from "@grafana/grafana-foundation-sdk/piechart";
import * as stat from "@grafana/grafana-foundation-sdk/stat";
import * as table from "@grafana/grafana-foundation-sdk/table";
import * as timeseries from "@grafana/grafana-foundation-sdk/timeseries";
import type { Panel } from "../model/model.ts";
import { refId } from "./queries.ts";
import { moreIsBetter, stepsOf } from "./thresholds.ts";
import { grafanaUnits } from "./units.ts";
import { valueTexts } from "./value-texts.ts";

/** The SDK's builder of any type of panel. */
type PanelBuilder =
  | bargauge.PanelBuilder
  | gauge.PanelBuilder
  | heatmap.PanelBuilder
  | piechart.PanelBuilder
  | stat.PanelBuilder
  | table.PanelBuilder
  | timeseries.PanelBuilder;

/** A panel's builder with everything set that its type alone decides. */
export function visualisation(panel: Panel): PanelBuilder {
  return visualisations[panel.type](panel);
}

const visualisations: Record<Panel["type"], (panel: Panel) => PanelBuilder> = {
  timeseries: timeSeries,
  stat: () =>
    new stat.PanelBuilder()
      .graphMode(BigValueGraphMode.None)
      .reduceOptions(lastValue())
      .colorScheme(color(FieldColorModeId.Thresholds)),
  gauge: (panel) =>
    scaled(new gauge.PanelBuilder(), panel)
      .reduceOptions(lastValue())
      .colorScheme(color(FieldColorModeId.Thresholds)),
  "bar-gauge": (panel) =>
    scaled(new bargauge.PanelBuilder(), panel)
      .orientation(VizOrientation.Horizontal)
      .reduceOptions(lastValue())
      .colorScheme(color(FieldColorModeId.Thresholds)),
  table: tableOf,
  pie: () =>
    new piechart.PanelBuilder()
      .pieType(piechart.PieChartType.Donut)
      .reduceOptions(lastValue())
      .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
      .legend(
        new piechart.PieChartLegendOptionsBuilder()
          .showLegend(true)
          .displayMode(LegendDisplayMode.Table)
          .placement(LegendPlacement.Right)
          .values([piechart.PieChartLegendValues.Value, piechart.PieChartLegendValues.Percent]),
      )
      .colorScheme(color(FieldColorModeId.PaletteClassic)),
  heatmap: (panel) =>
    new heatmap.PanelBuilder()
      .calculate(false)
      .showLegend()
      .yAxis(
        new heatmap.YAxisConfigBuilder().axisPlacement(AxisPlacement.Left).unit(grafanaUnits[panel.unit]),
      )
      .cellValues(new heatmap.CellValuesBuilder().unit(grafanaUnits.count)),
};

function timeSeries(panel: Panel): PanelBuilder {
  const builder = new timeseries.PanelBuilder()
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs(["lastNotNull", "max"]),
    )
    .thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(
        panel.thresholds.length > 0 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
      ),
    )
    .colorScheme(color(FieldColorModeId.PaletteClassic));
  if (panel.unit === "on-off") return builder.lineInterpolation(LineInterpolation.StepAfter).min(0).max(1);
  // Soft: a budget that is overdrawn goes below.
  return builder.axisSoftMin(0);
}

// Labels become columns; the value's column is named by its legend, unless that is a template for series.
function tableOf(panel: Panel): PanelBuilder {
  const several = panel.queries.length > 1;
  const columns = panel.queries.flatMap(({ legend }, i) =>
    legend && !legend.includes("{{") ? [[several ? `Value #${refId(i)}` : "Value", legend] as const] : [],
  );
  const renameByName = Object.fromEntries(columns);
  const first = several ? "Value #A" : "Value";
  // The worst first, as far as the colours tell.
  const isGood = moreIsBetter(panel.queries[0]?.thresholds ?? panel.thresholds);
  const builder = new table.PanelBuilder()
    .showHeader(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(renameByName[first] ?? first).desc(!isGood)])
    .colorScheme(color(FieldColorModeId.Thresholds));
  if (several) builder.withTransformation({ id: "merge", options: {} });
  builder.withTransformation({ id: "organize", options: { excludeByName: { Time: true }, renameByName } });
  if (panel.thresholds.length > 0)
    builder.overrideByFieldType("number", [{ id: "custom.cellOptions", value: COLORED_TEXT }]);
  for (const [i, query] of panel.queries.entries()) {
    const name = renameByName[several ? `Value #${refId(i)}` : "Value"];
    const own = columnOf(query);
    if (name !== undefined && own.length > 0) builder.overrideByName(name, own);
  }
  return builder;
}

const COLORED_TEXT = { type: "color-text" };

/** What a column has of its own. */
function columnOf({ unit, thresholds }: Panel["queries"][number]): DynamicConfigValue[] {
  const texts = unit && valueTexts[unit];
  return [
    ...(unit ? [{ id: "unit", value: grafanaUnits[unit] }] : []),
    ...(texts ? [{ id: "mappings", value: texts }] : []),
    ...(thresholds ? [{ id: "thresholds", value: { mode: "absolute", steps: stepsOf(thresholds) } }] : []),
    ...(texts || thresholds ? [{ id: "custom.cellOptions", value: COLORED_TEXT }] : []),
  ];
}

/** A dial or a bar needs an end: for a share it is the whole. */
function scaled<B extends gauge.PanelBuilder | bargauge.PanelBuilder>(builder: B, { unit }: Panel): B {
  builder.min(0);
  if (unit === "percent" || unit === "on-off") builder.max(1);
  return builder;
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(["lastNotNull"]).fields("").values(false);
}

function color(mode: FieldColorModeId): FieldColorBuilder {
  return new FieldColorBuilder().mode(mode);
}
