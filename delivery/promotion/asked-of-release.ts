// Whether what is to enter is what it says it is. None of this is ever overridden.
import { canonicalJson } from "../../model/canonical-json.ts";
import { type Ask, type Asking, answered, CLOCK_SKEW_SECONDS, readableTime, shortDigest } from "./asking.ts";
import type { EntryFacts, LockFileFound } from "./requirement.ts";
import { type DeliveryState, stayNow } from "./state.ts";

/** Catalog and policies of the release are those of its commit. */
export const asDescribed: Ask = ({ facts: { atCommit }, release: { release } }) =>
  (["catalog", "policies"] as const).flatMap((of) => {
    const asked = { id: of, asked: `its ${of} ${of === "catalog" ? "is" : "are"} what its commit has` };
    const commit = release.commit.slice(0, 12);
    if (atCommit === undefined)
      return answered(asked, {
        answer: "unknown",
        because: `commit ${commit} cannot be read here`,
        wayOut: `git fetch origin ${release.commit}`,
      });
    if (atCommit[of] === release[of])
      return answered(asked, { answer: "met", because: `${shortDigest(release[of])} at commit ${commit}` });
    return answered(asked, {
      answer: "not met",
      because: `the release says ${shortDigest(release[of])}, commit ${commit} has ${shortDigest(atCommit[of])}`,
      wayOut: "make a release of that commit again with fairlead release create",
    });
  });

/** Who asks for it is known, and may write what they do. */
export const byAPromoter: Ask = ({ request: { by, at }, facts: { people } }) => {
  const asked = { id: "requester", asked: "somebody with the role promoter asks for it" };
  if (by === undefined)
    return answered(asked, {
      answer: "unknown",
      because: "it is not known who asks",
      wayOut: "name the file of your key in FAIRLEAD_KEY; fairlead key makes one",
    });
  const person = people.find(({ kid }) => kid === by);
  if (person === undefined)
    return answered(asked, {
      answer: "not met",
      because: `${by} is not in approvers.json`,
      wayOut: "have the public key put into approvers.json, by those who may change it",
    });
  if (person.until !== undefined && Date.parse(person.until) <= at.getTime())
    return answered(asked, {
      answer: "not met",
      because: `the key of ${by} counts until ${readableTime(person.until)} only`,
      wayOut: "make a new key with fairlead key, and have it put into approvers.json",
    });
  if (person.roles.includes("promoter")) return answered(asked, { answer: "met", because: by });
  return answered(asked, {
    answer: "not met",
    because: `${by} has ${person.roles.join(", ") || "no role"}`,
    wayOut: "have somebody ask for it who has the role promoter in approvers.json",
  });
};

/** The clock of who asks is not behind that of the ledger. */
export const byTheClock: Ask = ({ request: { at }, facts: { ledger } }) => {
  const asked = { id: "clock", asked: "this machine's clock is not behind the ledger's last record" };
  const last = ledger.records.at(-1);
  if (last === undefined || at.getTime() >= Date.parse(last.at) - CLOCK_SKEW_SECONDS * 1000)
    return answered(asked, { answer: "met", because: readableTime(at) });
  return answered(asked, {
    answer: "not met",
    because: `it is ${readableTime(at)} here, and record ${last.number} by ${last.by} is of ${readableTime(last.at)}`,
    wayOut: "set this machine's clock (NTP), or that of the other",
  });
};

/** Nobody but a promotion has written the environment's lock file. */
export const lockFileAsWritten: Ask = (asking) => {
  const { facts, request } = asking;
  const path = `promotion/${facts.platform}/${request.environment}.lock.json`;
  const asked = { id: "lock-file", asked: `${path} is as the last promotion wrote it` };
  if (facts.lockFile === undefined)
    return answered(asked, {
      answer: "unknown",
      because: "nobody has looked at it",
      wayOut: "run it in the project's folder",
    });
  if (facts.lockFile.kind === "unseen") {
    const { because, wayOut } = facts.lockFile;
    return answered(asked, { answer: "unknown", because, wayOut });
  }
  const edited = whatIsEdited(facts.lockFile, asking);
  if (edited === undefined)
    return answered(asked, {
      answer: "met",
      because: facts.lockFile.kind === "read" ? shortDigest(facts.lockFile.release) : "there is none yet",
    });
  return answered(asked, {
    answer: "not met",
    because: edited,
    wayOut: `git log -p -- ${path} shows who changed it; put it back with git checkout COMMIT -- ${path}`,
  });
};

function whatIsEdited(found: Exclude<LockFileFound, { kind: "unseen" }>, asking: Asking): string | undefined {
  const { state, request, there } = asking;
  const runs = stayNow(state, request.environment)?.release;
  const entering = there.underWay === undefined ? undefined : state.promotions.get(there.underWay);
  // While something enters, the file may be of before or after.
  const expected = [runs, entering?.release].filter((one) => one !== undefined);
  if (found.kind === "unreadable") return found.because;
  if (found.kind === "none")
    return runs === undefined || entering !== undefined
      ? undefined
      : `it is gone, and ${shortDigest(runs)} runs there`;
  if (!expected.includes(found.release))
    return `it names ${shortDigest(found.release)}, and by the ledger ${runs === undefined ? "nothing" : shortDigest(runs)} runs there`;
  return whyNotWritten(found, { state, ledger: asking.facts.ledger, environment: request.environment });
}

/** Why no promotion of the ledger has written a lock file so, now or at any time; undefined where one has. */
export function whyNotWritten(
  found: LockFileFound & { kind: "read" },
  of: { state: DeliveryState; ledger: EntryFacts["ledger"]; environment: string },
): string | undefined {
  const images = of.state.releases.get(found.release)?.release.images ?? {};
  if (!isOfItsRecord(found, of)) return "no promotion of this ledger has written it";
  if (canonicalJson(images) === canonicalJson(found.images)) return undefined;
  return `its images are not those of ${shortDigest(found.release)}`;
}

function isOfItsRecord(
  { promotion: id, record, release, token }: LockFileFound & { kind: "read" },
  { state, ledger, environment }: Parameters<typeof whyNotWritten>[1],
): boolean {
  const promotion = state.promotions.get(id);
  if (promotion?.environment !== environment) return false;
  if (
    promotion.ended
      ? promotion.ended.runs !== release
      : ![promotion.release, promotion.from].includes(release)
  )
    return false;
  const isToken = ledger.records.some(
    ({ number, entry }) =>
      number === token && (entry.kind === "begun" || entry.kind === "taken-over") && entry.promotion === id,
  );
  return (
    isToken && [promotion.number, promotion.token].some((number) => digestOfRecord(number, ledger) === record)
  );
}

/** Each record names the digest of the one before, and the head that of the last. */
function digestOfRecord(number: number, { records, head }: Asking["facts"]["ledger"]): string | undefined {
  return head.number === number ? head.digest : records.find((one) => one.number === number + 1)?.previous;
}
