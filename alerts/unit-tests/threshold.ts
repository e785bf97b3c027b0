import type { Signal } from "../../model/model.ts";
import { beyond, gaugeCourse, holdPace, type Play } from "./scene.ts";
import { instanceLabel, neighbour, strangers } from "./selecting.ts";
import { type Labels, phaseEnds, phases, type Series } from "./series.ts";

type Threshold = Extract<Signal, { kind: "threshold" }>;

/** A gauge that comes close, touches the threshold, passes it too briefly, and then for long enough. */
export function thresholdPlay(signal: Threshold, forSeconds: number): Play {
  const { of, by, is, value } = signal;
  const { stepSeconds, hold } = holdPace(forSeconds);
  // What counts things is never below 0.
  const isAny = value === 0 && is === ">";
  const calm = isAny ? 0 : beyond(signal, -0.5);
  const cool = isAny ? 0 : beyond(signal, -0.01);
  const course = gaugeCourse({ calm, cool, edge: value, hot: beyond(signal, 0.01) }, hold);
  const wanted = phases(...course);
  const gauge = (labels: Labels, values: number[]): Series => ({ name: of.series, labels, values });
  const series = instances(signal, wanted).map(({ labels, values }) =>
    gauge({ ...of.sample, ...labels }, values),
  );
  const other = neighbour([of], by);
  if (other) series.push(gauge({ ...of.sample, ...other }, phases([cool, wanted.length])));
  for (const stranger of strangers(of)) {
    series.push(gauge(stranger.labels, phases([loud(signal, stranger.by), wanted.length])));
  }
  const title = `fires beyond ${value}, not short of it${hold > 0 ? ", not for a moment" : ""}`;
  return { stepSeconds, scenes: [{ title, series, steps: wanted.length, looks: phaseEnds(course) }] };
}

/** Two instances of which only the right aggregation gives what is wanted; one where nothing tells two apart. */
function instances(signal: Threshold, wanted: readonly number[]): { labels: Labels; values: number[] }[] {
  const label = instanceLabel([signal.of], signal.by);
  if (!label) return [{ labels: {}, values: [...wanted] }];
  const pairs = wanted.map((one) => spread(signal, one));
  return [
    { labels: { [label]: "a" }, values: pairs.map(([a]) => a) },
    { labels: { [label]: "b" }, values: pairs.map(([, b]) => b) },
  ];
}

function spread({ aggregate, value }: Threshold, wanted: number): [a: number, b: number] {
  const part = (share: number) => Number((wanted * share).toPrecision(12));
  // At the threshold itself nothing may be rounded.
  const isEdge = wanted === value;
  switch (aggregate) {
    case "max":
      return [wanted, value === 0 && wanted > 0 ? 0 : part(wanted < 0 ? 2 : 0.5)];
    case "min":
      return [wanted, wanted > 0 ? part(2) : wanted + 1];
    case "sum":
      return isEdge ? [wanted, 0] : [part(0.75), part(0.25)];
    case "avg":
      return isEdge ? [wanted, wanted] : [part(1.5), part(0.5)];
  }
}

/** A stranger's value that changes the verdict at once, were the stranger counted. */
function loud({ aggregate, is, value, by }: Threshold, strangeLabel: string): number {
  const far = 100 * (Math.abs(value) || 1);
  const [low, high] = [value > 0 ? 0 : value - far, value + far];
  // With a label that the alert keeps it would be an alert of its own; otherwise it drowns the others.
  if (by.includes(strangeLabel)) return is.startsWith(">") ? high : low;
  return aggregate === "min" ? low : high;
}
