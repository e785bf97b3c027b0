import {
  BytesIEC,
  BytesPerSecondSI,
  Dollars,
  NoUnit,
  OpsPerSecond,
  PercentUnit,
  Seconds,
  Short,
} from "@grafana/grafana-foundation-sdk/units";
import type { Panel } from "../model/model.ts";

/** What Grafana calls the units of the catalog; `suffix:` and `count:` are its own notation for units that it has not. */
export const grafanaUnits: Readonly<Record<Panel["unit"], string>> = {
  count: Short,
  percent: PercentUnit,
  seconds: Seconds,
  bytes: BytesIEC,
  "bytes-per-second": BytesPerSecondSI,
  "per-second": OpsPerSecond,
  "per-hour": "suffix:/h",
  "per-day": "suffix:/d",
  tokens: "count:tokens",
  usd: Dollars,
  cores: "suffix:cores",
  // 0 and 1 are shown as words; a sum of several stays a number.
  "on-off": NoUnit,
  "slo-state": NoUnit,
};
