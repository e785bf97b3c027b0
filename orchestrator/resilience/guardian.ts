import type { Limit } from "../../model/resilience.ts";
import type { Clock } from "../clock.ts";
import type { EventOf, RecordEvent } from "../domain/event.ts";
import { type Resource, resources, type Usage } from "./resource-usage.ts";

export type GuardianAction = EventOf<"guardian.acted">["action"];

/** What the guardian can do to a session. */
export interface GuardianEffects {
  slowDown(): Promise<void>;
  /** Takes a slow-down back. */
  speedUp(): Promise<void>;
  /** Gives back what nobody needs; resolves with the bytes. */
  cleanUp(): Promise<number>;
  /** Ends the process that uses the most of the resource. */
  stopProcess(resource: Resource): Promise<void>;
  /** Ends the agent that uses the most of the resource. */
  stopAgent(resource: Resource): Promise<void>;
}

export interface GuardianContext {
  /** Limits by resource; what has none is not limited. */
  limits: Partial<Record<Resource, Limit>>;
  effects: GuardianEffects;
  clock: Clock;
  record: RecordEvent;
  /** Id of the session. */
  subject: string;
}

/** How long an action may take to bring usage below the limit before the next, harder one follows (AH-2, our reading). */
const EFFECT_SECONDS = 10;
// What a session survives: done from the warning on; the rest only at the limit.
const GENTLE: readonly string[] = ["slow-down", "clean-up"];

/** What the guardian has done about a resource since its usage was last below the warning. */
interface Episode {
  /** Which of the limit's actions is the next one. */
  step: number;
  /** What was done last, until its effect is known. */
  pending?: { action: GuardianAction; at: number; freedBytes: number; isGentle: boolean };
}

/** Watches what one session uses: warns it off gently, then goes from action to action until usage is below the limit. */
export class Guardian {
  readonly #context: GuardianContext;
  readonly #episodes = new Map<Resource, Episode>();
  readonly #isSlow = new Set<Resource>();

  constructor(context: GuardianContext) {
    this.#context = context;
  }

  /** Shares of the limits that are used: the signal `resources` of the emergency ladder is the largest. */
  shares(usage: Usage): Partial<Record<Resource, number>> {
    const known = resources.flatMap((resource) => {
      const limit = this.#context.limits[resource];
      return limit ? [[resource, usage[resource] / limit.atMost]] : [];
    });
    return Object.fromEntries(known);
  }

  /** Judges a measurement, and acts where it must. To be called every few seconds. */
  async judge(usage: Usage): Promise<void> {
    const shares = this.shares(usage);
    for (const resource of resources) {
      const limit = this.#context.limits[resource];
      const share = shares[resource];
      if (limit && share !== undefined) await this.#judgeOne(resource, limit, share);
    }
  }

  async #judgeOne(resource: Resource, limit: Limit, share: number): Promise<void> {
    const episode = this.#episodes.get(resource) ?? { step: 0 };
    this.#episodes.set(resource, episode);
    if (!this.#isDecided(resource, episode, share)) return;
    if (share < (limit.warnsAtRatio ?? 1)) {
      this.#episodes.delete(resource);
      await this.#relax(resource);
      return;
    }
    const actions = limit.reached.filter(isGuardianAction);
    // After the last one it is tried again: what nobody stops must not be left alone.
    const action = actions[share >= 1 ? Math.min(episode.step, actions.length - 1) : episode.step];
    if (!action || (share < 1 && !GENTLE.includes(action))) return;
    episode.step += 1;
    await this.#act(resource, action, episode);
  }

  /** Whether the next action may follow: there is none of which the effect is still to be waited for. */
  #isDecided(resource: Resource, episode: Episode, share: number): boolean {
    const { pending } = episode;
    if (!pending) return true;
    const isOver = this.#context.clock.now() >= pending.at + EFFECT_SECONDS * 1000;
    // What was done at the warning has worked if the limit was not reached afterwards.
    if (!isOver && (share >= 1 || pending.isGentle)) return false;
    const { action, freedBytes } = pending;
    const { record, subject } = this.#context;
    const outcome = share < 1 ? "success" : "failure";
    record({ type: "guardian.acted", subject, resource, action, outcome, freedBytes });
    delete episode.pending;
    return true;
  }

  async #relax(resource: Resource): Promise<void> {
    if (!this.#isSlow.delete(resource) || this.#isSlow.size > 0) return;
    await this.#context.effects.speedUp();
  }

  async #act(resource: Resource, action: GuardianAction, episode: Episode): Promise<void> {
    const { effects, clock } = this.#context;
    const at = clock.now();
    let freedBytes = 0;
    if (action === "slow-down") {
      this.#isSlow.add(resource);
      await effects.slowDown();
    } else if (action === "clean-up") freedBytes = await effects.cleanUp();
    else if (action === "stop-process") await effects.stopProcess(resource);
    else await effects.stopAgent(resource);
    episode.pending = { action, at, freedBytes, isGentle: GENTLE.includes(action) };
  }
}

function isGuardianAction(action: string): action is GuardianAction {
  return ["slow-down", "clean-up", "stop-process", "stop-agent"].includes(action);
}
