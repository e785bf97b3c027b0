// Whether people agree: so many of a role, each of them once, none of them who asks.
import { CLOCK_SKEW_SECONDS } from "../ledger/clock-skew.ts";
import { personOf } from "../signing/signer.ts";
import type { Agreement } from "./approval.ts";
import { type Ask, type Asking, commandFor, readableTime } from "./asking.ts";
import type { Requirement } from "./requirement.ts";

/** The longest time that an approval may count, in seconds: a week. */
export const LONGEST_APPROVAL_SECONDS = 7 * 86_400;

/** Enough people of each role have approved of this very release here. */
export const approved: Ask = (asking) => {
  const { stop, way } = asking;
  const wanted = (way === "hotfix" ? stop.hotfix?.approvals : undefined) ?? stop.approvals;
  const given = asking.facts.agreements.filter(
    (one) =>
      one.kind === "approval" &&
      one.release === asking.request.release &&
      one.environment === asking.request.environment,
  );
  const counted = given.filter((one) => whyNotCounted(one, asking) === undefined);
  const seats = seatsTaken(wanted, counted, ({ by }) => personOf(by, asking.facts.people));
  return wanted.map(({ role, count }) => {
    const by = seats.get(role) ?? [];
    const isMet = by.length >= count;
    const because = [
      `${by.length} of ${count}${by.length > 0 ? `: ${by.join(", ")}` : ""}`,
      ...(isMet ? [] : notCounted(given, { role, asking, seats })),
    ];
    return {
      id: `approval/${role}`,
      asked: `${count} with the role ${role} ${count === 1 ? "approves" : "approve"} of it`,
      answer: isMet ? "met" : "not met",
      because: because.join("; "),
      ...(!isMet && { wayOut: wayOutOf(role, { asking, seats }) }),
    } satisfies Requirement;
  });
};

/** The emergency override that lets the release in, if there is one that counts now. */
export function overrideOf(asking: Asking): Agreement | undefined {
  const { facts, request, stop } = asking;
  return facts.agreements.find(
    (one) =>
      one.kind === "override" &&
      one.release === request.release &&
      one.environment === request.environment &&
      one.role === stop.override?.role &&
      whyNotCounted(one, asking) === undefined,
  );
}

/** Why what somebody signed does not count for this request; undefined where it does. */
export function whyNotCounted(one: Agreement, asking: Asking): string | undefined {
  const { request, facts, release } = asking;
  const now = request.at.getTime();
  const person = facts.people.find(({ kid }) => kid === one.by);
  if (person === undefined) return `${one.by} is not in approvers.json`;
  if (!person.roles.includes(one.role)) return `${one.by} has not the role ${one.role}`;
  // Not when it says that it was signed: whoever has found an old key writes any time.
  if (person.until !== undefined && now >= Date.parse(person.until))
    return `the key of ${one.by} counted until ${readableTime(person.until)} only`;
  if (one.ledger !== facts.platform) return `it is for the ledger of ${one.ledger}`;
  if (Date.parse(one.issued) > now + CLOCK_SKEW_SECONDS * 1000)
    return `it was signed at ${readableTime(one.issued)}, which is after now`;
  if (Date.parse(one.until) <= now) return `it counted until ${readableTime(one.until)}`;
  const longest = longestOf(one, asking);
  if (Date.parse(one.until) - Date.parse(one.issued) > longest * 1000)
    return "it is for longer than it may be";
  if (isUsed(one, asking)) return "it has counted for a promotion before";
  if (one.kind === "override") return undefined;
  const isOf = (kid: string) => personOf(kid, facts.people) === personOf(one.by, facts.people);
  if (request.by !== undefined && isOf(request.by)) return `${one.by} asks for it`;
  return isOf(release.by) ? `${one.by} made the release` : undefined;
}

function longestOf({ kind }: Agreement, { stop }: Asking): number {
  return kind === "approval" ? LONGEST_APPROVAL_SECONDS : (stop.override?.longestSeconds ?? 0);
}

/** One approval, one promotion: what was signed before one of the same release began there has had its turn. */
function isUsed({ number }: Agreement, { state, request }: Asking): boolean {
  return [...state.promotions.values()].some(
    (promotion) =>
      promotion.release === request.release &&
      promotion.environment === request.environment &&
      promotion.id !== request.promotion &&
      promotion.number > number,
  );
}

/**
 * Who takes which seat: somebody with several roles takes one alone, and the seats are taken so that as many as possible are (a maximum
 * matching, by augmenting paths).
 */
function seatsTaken(
  wanted: readonly { role: string; count: number }[],
  counted: readonly Agreement[],
  whoOf: (one: Agreement) => string,
): Map<string, string[]> {
  const seats = wanted.flatMap(({ role, count }) => Array.from({ length: count }, () => role));
  const able = (role: string) => [...new Set(counted.filter((one) => one.role === role).map(whoOf))].sort();
  const seatOf = new Map<string, number>();
  const take = (seat: number, tried: Set<string>): boolean =>
    able(seats[seat] ?? "").some((person) => {
      if (tried.has(person)) return false;
      tried.add(person);
      const held = seatOf.get(person);
      if (held !== undefined && !take(held, tried)) return false;
      seatOf.set(person, seat);
      return true;
    });
  for (const seat of seats.keys()) take(seat, new Set());
  const taken = new Map<string, string[]>();
  for (const [person, seat] of seatOf) {
    const role = seats[seat] ?? "";
    taken.set(role, [...(taken.get(role) ?? []), person].sort());
  }
  return taken;
}

interface OfRole {
  asking: Asking;
  seats: ReadonlyMap<string, readonly string[]>;
}

function notCounted(
  given: readonly Agreement[],
  { role, asking, seats }: OfRole & { role: string },
): string[] {
  const seated = new Set([...seats.values()].flat());
  const who = ({ by }: Agreement) => personOf(by, asking.facts.people);
  return given
    .filter((one) => one.role === role && !seats.get(role)?.includes(who(one)))
    .map((one) => {
      const why =
        whyNotCounted(one, asking) ??
        (seated.has(who(one)) ? `${one.by} counts for another role` : undefined);
      return `not counted, of ${one.by}: ${why ?? "enough have"}`;
    });
}

/** The command, and who may run it. */
function wayOutOf(role: string, { asking, seats }: OfRole): string {
  const { facts, request, release } = asking;
  const busy = [...seats.values()].flat();
  const barred = [request.by ?? [], release.by].flat().map((kid) => personOf(kid, facts.people));
  const able = facts.people
    .filter(
      (one) =>
        one.roles.includes(role) && (one.until === undefined || Date.parse(one.until) > request.at.getTime()),
    )
    .map(({ kid }) => kid)
    .filter((kid) => ![...barred, ...busy].includes(personOf(kid, facts.people)));
  const command = commandFor({ request, facts }, { command: "approve", more: ` --role ${role}` });
  if (able.length === 0) return `${command}, by somebody else who is given the role in approvers.json`;
  return `${command}, by ${able.sort().join(" or ")}`;
}
