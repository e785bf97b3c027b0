import { freezeTimes } from "../model/freeze-times.ts";
import type { Platform } from "../model/model.ts";
import type { Freeze, Promotion, Stop } from "../model/promotion.ts";
import { readableSeconds } from "../model/readable.ts";
import { type Change, changesOf, type Finding, type Sentence, say } from "./change.ts";
import { leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

/** What is asked of releases on their way into each environment: soak, people, gates, checks, freezes, and what goes around them. */
export function comparePromotion(before: Platform, after: Platform): Change[] {
  const { gone, added, kept } = pairs(stopsOf(before.promotion), stopsOf(after.promotion));
  const change = (name: string, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "promotion to", name }, findings);
  return [
    ...gone.flatMap(({ name }) =>
      change(name, [{ group: "looser", says: say`is gone: nothing is asked of what runs there` }]),
    ),
    ...added.flatMap((stop) =>
      change(stop.name, [{ group: "tighter", says: say`is new: releases come ${comesFrom(stop)}` }]),
    ),
    ...kept.flatMap(([was, is]) => change(is.name, stopFindings(was, is))),
  ];
}

/** What is said of a platform's promotion as a whole: its ledger, and services whose images move together, or in no release. */
export function promotionFindings(before: Platform, after: Platform): Finding[] {
  const [was, is] = [before.promotion, after.promotion];
  if (!was || !is) return [];
  const kept = Object.keys(is.together).filter((set) => set in was.together);
  const sets = (all: Promotion["together"]) => Object.fromEntries(kept.map((set) => [set, all[set]]));
  return [
    ...listFindings([Object.keys(was.together), Object.keys(is.together)], "promotes together the set"),
    ...others({ together: sets(was.together) }, { together: sets(is.together) }, say`promotion: `),
    ...others(
      { ledger: was.ledger, thirdParty: was.thirdParty, meets: was.meets },
      { ledger: is.ledger, thirdParty: is.thirdParty, meets: is.meets },
      say`promotion: `,
    ),
  ];
}

type NamedStop = Stop & { name: string };

function stopsOf(promotion: Promotion | undefined): NamedStop[] {
  return promotion?.stops.map((stop) => ({ ...stop, name: stop.environment })) ?? [];
}

function comesFrom({ after }: Stop): Sentence {
  return after === undefined ? say`from nowhere else` : say`from ${after}`;
}

function stopFindings(was: NamedStop, is: NamedStop): Finding[] {
  const moved: Finding = {
    group: "changed",
    says: say`releases come ${comesFrom(is)}, came ${comesFrom(was)}`,
  };
  const checks = [was, is].map(({ verification }) => verification.map(({ name }) => name));
  return [
    ...(was.after === is.after ? [] : [moved]),
    ...askedFindings(was, is),
    ...listFindings([was.gates, is.gates], "asks gate"),
    ...listFindings([was.prerequisites, is.prerequisites], "asks for"),
    ...listFindings([checks[0] ?? [], checks[1] ?? []], "is verified by"),
    ...pairs(was.verification, is.verification).kept.flatMap(([old, check]) =>
      others(old, check, say`check ${check.name}: `),
    ),
    ...freezeFindings(was.freezes, is.freezes),
    ...hotfixFindings(was, is),
    ...overrideFindings(was, is),
    ...listFindings([was.rollBackOn.alerts, is.rollBackOn.alerts], "goes back on"),
    ...sized("watches for", [was.rollBackOn.watchSeconds, is.rollBackOn.watchSeconds], readableSeconds),
    ...others({ deploy: was.deploy }, { deploy: is.deploy }, []),
  ];
}

/** Soak and people, of the usual way or of that of hotfixes. */
function askedFindings(was: Asked, is: Asked): Finding[] {
  const roles = [...new Set([...was.approvals, ...is.approvals].map(({ role }) => role))].sort();
  const count = ({ approvals }: Asked, wanted: string) =>
    approvals.find(({ role }) => role === wanted)?.count ?? 0;
  return [
    ...sized("asks for a soak of", [was.soakSeconds, is.soakSeconds], readableSeconds),
    ...roles.flatMap((role) =>
      sized(
        "asks for the approval of",
        [count(was, role), count(is, role)],
        (number) => `${number || "nobody"} with role ${role}`,
      ),
    ),
  ];
}

type Asked = Pick<Stop, "soakSeconds" | "approvals">;

/** A way around what is asked: that there is one is looser than that there is none. */
function hotfixFindings({ hotfix: was }: Stop, { hotfix: is }: Stop): Finding[] {
  if (was && is) return askedFindings(was, is).map((one) => ({ ...one, says: say`a hotfix ${one.says}` }));
  if (is) return [{ group: "looser", says: say`lets hotfixes in on a way of their own` }];
  return was ? [{ group: "tighter", says: say`has no way for hotfixes any more` }] : [];
}

function overrideFindings({ override: was }: Stop, { override: is }: Stop): Finding[] {
  const text = ({ role, longestSeconds }: NonNullable<Stop["override"]>) =>
    say`role ${role} for ${readableSeconds(longestSeconds)}`;
  if (!was && !is) return [];
  if (!was || !is)
    return is
      ? [{ group: "looser", says: say`lets ${text(is)} override what is asked` }]
      : [{ group: "tighter", says: say`lets nobody override what is asked any more` }];
  if (was.role === is.role && was.longestSeconds === is.longestSeconds) return [];
  const step = was.role === is.role ? was.longestSeconds - is.longestSeconds : 0;
  return [{ group: groupOf(step), says: say`lets ${text(is)} override what is asked, was ${text(was)}` }];
}

function freezeFindings(before: readonly Freeze[], after: readonly Freeze[]): Finding[] {
  const { gone, added, kept } = pairs(before, after);
  return [
    ...gone.map(({ name }): Finding => ({ group: "looser", says: say`is no longer frozen for ${name}` })),
    ...added.map(({ name }): Finding => ({ group: "tighter", says: say`is frozen for ${name} now` })),
    ...kept.flatMap(([was, is]) => {
      const from = Math.min(Date.parse(`${was.begins}Z`), Date.parse(`${is.begins}Z`));
      const group = groupOf(frozen(is, from) - frozen(was, from));
      return leftovers(was, is).map(
        ({ says }): Finding => ({ group, says: say`freeze ${is.name}: ${says}` }),
      );
    }),
  ];
}

/** Long enough for every rule to have come round, in milliseconds. */
const TWO_YEARS = 2 * 366 * 86_400_000;

/** How long a freeze is on in the two years from a time, in milliseconds. */
function frozen(freeze: Freeze, from: number): number {
  const to = from + TWO_YEARS;
  return freezeTimes(freeze, { from, to }).reduce((sum, { begins, ends }) => sum + ends - begins, 0);
}

/** What stands in a list is asked: gone is looser, new is tighter. */
function listFindings([was, is]: [readonly string[], readonly string[]], asks: string): Finding[] {
  const gone = was.filter((one) => !is.includes(one));
  const added = is.filter((one) => !was.includes(one));
  return [
    ...gone.map((one): Finding => ({ group: "looser", says: [`no longer ${asks} `, { value: one }] })),
    ...added.map((one): Finding => ({ group: "tighter", says: [`${asks} `, { value: one }, " now"] })),
  ];
}

/** More of it is tighter. */
function sized(asks: string, [was, is]: [number, number], text: (size: number) => string): Finding[] {
  if (was === is) return [];
  return [{ group: groupOf(is - was), says: [`${asks} `, ...say`${text(is)}, was ${text(was)}`] }];
}

function groupOf(step: number): Finding["group"] {
  if (step === 0) return "changed";
  return step > 0 ? "tighter" : "looser";
}

function others(was: object, is: object, about: Sentence): Finding[] {
  return leftovers(was, is).map(({ says }): Finding => ({ group: "changed", says: [...about, ...says] }));
}
