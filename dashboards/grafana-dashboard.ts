import {
  type AnnotationQuery,
  DashboardCursorSync,
  type DashboardLink,
  defaultDashboard,
  defaultRowPanel,
  type Dashboard as GrafanaDashboard,
  type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dashboard, Panel } from "../model/model.ts";
import { placeRows } from "./layout.ts";
import { panelOf } from "./panel.ts";

/** What a dashboard has around its rows. */
interface Frame {
  title: string;
  tags: string[];
  links: DashboardLink[];
  variables: VariableModel[];
  annotations: AnnotationQuery[];
  linksOf: (panel: Panel) => DashboardLink[];
}

/** A dashboard as Grafana stores it. */
export function grafanaDashboard(
  dashboard: Pick<Dashboard, "uid" | "description" | "rows">,
  frame: Frame,
): GrafanaDashboard {
  const { title, tags, links, variables, annotations, linksOf } = frame;
  return {
    uid: dashboard.uid,
    title,
    ...defaultDashboard(),
    description: dashboard.description,
    tags,
    editable: false,
    graphTooltip: DashboardCursorSync.Crosshair,
    time: { from: "now-6h", to: "now" },
    refresh: "30s",
    links,
    templating: { list: variables },
    annotations: { list: annotations },
    panels: placeRows(dashboard.rows).flatMap((row) => [
      { ...defaultRowPanel(), type: "row", title: row.title, id: row.id, gridPos: row.at },
      ...row.panels.map(({ panel, at }) => panelOf(panel, { at, links: linksOf(panel) })),
    ]),
  };
}
