// The examples of a custom SLI: what they say of five minutes must hold for every window when their time is stretched alike.
import { secondsOf } from "../../catalog/units.ts";
import { errorSeries, totalSeries } from "../../model/alerting/error-ratio.ts";
import { WINDOW_SECONDS } from "../../model/alerting/tiers.ts";
import type { Alert, Slo, SloExampleSpec } from "../../model/model.ts";
import type { InputSeries } from "./native.ts";
import type { Recorded } from "./scene.ts";

interface ExampleTest {
  name: string;
  stepSeconds: number;
  input_series: InputSeries[];
  recorded: Recorded[];
}

/** Tests of what a custom SLI records: at its alerts those of their windows, at the missing data those of five minutes. */
export function customTests({ alertname, signal }: Alert, slo: Slo | undefined): ExampleTest[] {
  // What a forecast follows is fed to it.
  if (slo?.sli.kind !== "custom" || signal.kind === "budget-forecast") return [];
  const windows = signal.kind === "burn" ? [signal.tier.short, signal.tier.long] : ["5m"];
  const { examples } = slo.sli;
  return windows.flatMap((window) =>
    examples.map((example) => exampleTest(slo, example, { alertname, window })),
  );
}

/** Seconds between evaluations in a file that holds a custom SLI's examples of a window and of longer ones. */
export function customStepSeconds(
  { examples }: { examples: readonly SloExampleSpec[] },
  window: string,
): number {
  return Math.min(...examples.map((example) => secondsOf(example.interval))) * stretch(window);
}

const stretch = (window: string) => (WINDOW_SECONDS.get(window) ?? 300) / 300;

function exampleTest(
  slo: Slo,
  example: SloExampleSpec,
  { alertname, window }: { alertname: string; window: string },
): ExampleTest {
  const interval = secondsOf(example.interval);
  const guarded = slo.recordingRules.some(({ record }) => record === totalSeries(window));
  return {
    name: `${alertname}, what is counted over ${window}: ${example.title}`,
    stepSeconds: interval * stretch(window),
    input_series: Object.entries(example.series).map(([series, values]) => ({ series, values })),
    recorded: example.expect.flatMap(({ at, events, bad, of }): Recorded[] => {
      const noTraffic = slo.noTraffic === "good" ? 0 : undefined;
      const ratio = events > 0 ? bad / events : noTraffic;
      const common = { labels: slo.labels, group: of, at: secondsOf(at) / interval };
      return [
        { ...common, record: errorSeries(window), value: ratio },
        ...(guarded ? [{ ...common, record: totalSeries(window), value: events }] : []),
        ...(window === "5m" ? fiveMinutes(slo, { bad, ratio }).map((one) => ({ ...common, ...one })) : []),
      ];
    }),
  };
}

function fiveMinutes({ budget }: Slo, { bad, ratio }: { bad: number; ratio: number | undefined }) {
  return [
    { record: "slo:sli_bad:increase5m", value: bad },
    { record: "slo:current_burn_rate:ratio", value: ratio === undefined ? undefined : ratio / budget },
  ];
}
