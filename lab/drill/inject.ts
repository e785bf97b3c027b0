import { within } from "../processes.ts";
import type { Told } from "../told.ts";
import type { Expected, Fault } from "./fault.ts";
import type { Field } from "./field.ts";
import type { AlertTimes, Injection } from "./result.ts";
import type { Watch } from "./watch.ts";

/** How long is waited for each part of an injection. */
const patienceMs = { told: 60_000, recovery: 420_000, resolved: 30_000, leftOver: 15_000 };
/** As long a fault that nobody must hear of is looked at. */
const silenceMs = 10_000;
/** How often is asked; more often, asking would be a load of its own. */
const everyMs = 200;
const comesTrue = (milliseconds: number, isTrue: () => boolean | Promise<boolean>) =>
  within(milliseconds, isTrue, { everyMs });

/**
 * Does a fault to a lab, ends it again, and compares what came of it with what the fault says. Alerts that outlast faults before it (`lasting`) are
 * no false alarms when they are back after a scrape that was missed.
 */
export async function injectFault(
  fault: Fault,
  field: Field,
  { watch, lasting }: { watch: Watch; lasting: readonly string[] },
): Promise<Injection> {
  const why: string[] = [];
  const reason = await reasonToLeaveOut(fault, field, watch);
  const at = Date.now();
  const about = { fault: fault.name, title: fault.title, at: new Date(at).toISOString() };
  if (reason !== undefined) return leftOut(fault, { ...about, why: reason });
  await fault.inject(field);
  if (!(await allTold(fault, { watch, since: at }))) why.push("not every alert that must fire was told of");
  const healedAt = Date.now();
  await fault.heal(field);
  const isWell = await comesTrue(patienceMs.recovery, () => fault.isHealthy(field));
  const recoveredAt = Date.now();
  if (!isWell) why.push("it did not become healthy again");
  const passing = fault.fires.filter(({ stays }) => stays === undefined);
  if (!(await allResolved(passing, { watch, since: at }))) why.push("an alert did not end");
  const told = await watch.told(at);
  const alerts = fault.fires.map((expected) => timesOf(expected, { watch, told, at, recoveredAt }));
  const allowed = new Set([...fault.fires.map(({ alert }) => alert), ...fault.mayFire, ...lasting]);
  const falseAlarms = watch.begun(at).filter((alert) => !allowed.has(alert));
  if (falseAlarms.length > 0) why.push(`false alarms: ${falseAlarms.join(", ")}`);
  return {
    ...{ ...about, why, alerts, falseAlarms, needsPerson: fault.needsPerson },
    verdict: why.length === 0 ? "passed" : "failed",
    recoveredAfter: isWell ? (recoveredAt - healedAt) / 1_000 : null,
  };
}

async function reasonToLeaveOut(fault: Fault, field: Field, watch: Watch): Promise<string | undefined> {
  if (field.state().replicas < fault.replicas) return `takes a lab with ${fault.replicas} orchestrators`;
  const left = () => {
    const firing = [...watch.firing().values()];
    return fault.fires.map(({ alert }) => alert).filter((alert) => firing.includes(alert));
  };
  if (await comesTrue(patienceMs.leftOver, () => left().length === 0)) return undefined;
  return `${left().join(", ")} fires still`;
}

function leftOut(
  { needsPerson }: Fault,
  { why, ...about }: Pick<Injection, "fault" | "title" | "at"> & { why: string },
): Injection {
  const nothing = { alerts: [], falseAlarms: [], recoveredAfter: null, needsPerson };
  return { ...about, ...nothing, verdict: "left out", why: [why] };
}

async function allTold(
  { fires }: Fault,
  { watch, since }: { watch: Watch; since: number },
): Promise<boolean> {
  if (fires.length === 0) {
    await comesTrue(silenceMs, () => false);
    return true;
  }
  return comesTrue(patienceMs.told, async () => {
    const told = await watch.told(since);
    return fires.every(({ alert }) => told.some((one) => one.alertname === alert && !one.isResolved));
  });
}

async function allResolved(
  passing: readonly Expected[],
  { watch, since }: { watch: Watch; since: number },
): Promise<boolean> {
  return comesTrue(patienceMs.resolved, async () => {
    const told = await watch.told(since);
    return passing.every(({ alert }) => told.findLast((one) => one.alertname === alert)?.isResolved);
  });
}

function timesOf(
  { alert, stays }: Expected,
  { watch, told, at, recoveredAt }: { watch: Watch; told: readonly Told[]; at: number; recoveredAt: number },
): AlertTimes {
  const secondsFrom = (from: number, to: number | undefined) =>
    to === undefined ? null : Math.max(0, to - from) / 1_000;
  const resolved = told.findLast((one) => one.alertname === alert && one.isResolved);
  return {
    alert,
    detectedAfter: secondsFrom(at, watch.firedAt(alert, at)),
    notifiedAfter: secondsFrom(at, told.find((one) => one.alertname === alert && !one.isResolved)?.at),
    resolvedAfter: stays === undefined ? secondsFrom(recoveredAt, resolved?.at) : null,
    ...(stays !== undefined && { stays }),
  };
}
