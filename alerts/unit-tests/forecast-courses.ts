// How a value goes to its limit: the courses that a forecast is tried on.
import { POINTS, pointSeconds, secondsAhead } from "../../model/alerting/forecast.ts";
import type { ForecastOf } from "../../model/model.ts";
import { holdSteps } from "./scene.ts";

/** What the course of a value is made from; `span` is how far from its limit it begins. */
export interface Course {
  signal: ForecastOf;
  stepSeconds: number;
  /** In samples: between two points, a whole history, and the wait. */
  point: number;
  history: number;
  hold: number;
  limit: number;
  span: number;
  sign: 1 | -1;
  /** Share of the way between what must be reached first and the limit that `span` is. */
  fromShare?: number;
}

/** The pace of a course: fine enough for the points of the history and for the wait. */
export function courseOf(
  signal: ForecastOf,
  { forSeconds, ...range }: Pick<Course, "limit" | "span" | "sign" | "fromShare"> & { forSeconds: number },
): Course {
  const between = pointSeconds(signal.basedOnSeconds);
  // Two evaluations while it is pending, or half and double of a short wait would be the same.
  const point = forSeconds > 0 ? Math.min(5, Math.max(1, Math.ceil((2 * between) / forSeconds))) : 1;
  const stepSeconds = between / point;
  return {
    signal,
    stepSeconds,
    point,
    history: POINTS * point,
    hold: holdSteps(forSeconds, stepSeconds),
    ...range,
  };
}

/** One course of a value, and what it shows. */
export interface Shown {
  title: string;
  values: number[];
  /** With series beside it that must not count, and a rollout. */
  isMain?: boolean;
}

/** The courses that tell a forecast from what is nearly one. */
export function coursesOf(course: Course): Shown[] {
  return [
    ...(course.signal.withinSeconds === undefined ? coursesOfADay(course) : coursesAhead(course)),
    { title: "stays silent on its way back from the limit", values: wayBack(course) },
  ];
}

const TOO_YOUNG = "stays silent while there is too little history";

function coursesAhead(course: Course): Shown[] {
  const title = `fires when it leads to the limit within ${course.signal.within}, not when it is there`;
  const brief = { title: "stays silent when it goes that way for a moment", values: glimpse(course) };
  const early = "stays silent before it has come far enough, however fast";
  return [
    { title, values: approach(course), isMain: true },
    { title: TOO_YOUNG, values: young(course) },
    ...(course.hold > 0 ? [brief] : []),
    ...(course.fromShare ? [{ title: early, values: tooEarly(course, course.fromShare) }] : []),
  ];
}

function coursesOfADay(course: Course): Shown[] {
  const { point, history, hold, limit, span, sign } = course;
  const begun = flat(limit - sign * span, history);
  const there = [...flat(limit - sign * span * 0.01, 2 * point), ...flat(limit, hold + 2)];
  const ahead = samplesAhead(course);
  const title = "leads to the limit before midnight UTC";
  return [
    {
      title: `fires when it ${title}, until it begins anew`,
      values: [...begun, ...dayFrom(course, { left: ahead - history, share: 1.02 }), ...there, ...begun],
      isMain: true,
    },
    {
      title: `stays silent when it nearly ${title}`,
      values: [...begun, ...dayFrom(course, { left: ahead - history, share: 0.98 })],
    },
    { title: TOO_YOUNG, values: dayFrom(course, { left: ahead, share: 1.02 }) },
  ];
}

/** A line that is `left` samples from its limit at its beginning, and goes on for so many samples. */
function line({ limit, span, sign }: Course, { left, samples }: { left: number; samples: number }): number[] {
  return Array.from({ length: samples }, (_, i) => exactly(limit - sign * span * ((left - i) / left)));
}

const flat = (value: number, samples: number) => Array.from({ length: samples }, () => exactly(value));
const exactly = (value: number) => Number(value.toPrecision(12));

const samplesAhead = ({ signal, stepSeconds }: Course) => Math.round(secondsAhead(signal, 0) / stepSeconds);

// Level before the line begins, so that a longer history would give another line.
function approach(course: Course): number[] {
  const { point, history, hold, limit, span, sign } = course;
  const lead = history + 3 * point;
  const after = Math.min(hold + 4 * point, samplesAhead(course) - 1);
  return [
    ...flat(limit - sign * span, history),
    ...line(course, { left: samplesAhead(course) + lead, samples: lead + after }),
    ...flat(limit - sign * span * 0.01, 2 * point),
    ...flat(limit, hold + 2),
    ...flat(limit + sign * span * 0.05, hold + 3),
    ...flat(limit - sign * span, history + point),
  ];
}

/** Reaches the limit just after its end: in time for the forecast all along, if that looks further ahead than the history is long. */
function young(course: Course): number[] {
  const samples = Math.ceil(course.history * 0.75) + course.hold + 5 * course.point;
  return line(course, { left: samples + Math.max(1, Math.round(samplesAhead(course) / 10)), samples });
}

function glimpse(course: Course): number[] {
  const { point, history, hold, limit, span, sign } = course;
  const ahead = samplesAhead(course);
  const lead = history + 3 * point;
  return [
    ...line(course, { left: ahead + lead, samples: lead + Math.min(hold, ahead - 1) }),
    ...flat(limit - sign * span, hold + 2 * point),
  ];
}

function wayBack({ point, history, hold, limit, span, sign }: Course): number[] {
  const short = flat(limit - sign * span * 0.1, hold + 3 * point);
  return [...flat(limit + sign * span, history), ...short];
}

/** So fast that the limit is near enough in time when half of that way is still to come before anything is said. */
function tooEarly(course: Course, fromShare: number): number[] {
  const { history, point, hold } = course;
  const half = samplesAhead(course) / 2;
  const left = half + history + 3 * point;
  const steep = { ...course, span: (course.span / fromShare) * (left / half) };
  return line(steep, { left, samples: Math.min(Math.ceil(left) - 1, history + hold + 6 * point) });
}

/** A pace that covers a share of the way to the limit by midnight, which is `left` samples away. */
function dayFrom(course: Course, { left, share }: { left: number; share: number }): number[] {
  const { point, history, hold } = course;
  return line(
    { ...course, span: course.span * share, limit: course.limit + course.sign * course.span * (share - 1) },
    { left, samples: history + hold + 3 * point },
  );
}
