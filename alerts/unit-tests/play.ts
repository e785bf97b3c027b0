import { countsMinutes } from "../../model/alerting/error-ratio.ts";
import type { Alert, Slo, Tier } from "../../model/model.ts";
import { absentPlay } from "./absent.ts";
import { burnPlay } from "./burn.ts";
import { eventRatioPlay } from "./event-ratio.ts";
import { budgetForecastPlay, forecastPlay } from "./forecast.ts";
import { gaugeRatioPlay } from "./gauge-ratio.ts";
import { withGroupLabels } from "./group-labels.ts";
import { increasePlay } from "./increase.ts";
import { minutesAbsentPlay, minutesBurnPlay } from "./minutes-play.ts";
import { recordedBurnPlay } from "./recorded-burn.ts";
import type { Play } from "./scene.ts";
import { countsEvents } from "./sli.ts";
import { targetDownPlay } from "./target-down.ts";
import { thresholdPlay } from "./threshold.ts";
import { unrecordedPlay } from "./unrecorded.ts";

/** The scenes that show when an alert fires and when not; free-form alerts bring examples of their own instead. */
export function playOf(alert: Alert, slo: Slo | undefined): Play {
  const { forSeconds } = alert;
  const signal = withGroupLabels(alert.signal);
  switch (signal.kind) {
    case "threshold":
      return thresholdPlay(signal, forSeconds);
    case "gauge-ratio":
      return gaugeRatioPlay(signal, forSeconds);
    case "event-ratio":
      return eventRatioPlay(signal, forSeconds);
    case "increase":
      return increasePlay(signal, forSeconds);
    case "forecast":
      return forecastPlay(signal, forSeconds);
    case "budget-forecast":
      return budgetForecastPlay(signal, forSeconds);
    case "target-down":
      return targetDownPlay(signal, forSeconds);
    case "burn":
      return slo ? burning(slo, signal.tier) : nothing;
    case "absent":
      return slo ? unmeasured(alert, slo) : nothing;
    case "unrecorded":
      return slo ? unrecordedPlay(alert, slo, signal) : nothing;
    case "always":
      return { stepSeconds: 60, scenes: [{ title: "fires always", series: [], steps: 10 }] };
    case "promql":
      return nothing;
  }
}

function burning(slo: Slo, tier: Tier): Play {
  if (countsEvents(slo)) return burnPlay(slo, tier);
  const { sli } = slo;
  return countsMinutes(sli) ? minutesBurnPlay({ ...slo, sli }, tier) : recordedBurnPlay(slo, tier);
}

function unmeasured(alert: Alert, slo: Slo): Play {
  if (countsEvents(slo)) return absentPlay(alert, slo);
  const { sli } = slo;
  return countsMinutes(sli) ? minutesAbsentPlay(alert, { ...slo, sli }) : nothing;
}

const nothing: Play = { stepSeconds: 60, scenes: [] };
