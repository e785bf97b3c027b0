// Whether the release has shown what it must: in the environment before, to the gates, to the checks.

import { readableSeconds } from "../../model/readable.ts";
import { CLOCK_SKEW_SECONDS } from "../ledger/clock-skew.ts";
import type { EntryOf } from "../ledger/entry.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import {
  type Ask,
  type Asking,
  ago,
  answered,
  commandFor,
  readableTime,
  shortDigest,
  stopBefore,
} from "./asking.ts";
import { occupancyOf } from "./soak.ts";
import { stayNow } from "./state.ts";

/** How long a gate's decision counts, in seconds: a day, after which what was measured says little of now. */
export const GATE_COUNTS_SECONDS = 86_400;

/** No environment on the way is left out. */
export const noStageSkipped: Ask = (asking) => {
  const { stop, state, request } = asking;
  if (stop.after === undefined) return [];
  const asked = { id: "order", asked: `it was verified in ${stop.after}` };
  const stay = state.environments
    .get(stop.after)
    ?.stays.find(({ release, isVerified }) => isVerified && release === request.release);
  if (stay !== undefined)
    return answered(asked, { answer: "met", because: `since ${readableTime(stay.from)}` });
  const runs = stayNow(state, stop.after)?.release;
  return answered(asked, {
    answer: "not met",
    because: `it never was; ${runs === undefined ? "nothing" : shortDigest(runs)} runs in ${stop.after}`,
    wayOut: commandFor(asking, { command: "promote", environment: stop.after }),
  });
};

/** It has run long enough where it comes from. */
export const soaked: Ask = (asking) => {
  const { stop, state, request, way } = asking;
  const wanted = (way === "hotfix" ? stop.hotfix?.soakSeconds : undefined) ?? stop.soakSeconds;
  if (stop.after === undefined || wanted === 0) return [];
  const environment = stop.after;
  const asked = {
    id: "soak",
    asked: `it ran ${readableSeconds(wanted)} without interruption in ${environment}`,
  };
  const again = commandFor(asking, { command: "promote", environment });
  const occupancy = occupancyOf(state, { environment, release: request.release, at: request.at });
  if (occupancy === undefined)
    return answered(asked, { answer: "not met", because: "it never ran there", wayOut: again });
  const { longest, now } = occupancy;
  const ran = `ran ${readableSeconds(longest.seconds)} of ${readableSeconds(wanted)} without interruption in ${environment}, since ${readableTime(longest.from)}`;
  if (longest.seconds >= wanted) return answered(asked, { answer: "met", because: ran });
  if (now === undefined)
    return answered(asked, {
      answer: "not met",
      because: `${ran}, and is there no more`,
      wayOut: again,
    });
  const earliest = new Date(Date.parse(now.from) + wanted * 1000);
  return answered(asked, {
    answer: "not met",
    because: ran,
    wayOut: `leave ${environment} alone until ${readableTime(earliest)}`,
    earliest: earliest.toISOString(),
  });
};

/** The newest decision of each gate lets it in, and is not old. */
export const gatesPassed: Ask = (asking) =>
  asking.stop.gates.flatMap((gate) => {
    const asked = { id: `gate/${gate}`, asked: `gate ${gate} lets it in` };
    const { facts, request } = asking;
    const wayOut = `fairlead gate ${facts.platform}/${gate} --release ${request.release} --env ${request.environment}`;
    const decided = newest(
      asking,
      ({ entry }) => entry.kind === "gate" && isOfThis(entry, asking) && entry.gate === gate,
    );
    if (decided?.entry.kind !== "gate")
      return answered(asked, { answer: "unknown", because: "it has not decided on this release", wayOut });
    const { verdict, blocks, record } = decided.entry;
    const said = `${verdict}, ${ago(decided.at, request.at)} (record ${shortDigest(record)})`;
    const age = (request.at.getTime() - Date.parse(decided.at)) / 1000;
    if (blocks && verdict !== "inconclusive")
      return answered(asked, {
        answer: "not met",
        because: said,
        wayOut: `mend what it says, then ${wayOut}`,
      });
    if (blocks) return answered(asked, { answer: "unknown", because: said, wayOut });
    if (age > GATE_COUNTS_SECONDS) {
      const because = `${said}, and counts for ${readableSeconds(GATE_COUNTS_SECONDS)}`;
      return answered(asked, { answer: "unknown", because, wayOut });
    }
    if (age < -CLOCK_SKEW_SECONDS)
      return answered(asked, {
        answer: "unknown",
        because: `dated ${readableTime(decided.at)}, after now`,
        wayOut,
      });
    return answered(asked, { answer: "met", because: said });
  });

/** The checks of the environment before passed for it. */
export const smokeTested: Ask = (asking) => {
  const { stop, facts, request } = asking;
  if (!stop.prerequisites.includes("smoke-tests")) return [];
  const asked = {
    id: "smoke-tests",
    asked: `the checks of ${stop.after ?? "the environment before"} passed for it`,
  };
  const before = stopBefore(facts.promotion, stop);
  if (before === undefined || before.verification.length === 0)
    return answered(asked, {
      answer: "unknown",
      because: `${stop.after ?? "the first environment"} has no checks`,
      wayOut: "give it a verification in the platform's promotion, or take the prerequisite out",
    });
  const checks = before.verification.map(({ name }) => ({
    name,
    ran: newestCheck(asking, { name, in: before.environment }),
  }));
  const missing = checks.filter(({ ran }) => ran === undefined).map(({ name }) => name);
  const failed = checks.filter(({ ran }) => ran?.passed === false).map(({ name }) => name);
  const wayOut = commandFor({ request, facts }, { command: "promote", environment: before.environment });
  if (failed.length > 0)
    return answered(asked, {
      answer: "not met",
      because: `${failed.join(", ")} failed in ${before.environment}`,
      wayOut,
    });
  if (missing.length > 0)
    return answered(asked, {
      answer: "unknown",
      because: `${missing.join(", ")} did not run on it in ${before.environment}`,
      wayOut,
    });
  return answered(asked, {
    answer: "met",
    because: `${checks.map(({ name }) => name).join(", ")} passed in ${before.environment}`,
  });
};

function newestCheck(
  asking: Asking,
  { name, in: environment }: { name: string; in: string },
): EntryOf<"check"> | undefined {
  const { request } = asking;
  const found = newest(
    asking,
    ({ entry }) =>
      entry.kind === "check" &&
      entry.check === name &&
      entry.environment === environment &&
      entry.release === request.release,
  );
  return found?.entry.kind === "check" ? found.entry : undefined;
}

/** The last that was recorded: times are of many clocks, the order of records is one. */
function newest(
  { facts: { ledger } }: Asking,
  isMeant: (record: LedgerRecord) => boolean,
): LedgerRecord | undefined {
  return ledger.records.findLast(isMeant);
}

function isOfThis(
  { release, environment }: { release: string; environment: string },
  { request }: Asking,
): boolean {
  return release === request.release && environment === request.environment;
}
