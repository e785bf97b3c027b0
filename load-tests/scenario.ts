import type { LoadProfile } from "../model/model.ts";

type Arrivals = LoadProfile["arrivals"];
interface Users {
  timeUnit: string;
  preAllocatedVUs: number;
  maxVUs: number;
}

/** A k6 scenario with an open model: arrivals do not wait for answers. */
export type Scenario =
  | ({ executor: "constant-arrival-rate"; rate: number; duration: string } & Users)
  | ({
      executor: "ramping-arrival-rate";
      startRate: number;
      stages: { target: number; duration: string }[];
    } & Users);

/** The arrivals of a profile as a k6 scenario. k6 counts whole iterations in a unit of time, which is chosen to fit. */
export function scenarioOf(arrivals: Arrivals): Scenario {
  const { timeUnit, inUnit } = unitFor(ratesOf(arrivals));
  // All users are there from the start: k6 drops the iteration during which it would have to make another one.
  const users: Users = { timeUnit, preAllocatedVUs: arrivals.maxUsers, maxVUs: arrivals.maxUsers };
  if (arrivals.kind === "constant") {
    const rate = inUnit(arrivals.perSecond);
    return { executor: "constant-arrival-rate", rate, duration: seconds(arrivals.seconds), ...users };
  }
  return {
    executor: "ramping-arrival-rate",
    startRate: inUnit(arrivals.fromPerSecond),
    stages: arrivals.stages.map((s) => ({ target: inUnit(s.perSecond), duration: seconds(s.seconds) })),
    ...users,
  };
}

/** Iterations that a run of these arrivals starts if none is dropped: the area under the rate. */
export function plannedIterations(arrivals: Arrivals): number {
  if (arrivals.kind === "constant") return arrivals.perSecond * arrivals.seconds;
  let from = arrivals.fromPerSecond;
  let planned = 0;
  for (const stage of arrivals.stages) {
    planned += ((from + stage.perSecond) / 2) * stage.seconds;
    from = stage.perSecond;
  }
  return planned;
}

function ratesOf(arrivals: Arrivals): number[] {
  return arrivals.kind === "constant"
    ? [arrivals.perSecond]
    : [arrivals.fromPerSecond, ...arrivals.stages.map((stage) => stage.perSecond)];
}

const units = [
  { timeUnit: "1s", seconds: 1 },
  { timeUnit: "1m", seconds: 60 },
  { timeUnit: "1h", seconds: 3600 },
];
// A rate that is whole in none of them is rounded to a thousandth of an hourly iteration.
const finest = { timeUnit: "1000h", seconds: 3_600_000 };

function unitFor(rates: number[]): { timeUnit: string; inUnit: (perSecond: number) => number } {
  // Twelve digits: 50/h is 0.01388… a second, which times 3600 is not exactly 50 again.
  const exact = (perSecond: number, per: number) => Number((perSecond * per).toPrecision(12));
  const unit = units.find((u) => rates.every((rate) => Number.isInteger(exact(rate, u.seconds)))) ?? finest;
  return { timeUnit: unit.timeUnit, inUnit: (perSecond) => Math.round(exact(perSecond, unit.seconds)) };
}

function seconds(value: number): string {
  return `${value}s`;
}
