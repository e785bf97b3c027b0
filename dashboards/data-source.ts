import type { DataSourceRef, VariableModel } from "@grafana/grafana-foundation-sdk/dashboard";
import { VariableType } from "@grafana/grafana-foundation-sdk/dashboard";

/** The Prometheus that is chosen at the head of the dashboard. */
export const dataSource: DataSourceRef = { type: "prometheus", uid: `\${datasource}` };

/** The choice itself; Grafana's default Prometheus unless another is chosen. */
export const dataSourceVariable: VariableModel = {
  type: VariableType.Datasource,
  name: "datasource",
  label: "Data source",
  query: "prometheus",
  current: { text: "default", value: "default" },
};
