import { alerts } from "../alerts/index.ts";
import { metrics } from "../metrics/index.ts";
import { slos } from "../slos/index.ts";

/** What the dashboards may name. */
export const known = { metrics, slos, alerts };
