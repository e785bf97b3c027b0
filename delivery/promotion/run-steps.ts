import { ProblemsError } from "../../problems/problem.ts";
import type { Release } from "../release/release.ts";
import { type Held, promotionOf } from "./lease.ts";
import { EDITED } from "./said-lock-file.ts";
import type { Site } from "./site.ts";
import { type DeliveryState, type PromotionState, stateOf } from "./state.ts";
import { NothingDoneError, type Step, type Target, type Work } from "./step.ts";
import { factsOf, type WayBack, wayBackFrom } from "./way-back.ts";

/** What steps are done for, and who does them. */
export interface Run {
  site: Site;
  held: Held;
  target: Target;
  /** Before the name of each, in the ledger: `back-` on the way back. */
  prefix?: "back-" | "";
  /** Whether it is the way back of something: an edited lock file is written anew, and nothing leads back from it. */
  writesAnew: boolean;
}

/**
 * Does steps one after the other, each told to the ledger when it begins and when it was done, which is durable before anything else happens.
 * What was done before is not done again, unless the step wants that. Throws what a step throws.
 */
export async function runSteps(steps: readonly Step[], run: Run): Promise<void> {
  const { site, held, prefix = "" } = run;
  const before = promotionOf(stateOf((await site.ledger.read()).records), held.id);
  const isDone = (step: string) => before.done.get(prefix + step)?.state === "done";
  const done = new Set(steps.map(({ name }) => name).filter(isDone));
  const facts = allFacts(before);
  for (const step of steps) {
    if (done.has(step.name) && !step.again?.(done)) continue;
    facts.set(step.name, await runStep(step, { ...run, facts }));
  }
}

async function runStep(
  step: Step,
  { site, held, target, writesAnew, facts, prefix = "" }: Run & Pick<Work, "facts">,
): Promise<Record<string, string>> {
  const name = prefix + step.name;
  const at = (moment: string) => site.at?.(`${name}: ${moment}`) ?? Promise.resolve();
  const told = { kind: "step" as const, promotion: held.id, token: held.token, step: name };
  const signal = AbortSignal.any([site.signal, held.lost]);
  signal.throwIfAborted();
  await at("to begin");
  const read = await held.add({ ...told, state: "begun" });
  await at("begun");
  site.say(`${name}: begun`);
  const work = { target, held, facts, read, signal, writesAnew, say: site.say, at };
  const { says, facts: found = {} } = await step.run(work).catch(async (error: unknown) => {
    // Whatever the step says: it was ended, and not by itself.
    signal.throwIfAborted();
    const way = prefix === "" && !writesAnew ? wayBackFrom(error) : undefined;
    if (!way) throw error;
    await at("failed");
    const facts = { ...factsOf(way), ...(isUntouched(error) && { untouched: "true" }) };
    await held.add({ ...told, state: "failed", says: shortened(way.because), facts });
    await at("failed and told");
    throw new GoesBackError(way);
  });
  await at("effected");
  await held.add({ ...told, state: "done", ...(says && { says: shortened(says) }), facts: found });
  await at("done");
  site.say(`${name}: done${says ? ` (${says})` : ""}`);
  return found;
}

/** A step failed, and the ledger has that the promotion goes back. */
export class GoesBackError extends Error {
  override readonly name = "GoesBackError";
  readonly way: WayBack;

  constructor(way: WayBack) {
    super(way.because);
    this.way = way;
  }
}

/** Whether the step did nothing: what somebody has written into a lock file by hand is theirs. */
function isUntouched(error: unknown): boolean {
  if (error instanceof NothingDoneError) return true;
  return error instanceof ProblemsError && error.problems.every(({ rule }) => rule === EDITED);
}

function allFacts({ done }: PromotionState): Map<string, Record<string, string>> {
  return new Map([...done].flatMap(([name, { facts }]) => (facts ? [[name, facts] as const] : [])));
}

/** Words that the ledger takes: a screen's line or two. */
export function shortened(words: string): string {
  return words.length > 1000 ? `${words.slice(0, 999)}…` : words;
}

/** A release of the ledger as a target. Throws a ProblemsError where the ledger has no such release. */
export function targetOf(
  { releases }: DeliveryState,
  { platform, environment, release }: { platform: string; environment: string; release: string | undefined },
): Target {
  if (release === undefined) return { platform, environment };
  const content: Release | undefined = releases.get(release)?.release;
  if (content) return { platform, environment, release: { digest: release, content } };
  throw new ProblemsError([
    {
      rule: "promotion/unknown-release",
      severity: "error",
      message: `the ledger of ${platform} has no release ${release}`,
      fix: "see those that there are: fairlead release list",
    },
  ]);
}
