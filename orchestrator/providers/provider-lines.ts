import type { Platform } from "../../model/model.ts";
import type { Breaker } from "../../model/resilience.ts";
import type { Clock } from "../clock.ts";
import type { Outcome } from "../resilience/counted.ts";
import { limitOf } from "../resilience/platform-limits.ts";
import type { Resilience } from "../resilience/resilience.ts";
import { chatCompletions } from "./chat-completions.ts";
import type { ProviderBreaker, ProviderLine } from "./fail-over.ts";
import { ModelFailure, type ModelProvider } from "./model.ts";
import { pace } from "./pace.ts";
import { rateLimitQueue } from "./rate-limit-queue.ts";

/** A provider, and how many calls of it are made at once. */
export interface QueuedProvider extends ModelProvider {
  atOnce: number;
}

type Breakers = Pick<Platform, "breakers">;

/**
 * What a failed call says of its provider. Who refuses a request or limits the rate of calls is there; a caller that gave up says
 * nothing.
 */
export function outcomeOfModelCall(error: unknown): Outcome | undefined {
  if (!(error instanceof ModelFailure)) return undefined;
  if (error.kind === "refused" || error.kind === "rate-limited") return "success";
  return error.kind === "timeout" ? "timeout" : "failure";
}

/** Names of the platform's breakers of model providers: `model-NAME` for the one called so, `model-provider` for the first one. */
export function modelBreakers({ breakers }: Breakers): string[] {
  return breakers.map(({ name }) => name).filter((name) => name.startsWith("model-"));
}

interface LinesOptions {
  platform: Pick<Platform, "breakers" | "limits">;
  resilience: Pick<Resilience, "breakers" | "restrictions">;
  clock: Clock;
}

/**
 * The ways to the providers, in the order in which they are asked: the first one of the settings, then the back-ups that the catalog's
 * breakers name, then the others. A provider for which the catalog has no breaker is asked each time.
 */
export function providerLines(
  providers: readonly QueuedProvider[],
  { platform, resilience, clock }: LinesOptions,
): ProviderLine[] {
  const capacity = limitOf(platform, "queued-model-calls")?.atMost;
  return inOrder(providers, platform).map((provider, place) => {
    const breaker = breakerOf(platform, { name: provider.name, place });
    const slowed = () => slowest(resilience.restrictions().perSecond, { but: breaker?.name, platform });
    return {
      ...{ name: provider.name, model: provider.model, call: chatCompletions(provider) },
      queue: rateLimitQueue({ atOnce: provider.atOnce, clock, ...(capacity !== undefined && { capacity }) }),
      pace: pace(slowed, clock),
      breaker: (breaker && resilience.breakers.get(breaker.name)) ?? always,
    };
  });
}

/** Lets every call through. */
const always: ProviderBreaker = { execute: (call) => call(), isOpen: () => false };

function breakerOf(
  { breakers }: Breakers,
  { name, place }: { name: string; place: number },
): Breaker | undefined {
  const called = (wanted: string) => breakers.find((breaker) => breaker.name === wanted);
  return called(`model-${name}`) ?? (place === 0 ? called("model-provider") : undefined);
}

function inOrder(providers: readonly QueuedProvider[], platform: Breakers): QueuedProvider[] {
  const ordered: QueuedProvider[] = [];
  const left = [...providers];
  for (let next = left[0]; next; ) {
    ordered.push(...left.splice(left.indexOf(next), 1));
    const breaker = breakerOf(platform, { name: next.name, place: ordered.length - 1 });
    const backUp = breaker?.whileOpen.flatMap((action) =>
      action.do === "use-back-up" ? [action.backUp] : [],
    );
    next = left.find(({ name }) => backUp?.includes(name)) ?? left[0];
  }
  return ordered;
}

/** The slowest pace that an open breaker of another provider asks for. */
function slowest(
  perSecond: Readonly<Record<string, number>>,
  { but, platform }: { but: string | undefined; platform: Breakers },
): number | undefined {
  const asked = modelBreakers(platform).flatMap((name) => (name === but ? [] : (perSecond[name] ?? [])));
  return asked.length === 0 ? undefined : Math.min(...asked);
}
