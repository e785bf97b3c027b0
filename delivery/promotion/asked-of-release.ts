// Whether what is to enter is what it says it is. None of this is ever overridden.

import { lockFilePath } from "../../model/lock-file.ts";
import { WRITER } from "../ledger/chain.ts";
import { CLOCK_SKEW_SECONDS } from "../ledger/clock-skew.ts";
import { type Ask, answered, readableTime, shortDigest } from "./asking.ts";
import { asLedgerSays, whyEdited } from "./said-lock-file.ts";

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
  if (person.roles.includes(WRITER)) return answered(asked, { answer: "met", because: by });
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
export const lockFileAsWritten: Ask = ({ facts, request, state }) => {
  const path = lockFilePath(facts.platform, request.environment);
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
  const { environment } = request;
  const edited = whyEdited(facts.lockFile, { state, ledger: facts.ledger, environment });
  if (edited === undefined)
    return answered(asked, {
      answer: "met",
      because: facts.lockFile.kind === "read" ? shortDigest(facts.lockFile.release) : "there is none yet",
    });
  const anew = asLedgerSays(state, { platform: facts.platform, environment });
  return answered(asked, {
    answer: "not met",
    because: edited,
    wayOut: `git restore ${path}, or have it as the ledger says: ${anew}; git log -p -- ${path} shows who changed it`,
  });
};
