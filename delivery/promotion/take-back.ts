// The way back of a promotion that is under way. Nothing of it asks Prometheus, a gate or a person.
import { ProblemsError } from "../../problems/problem.ts";
import { shortDigest } from "./asking.ts";
import { type Held, promotionOf } from "./lease.ts";
import { runSteps, shortened, targetOf } from "./run-steps.ts";
import type { Outcome, Site } from "./site.ts";
import { type PromotionState, stateOf } from "./state.ts";
import type { Step } from "./step.ts";
import { factsOf, TAKE_BACK, type WayBack } from "./way-back.ts";

/** Says in the ledger that the promotion goes back, and brings back what ran before; only what was changed is undone. */
export async function takeBack(site: Site, held: Held, way: WayBack): Promise<Outcome> {
  await site.at?.(`${TAKE_BACK}: to begin`);
  const told = { kind: "step" as const, promotion: held.id, token: held.token, step: TAKE_BACK };
  await held.add({ ...told, state: "begun", says: shortened(way.because), facts: factsOf(way) });
  await site.at?.(`${TAKE_BACK}: begun`);
  return goBack(site, held, way);
}

/** Goes the way back that the ledger says it is on, to its end. */
export async function goBack(site: Site, held: Held, way: WayBack): Promise<Outcome> {
  site.say(`going back: ${way.because}`);
  const state = stateOf((await site.ledger.read()).records);
  const promotion = promotionOf(state, held.id);
  const { platform, environment } = site;
  const target = targetOf(state, { platform, environment, release: promotion.from });
  const run = { site, held, target, prefix: "back-" as const, writesAnew: true };
  const { traffic, releases } = stepsBack(site, promotion);
  // Traffic that cannot be moved is told in the end: the releases go back all the same.
  const failed = await runSteps(traffic, run).then(() => undefined, bearable);
  await runSteps(releases, run);
  if (failed) throw failed;
  if (way.holds) await holdEnvironment(site, held, `${shortDigest(promotion.release)}: ${way.because}`);
  return end(site, held, { ...way, runs: promotion.from });
}

/** What does not keep the rest from going back. */
function bearable(error: unknown): ProblemsError {
  const isBearable =
    error instanceof ProblemsError && error.problems.every(({ rule }) => rule !== "promotion/taken-over");
  if (isBearable) return error;
  throw error;
}

/** Those steps that had begun, up to the last that changes anything. */
function stepsBack(
  { canary, deployer }: Site,
  { done }: PromotionState,
): { traffic: Step[]; releases: Step[] } {
  const begun = ({ name }: Step) => done.has(name) && done.get(name)?.facts?.untouched !== "true";
  const last = deployer.steps.findLastIndex((step) => step.changes && begun(step));
  const traffic = canary?.steps.some(begun) ? [canary.back] : [];
  return { traffic, releases: deployer.steps.slice(0, last + 1) };
}

/** Nothing enters the environment by itself until somebody has looked. */
export async function holdEnvironment(site: Site, held: Held, because: string): Promise<void> {
  const { environment } = site;
  await site.at?.("hold: to begin");
  await held.add(({ records }) =>
    stateOf(records).environments.get(environment)?.held
      ? undefined
      : { kind: "hold", environment, because: shortened(because) },
  );
  await site.at?.("hold: done");
}

/** Ends a promotion, in the ledger and for its caller. */
export async function end(
  site: Site,
  held: Held,
  how: {
    outcome: Outcome["outcome"];
    runs?: string | undefined;
    because?: string;
    inconclusive?: boolean;
  },
): Promise<Outcome> {
  const { outcome, runs, because } = how;
  await site.at?.("ended: to begin");
  const told = { kind: "ended" as const, promotion: held.id, token: held.token, outcome };
  const read = await held.add({
    ...told,
    ...(runs !== undefined && { runs }),
    ...(because && { says: shortened(because) }),
  });
  held.rest();
  await site.at?.("ended: done");
  const state = stateOf(read.records);
  const { release, begunAt, ended } = promotionOf(state, held.id);
  return {
    promotion: held.id,
    ...{ platform: site.platform, environment: site.environment, release, outcome },
    ...(runs !== undefined && { runs }),
    ...(because && { because }),
    inconclusive: how.inconclusive ?? false,
    held: state.environments.get(site.environment)?.held !== undefined,
    seconds: (Date.parse(ended?.at ?? begunAt) - Date.parse(begunAt)) / 1000,
  };
}
