import { randomUUID } from "node:crypto";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import type { Entry } from "../ledger/entry.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import { readableTime, shortDigest } from "./asking.ts";
import { type Held, hold, isAbandoned, promotionOf, takeOver, underWay } from "./lease.ts";
import { GoesBackError, runSteps, shortened, targetOf } from "./run-steps.ts";
import { type Answer, type Asked, type Outcome, RefusedError, type Site } from "./site.ts";
import { type PromotionState, stateOf, stayNow } from "./state.ts";
import type { Step } from "./step.ts";
import { end, goBack, holdEnvironment, takeBack } from "./take-back.ts";
import { type WayBack, wayBackOf } from "./way-back.ts";

/** What is promoted. */
export interface PromoteRequest {
  /** Digest of the release. */
  release: string;
  /** Looks again and again until it may enter, up to that many seconds; absent: asks once. */
  waitSeconds?: number | undefined;
}

/** How long between two looks of one who waits, in milliseconds. */
const LOOK = 5_000;

/**
 * Brings a release into an environment: asks whether it may enter, does the steps, and takes it back by itself where it fails there. Returns how
 * that ended, once the ledger has it. Throws a RefusedError where it may not enter, which the ledger has too; a ProblemsError of rule
 * `promotion/taken-over` where somebody else went on with it; and what `site.signal` aborts with, which leaves it under way.
 */
export async function promote(request: PromoteRequest, site: Site): Promise<Outcome> {
  const begun = await begin({ release: request.release, rollback: false }, site, request.waitSeconds);
  return carryOut(begun, site);
}

/** Goes on with the promotion that is under way in the environment, forward or back, from where it stands. Throws where its holder is at work. */
export async function resume(site: Site, wanted: { release?: string | undefined } = {}): Promise<Outcome> {
  const { held } = await takeOver(await idUnderWay(site, wanted), site, (promotion) =>
    isAbandoned(promotion, site) ? undefined : underWay(promotion, site),
  );
  return carryOut(held, site);
}

/** Ends the promotion that is under way, and takes back what it has changed: of one's own, or of a holder who is gone. */
export async function abort(site: Site, wanted: { release?: string | undefined } = {}): Promise<Outcome> {
  const { by } = site.holder;
  const { held } = await takeOver(await idUnderWay(site, wanted), site, (promotion) =>
    promotion.holder.by === by || isAbandoned(promotion, site) ? undefined : underWay(promotion, site),
  );
  const way = { outcome: "aborted", because: `ended by ${by}`, holds: false, inconclusive: false } as const;
  return resting(held, async () => {
    const before = wayBackOf(await promotionNow(held, site));
    return before ? goBack(site, held, before) : takeBack(site, held, way);
  });
}

/** What would be done, without doing it: whether it may enter, and the steps. */
export async function preview(asked: Asked, site: Site): Promise<{ answer: Answer; steps: string[] }> {
  return { answer: await site.mayEnter(asked, await site.ledger.read()), steps: namesOf(stepsOf(site)) };
}

/** All that is done for a release that enters. */
function stepsOf({ deployer, canary, afterwards }: Site): Step[] {
  return [...deployer.steps, ...(canary?.steps ?? []), ...afterwards];
}

/** All that is done for a release that is gone back to: it was verified there. */
function stepsOfRollback({ deployer, canary }: Site): Step[] {
  return [...(canary?.isInstant ? [canary.back] : []), ...deployer.steps];
}

const namesOf = (steps: readonly Step[]) => steps.map(({ name }) => name);

/** Has it written that a release begins to enter, if it may by the ledger as it is at that very moment. */
export async function begin(asked: Asked, site: Site, waitSeconds = 0): Promise<Held> {
  const until = site.now().getTime() + waitSeconds * 1000;
  const id = randomUUID();
  let waitsFor = "";
  for (;;) {
    try {
      await site.at?.("begin: to begin");
      const read = await site.ledger.add((now) => beginning(id, { asked, site, read: now }));
      const held = hold(id, site, read);
      await site.at?.("begin: done");
      return held;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const left = until - site.now().getTime();
      // Such a release there will never be.
      if (left <= 0 || error.pending === "release") {
        await recordRefusal(asked, site, error);
        throw error;
      }
      const why = error.problems.map(({ message }) => message).join("; ");
      // Once for each reason: that a time goes on is nothing new to somebody who waits for hours.
      const reasons = why.replace(/\d+/g, "");
      if (reasons !== waitsFor) site.say(`waiting until ${readableTime(new Date(until))}: ${why}`);
      waitsFor = reasons;
      await site.sleep(Math.min(LOOK, left), site.signal);
    }
  }
}

async function beginning(
  id: string,
  { asked, site, read }: { asked: Asked; site: Site; read: ReadLedger },
): Promise<Entry> {
  const { environment, holder, leaseSeconds } = site;
  const state = stateOf(read.records);
  const there = state.environments.get(environment);
  if (there?.underWay !== undefined)
    throw new RefusedError([underWay(promotionOf(state, there.underWay), site)], "holder");
  const answer = await site.mayEnter(asked, read);
  if (!answer.may) throw new RefusedError(problemsOf(answer, asked, site), answer.pending ?? "requirements");
  const from = stayNow(state, environment)?.release;
  return {
    kind: "begun",
    ...{ promotion: id, release: asked.release, environment, way: answer.way, holder, leaseSeconds },
    steps: namesOf(asked.rollback ? stepsOfRollback(site) : stepsOf(site)),
    because: [...(asked.because ? [asked.because] : []), ...answer.because].map(shortened),
    ...(from !== undefined && { from }),
  };
}

function problemsOf({ because }: Answer, { release, rollback }: Asked, { environment, platform }: Site) {
  const rule = rollback ? "promotion/no-way-back" : "promotion/refused";
  const place = `--platform ${platform} --env ${environment}`;
  const fix = `all that is asked: fairlead why-not ${shortDigest(release)} ${place}`;
  return because.map((message): Problem => ({ rule, severity: "error", message, fix }));
}

/** Somebody wanted what may not be: that is part of the account. Waiting for somebody else, or for approvals, is not. */
async function recordRefusal(asked: Asked, site: Site, error: RefusedError): Promise<void> {
  if (error.pending === "holder" || error.pending === "approvals" || error.pending === "release") return;
  const what = asked.rollback ? ("rollback" as const) : ("promotion" as const);
  const reasons = error.problems.map(({ message }) => shortened(message));
  await site.ledger.add(() => ({
    ...{ kind: "refusal", what, reasons },
    ...{ release: asked.release, environment: site.environment },
  }));
}

/** The promotion that is under way. Throws a ProblemsError where there is none, or not of that release. */
export async function idUnderWay(
  { ledger, platform, environment }: Site,
  { release }: { release?: string | undefined } = {},
): Promise<string> {
  const state = stateOf((await ledger.read()).records);
  const id = state.environments.get(environment)?.underWay;
  const promotion = id === undefined ? undefined : state.promotions.get(id);
  if (id !== undefined && (release === undefined || promotion?.release === release)) return id;
  const other = promotion ? `, but of ${promotion.release}` : "";
  throw new ProblemsError([
    {
      rule: "promotion/none-under-way",
      severity: "error",
      message: `no promotion ${release === undefined ? "" : `of ${release} `}is under way in ${environment}${other}`,
      fix: `see what there was: fairlead history --platform ${platform} --env ${environment}`,
    },
  ]);
}

async function promotionNow({ id }: Held, { ledger }: Site): Promise<PromotionState> {
  return promotionOf(stateOf((await ledger.read()).records), id);
}

/** Does what is left of a promotion that this process holds. */
export function carryOut(held: Held, site: Site): Promise<Outcome> {
  return resting(held, async () => {
    const promotion = await promotionNow(held, site);
    const before = wayBackOf(promotion);
    if (before) return goBack(site, held, before);
    const way = await forward(promotion, held, site);
    if (way) return goBack(site, held, way);
    const runs = promotion.release;
    if (promotion.way !== "rollback") return end(site, held, { outcome: "promoted", runs });
    await holdEnvironment(site, held, `rolled back: ${promotion.because[0] ?? "no reason was given"}`);
    return end(site, held, { outcome: "rolled-back", runs });
  });
}

/** Does the steps; says why it must go back, if it must. */
async function forward(
  { release, way }: PromotionState,
  held: Held,
  site: Site,
): Promise<WayBack | undefined> {
  const { platform, environment } = site;
  const isBack = way === "rollback";
  try {
    const target = targetOf(stateOf((await site.ledger.read()).records), { platform, environment, release });
    const steps = isBack ? stepsOfRollback(site) : stepsOf(site);
    await runSteps(steps, { site, held, target, writesAnew: isBack });
    return undefined;
  } catch (error) {
    if (error instanceof GoesBackError) return error.way;
    throw error;
  }
}

async function resting<T>(held: Held, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    held.rest();
  }
}
