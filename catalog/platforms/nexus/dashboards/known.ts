import { alerts } from "../alerts/index.ts";
import { metrics } from "../metrics/index.ts";
import { slos } from "../slos/index.ts";

/** What the dashboards may name. */
export const known = { metrics, slos, alerts };

/** Colours of a value that must not be below `from`. */
export const redThenGreen = (from: number) => [
  { value: 0, color: "red" as const },
  { value: from, color: "green" as const },
];
