import type { Alert, Slo } from "../../model/model.ts";
import { absentPlay } from "./absent.ts";
import { burnPlay } from "./burn.ts";
import { eventRatioPlay } from "./event-ratio.ts";
import { gaugeRatioPlay } from "./gauge-ratio.ts";
import { increasePlay } from "./increase.ts";
import type { Play } from "./scene.ts";
import { targetDownPlay } from "./target-down.ts";
import { thresholdPlay } from "./threshold.ts";

/** The scenes that show when an alert fires and when not; free-form alerts bring examples of their own instead. */
export function playOf(alert: Alert, slo: Slo | undefined): Play {
  const { signal, forSeconds } = alert;
  switch (signal.kind) {
    case "threshold":
      return thresholdPlay(signal, forSeconds);
    case "gauge-ratio":
      return gaugeRatioPlay(signal, forSeconds);
    case "event-ratio":
      return eventRatioPlay(signal, forSeconds);
    case "increase":
      return increasePlay(signal, forSeconds);
    case "target-down":
      return targetDownPlay(signal, forSeconds);
    case "burn":
      return slo ? burnPlay(slo, signal.tier) : nothing;
    case "absent":
      return slo ? absentPlay(alert, slo) : nothing;
    case "always":
      return { stepSeconds: 60, scenes: [{ title: "fires always", series: [], steps: 10 }] };
    case "promql":
      return nothing;
  }
}

const nothing: Play = { stepSeconds: 60, scenes: [] };
