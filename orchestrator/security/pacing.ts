import type { Allowance, Limit, LimitStore, Take } from "./limits.ts";
import { type OperationId, operations, type Pace } from "./operations.ts";
import type { Principal } from "./principal.ts";
import { Refusal } from "./refusal.ts";

export interface PaceLimits {
  /** For each endpoint and user. */
  paces: Readonly<Record<Pace, Limit>>;
  /** Runs that one user may start, on all endpoints together. */
  userQuota: Limit;
  /** Runs that all users of a project may start together. */
  projectQuota: Limit;
}

/**
 * What holds unless settings say otherwise (our reading: CC-13 names no numbers). The paces leave room for the load profiles, the fastest of
 * which sends 1,000 requests a second in the name of one user.
 */
export const usualLimits: PaceLimits = {
  paces: {
    read: { points: 10_000, seconds: 10 },
    write: { points: 1_000, seconds: 10 },
    start: { points: 5_000, seconds: 10 },
    heartbeat: { points: 20_000, seconds: 10 },
    stream: { points: 100, seconds: 10 },
  },
  userQuota: { points: 100_000, seconds: 3_600 },
  projectQuota: { points: 200_000, seconds: 3_600 },
};

/** Counts a request of an operation. Gives what is left of the endpoint's limit; throws a Refusal when a limit or quota is used up. */
export type CountRequest = (principal: Principal, operation: OperationId) => Promise<Allowance>;

/** Counts requests in the store, for all processes together. */
export function pacing(store: LimitStore, { paces, userQuota, projectQuota }: PaceLimits): CountRequest {
  const takeAtPace = Object.fromEntries(
    Object.entries(paces).map(([pace, limit]) => [pace, store.limit(`pace-${pace}`, limit)]),
  ) as Record<Pace, Take>;
  const takeOfUser = store.limit("quota-user", userQuota);
  const takeOfProject = store.limit("quota-project", projectQuota);
  return async ({ subject, project }, operation) => {
    const { pace } = operations[operation];
    const allowance = await takeAtPace[pace](`${operation}:${subject}`);
    if (!allowance.allowed) throw tooMany("endpoint", "of this endpoint", allowance);
    if (pace !== "start") return allowance;
    const ofUser = await takeOfUser(`${project}:${subject}`);
    if (!ofUser.allowed) throw tooMany("user-quota", "for runs that you start", ofUser);
    const ofProject = await takeOfProject(project);
    if (!ofProject.allowed) throw tooMany("project-quota", "for runs of your project", ofProject);
    return allowance;
  };
}

function tooMany(
  why: "endpoint" | "user-quota" | "project-quota",
  which: string,
  { limit, resetSeconds }: Allowance,
): Refusal {
  const [kind, what] =
    why === "endpoint" ? (["rate-limit", "rate limit"] as const) : (["quota", "quota"] as const);
  return new Refusal(kind, `the ${what} ${which} is used up: ${limit.points} in ${limit.seconds} s`, {
    why,
    fix: `try again in ${resetSeconds} s`,
    retryAfterSeconds: resetSeconds,
  });
}
