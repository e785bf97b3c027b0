import { within } from "../processes.ts";
import type { Told } from "../told.ts";
import type { Fault } from "./fault.ts";
import type { Field } from "./field.ts";
import { type AlertTimes, type Injection, isEnough } from "./result.ts";
import type { Watch } from "./watch.ts";

/** How long is waited for each part of an injection. */
const patienceMs = {
  ...{ told: 60_000, heal: 60_000, recovery: 420_000, resolved: 30_000, leftOver: 15_000 },
  /** As long a fault that nobody must hear of is looked at. */
  silence: 10_000,
};
/** How often is asked; more often, asking would be a load of its own. */
const everyMs = 200;
/** A fault that could not be ended is ended again after that time. */
const healEveryMs = 1_000;

/** What surrounds an injection. */
export interface Surroundings {
  watch: Watch;
  /** Once it aborts nothing more is waited for, and the fault is ended. */
  signal: AbortSignal;
  /** End of what was done before, in milliseconds since 1970: what begins to fire from then on belongs to this injection. */
  since: number;
  /** Alerts that may fire for what was done before. */
  allowed: readonly string[];
}

/**
 * Does a fault to a lab, ends it again whatever happens meanwhile, and compares what came of it with what the fault says. Never throws: what
 * went wrong is told as a reason (`why`).
 */
export async function injectFault(
  fault: Fault,
  field: Field,
  { watch, signal, since, allowed }: Surroundings,
): Promise<Injection> {
  const wait = waiting(signal);
  const about = { fault: fault.name, title: fault.title };
  const reason = await reasonToLeaveOut(fault, { field, watch, wait });
  const at = Date.now();
  if (reason !== undefined) return leftOut(fault, { ...about, at, why: reason });
  const course = await doAndEnd(fault, field, { wait, heard: hearing(watch, at) });
  const { why, told, healedAt, recoveredAt, isWell } = course;
  if (signal.aborted) return leftOut(fault, { ...about, at, why: ["interrupted", ...why].join("; ") });
  const looks = watch.looks(at);
  if (!isEnough(looks.answered, looks.made))
    why.push(`Prometheus answered ${looks.answered} of ${looks.made} questions`);
  const expected = [...fault.fires.map(({ alert }) => alert), ...fault.mayFire, ...allowed];
  const falseAlarms = watch.begun(since).filter((alert) => !expected.includes(alert));
  if (falseAlarms.length > 0) why.push(`false alarms: ${falseAlarms.join(", ")}`);
  return {
    ...{ ...about, at: new Date(at).toISOString(), why },
    alerts: timesOf(fault, { watch, told, at, recoveredAt }),
    ...{ falseAlarms, needsPerson: fault.needsPerson },
    verdict: why.length === 0 ? "passed" : "failed",
    recoveredAfter: isWell ? (recoveredAt - healedAt) / 1_000 : null,
  };
}

/** What came of a fault from its beginning to its end; `why`: what was not as it says. Times are in milliseconds since 1970. */
interface Course {
  why: string[];
  told: readonly Told[];
  healedAt: number;
  recoveredAt: number;
  isWell: boolean;
}

async function doAndEnd(
  fault: Fault,
  field: Field,
  { wait, heard }: { wait: Wait; heard: Hearing },
): Promise<Course> {
  const why: string[] = [];
  try {
    await fault.inject(field);
    if (!(await allTold(fault, { wait, heard }))) why.push("not every alert that must fire was told of");
  } catch (error) {
    why.push(`it could not be done: ${messageOf(error)}`);
  }
  const healedAt = Date.now();
  const notHealed = await heal(fault, field);
  if (notHealed !== undefined) why.push(`it could not be ended: ${notHealed}`);
  const isWell = await wait(patienceMs.recovery, () => fault.isHealthy(field));
  const recoveredAt = Date.now();
  if (!isWell) why.push("it did not become healthy again");
  if (!(await allResolved(fault, { wait, heard }))) why.push("an alert did not end");
  return { why, told: heard.all(), healedAt, recoveredAt, isWell };
}

/** Whether something comes true in that time. A look that fails saw nothing, and the next one may. */
type Wait = (milliseconds: number, isTrue: () => boolean | Promise<boolean>) => Promise<boolean>;

function waiting(signal: AbortSignal): Wait {
  const look = async (isTrue: Parameters<Wait>[1]) => isTrue();
  return (milliseconds, isTrue) =>
    within(milliseconds, () => look(isTrue).catch(() => false), { everyMs, signal });
}

/** What the receivers were told since then, as far as they have answered. */
interface Hearing {
  ask(): Promise<readonly Told[]>;
  all(): readonly Told[];
}

function hearing(watch: Watch, since: number): Hearing {
  let all: readonly Told[] = [];
  return {
    async ask() {
      all = await watch.told(since);
      return all;
    },
    all: () => all,
  };
}

async function reasonToLeaveOut(
  fault: Fault,
  { field, watch, wait }: { field: Field; watch: Watch; wait: Wait },
): Promise<string | undefined> {
  if (field.replicas().length < fault.replicas) return `takes a lab with ${fault.replicas} orchestrators`;
  const left = () => {
    const firing = watch.firing();
    return firing && fault.fires.map(({ alert }) => alert).filter((alert) => firing.includes(alert));
  };
  if (await wait(patienceMs.leftOver, () => left()?.length === 0)) return undefined;
  const still = left();
  return still ? `${still.join(", ")} fires still` : "Prometheus does not answer";
}

function leftOut(
  { needsPerson }: Fault,
  { why, at, ...about }: Pick<Injection, "fault" | "title"> & { at: number; why: string },
): Injection {
  const nothing = { alerts: [], falseAlarms: [], recoveredAfter: null, needsPerson };
  return { ...about, ...nothing, at: new Date(at).toISOString(), verdict: "left out", why: [why] };
}

/** Ends a fault, again if that fails, also once the drill is interrupted; gives what was wrong the last time. */
async function heal(fault: Fault, field: Field): Promise<string | undefined> {
  let wrong: string | undefined;
  const isDone = async () => {
    try {
      await fault.heal(field);
      return true;
    } catch (error) {
      wrong = messageOf(error);
      return false;
    }
  };
  return (await within(patienceMs.heal, isDone, { everyMs: healEveryMs })) ? undefined : wrong;
}

async function allTold({ fires }: Fault, { wait, heard }: { wait: Wait; heard: Hearing }): Promise<boolean> {
  if (fires.length === 0) {
    await wait(patienceMs.silence, () => false);
    return true;
  }
  return wait(patienceMs.told, async () => {
    const told = await heard.ask();
    return fires.every(({ alert }) => told.some((one) => one.alertname === alert && !one.isResolved));
  });
}

/** Whether everybody who was told of an alert that passes has been told that it is over; asks the receivers once at least. */
async function allResolved(
  { fires }: Fault,
  { wait, heard }: { wait: Wait; heard: Hearing },
): Promise<boolean> {
  const passing = fires.filter(({ stays }) => stays === undefined);
  return wait(patienceMs.resolved, async () => {
    const told = await heard.ask();
    return passing.every(({ alert }) => told.findLast((one) => one.alertname === alert)?.isResolved);
  });
}

function timesOf(
  { fires }: Fault,
  { watch, told, at, recoveredAt }: { watch: Watch; told: readonly Told[]; at: number; recoveredAt: number },
): AlertTimes[] {
  const secondsFrom = (from: number, to: number | undefined) =>
    to === undefined ? null : Math.max(0, to - from) / 1_000;
  return fires.map(({ alert, stays }) => {
    const about = told.filter(({ alertname }) => alertname === alert);
    return {
      alert,
      detectedAfter: secondsFrom(at, watch.firedAt(alert, at)),
      notifiedAfter: secondsFrom(at, about.find(({ isResolved }) => !isResolved)?.at),
      resolvedAfter:
        stays === undefined
          ? secondsFrom(recoveredAt, about.findLast(({ isResolved }) => isResolved)?.at)
          : null,
      ...(stays !== undefined && { stays }),
    };
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
