// Whether the environment lets anything in now.
import { type Ask, answered, commandFor, readableTime, shortDigest } from "./asking.ts";
import { isLeaseOver } from "./lease.ts";
import { stayNow } from "./state.ts";

/** Nobody else is bringing something in. */
export const nothingUnderWay: Ask = (asking) => {
  const { state, there, request } = asking;
  const asked = { id: "under-way", asked: `no promotion is under way in ${request.environment}` };
  const promotion = there.underWay === undefined ? undefined : state.promotions.get(there.underWay);
  if (promotion === undefined) return answered(asked, { answer: "met", because: "none is" });
  if (promotion.id === request.promotion)
    return answered(asked, { answer: "met", because: "it is this one" });
  const { holder, begunAt, expires } = promotion;
  const isOver = isLeaseOver(promotion, request.at);
  const who = `${holder.by} (process ${holder.pid} on ${holder.host}) brings ${shortDigest(promotion.release)} in since ${readableTime(begunAt)}`;
  const until = expires === undefined ? "" : readableTime(expires);
  const command = `fairlead promote ${shortDigest(promotion.release)} --env ${request.environment} --platform ${asking.facts.platform}`;
  return answered(asked, {
    answer: "not met",
    because: isOver
      ? `${who}, and was not heard of since its lease ended at ${until}`
      : `${who}, and holds it until ${until}`,
    wayOut: isOver ? `${command} --resume, or --abort` : "wait for its end with --wait, or ask its holder",
  });
};

/** No freeze is on. */
export const noFreeze: Ask = ({ request: { at }, facts: { freezeAt }, stop: { freezes } }) => {
  if (freezes.length === 0) return [];
  const asked = { id: "freeze", asked: `no freeze is on, of ${freezes.map(({ name }) => name).join(", ")}` };
  const on = freezeAt(freezes, at);
  if (on === undefined) return answered(asked, { answer: "met", because: "none is" });
  const until = readableTime(on.until);
  return answered(asked, {
    answer: "not met",
    because: `${on.freeze.name} until ${until} (${on.freeze.reason})`,
    wayOut: `wait until ${until}`,
    earliest: on.until.toISOString(),
  });
};

/** The environment is not held. */
export const notHeld: Ask = ({ there: { held }, request: { environment }, facts: { platform } }) => {
  const asked = { id: "hold", asked: `${environment} is not held` };
  if (held === undefined) return answered(asked, { answer: "met", because: "it is not" });
  return answered(asked, {
    answer: "not met",
    because: `held since ${readableTime(held.at)}: ${held.because}`,
    wayOut: `fairlead let-go --env ${environment} --platform ${platform} --because "…", once the reason is gone`,
  });
};

/** Services that move together do. */
export const together: Ask = ({ facts: { promotion }, state, request, release: { release } }) => {
  const sets = Object.entries(promotion.together);
  if (sets.length === 0) return [];
  const runs = stayNow(state, request.environment)?.release;
  const before = runs === undefined ? undefined : state.releases.get(runs)?.release.images;
  return sets.flatMap(([name, services]) => {
    const asked = { id: `together/${name}`, asked: `${services.join(", ")} move together` };
    if (before === undefined) return answered(asked, { answer: "met", because: "nothing runs there yet" });
    const moved = services.filter((service) => before[service] !== release.images[service]);
    const stay = services.filter((service) => !moved.includes(service));
    if (moved.length === 0 || stay.length === 0)
      return answered(asked, {
        answer: "met",
        because: moved.length === 0 ? "none of them changes" : "all of them change",
      });
    return answered(asked, {
      answer: "not met",
      because: `${moved.join(", ")} ${moved.length === 1 ? "changes" : "change"}, and ${stay.join(", ")} ${stay.length === 1 ? "stays" : "stay"} as in ${shortDigest(runs ?? "")}`,
      wayOut: `make a release with new images of ${services.join(", ")}: fairlead release create`,
    });
  });
};

/** The promotion before has come to its end, and left nothing half done. */
export const previousComplete: Ask = (asking) => {
  const { stop, state, there, request } = asking;
  if (!stop.prerequisites.includes("previous-rollout-complete")) return [];
  const asked = {
    id: "previous-rollout",
    asked: `the previous rollout in ${request.environment} is complete`,
  };
  const own = there.underWay !== undefined && there.underWay === request.promotion;
  if (there.underWay !== undefined && !own)
    return answered(asked, {
      answer: "not met",
      because: "it is under way",
      wayOut: "wait for its end",
    });
  const last = there.last === undefined ? undefined : state.promotions.get(there.last);
  if (last?.ended === undefined) return answered(asked, { answer: "met", because: "there was none" });
  const { outcome, at, says } = last.ended;
  const what = `${shortDigest(last.release)} ended ${outcome} at ${readableTime(at)}`;
  if (outcome !== "failed") return answered(asked, { answer: "met", because: what });
  return answered(asked, {
    answer: "not met",
    because: says === undefined ? what : `${what}: ${says}`,
    wayOut: `fairlead rollback --env ${request.environment} --platform ${asking.facts.platform} --because "…"`,
  });
};

/** A rollback goes to a release that was verified there. */
export const verifiedThere: Ask = (asking) => {
  const { there, request } = asking;
  const asked = { id: "verified-there", asked: `it was verified in ${request.environment}` };
  const stay = there.stays.find(({ release, isVerified }) => isVerified && release === request.release);
  if (stay !== undefined)
    return answered(asked, { answer: "met", because: `since ${readableTime(stay.from)}` });
  return answered(asked, {
    answer: "not met",
    because: "it never was",
    wayOut: commandFor(asking, { command: "promote" }),
  });
};
