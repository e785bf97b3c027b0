import type { Promotion, Stop } from "../../model/promotion.ts";
import { readableSeconds } from "../../model/readable.ts";
import type { EntryOf } from "../ledger/entry.ts";
import type { Release } from "../release/release.ts";
import type { EntryFacts, EntryRequest, Requirement } from "./requirement.ts";
import type { DeliveryState, EnvironmentState } from "./state.ts";

/** What each question is asked of: a release that the ledger knows, and an environment that the catalog knows. */
export interface Asking {
  request: EntryRequest;
  facts: EntryFacts;
  state: DeliveryState;
  release: { release: Release; at: string; by: string };
  stop: Stop;
  /** The environment as the ledger has it. */
  there: EnvironmentState;
  way: EntryOf<"begun">["way"];
}

/** A question: nothing where it is not asked here. */
export type Ask = (asking: Asking) => Requirement[];

/** The answer to a question: met, or not (or not known) with the way out. */
export function answered(
  asked: Pick<Requirement, "id" | "asked">,
  answer: Omit<Requirement, "id" | "asked" | "isOverridden">,
): Requirement[] {
  return [{ ...asked, ...answer }];
}

/** The beginning of a digest, as commands take it and people read it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}

/** A time for a person: UTC, to the second. */
export function readableTime(at: string | Date): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
}

/** How long ago something was, for a person. */
export function ago(at: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1000;
  return seconds < 1 ? "just now" : `${readableSeconds(seconds)} ago`;
}

/** A command about a release and an environment of the platform. */
export function commandFor(
  { request, facts }: Pick<Asking, "request" | "facts">,
  {
    command,
    environment = request.environment,
    more = "",
  }: { command: string; environment?: string; more?: string },
): string {
  return `fairlead ${command} ${shortDigest(request.release)} --env ${environment} --platform ${facts.platform}${more}`;
}

/** The environment that a release comes from before this one. */
export function stopBefore({ stops }: Promotion, { after }: Stop): Stop | undefined {
  return stops.find(({ environment }) => environment === after);
}
