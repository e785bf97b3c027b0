// For tests: a release on its way through dev and staging to prod, told record by record. Everything that prod asks is met.
import type { Promotion } from "../../model/promotion.ts";
import { digestOf } from "../gate/record.ts";
import type { Entry } from "../ledger/entry.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import { type Release, releaseDigest } from "../release/release.ts";
import type { Person } from "../signing/signer.ts";
import type { Agreement } from "./approval.ts";
import { mayEnter } from "./may-enter.ts";
import type { EntryFacts, EntryRequest } from "./requirement.ts";

/** The time of the story's questions. */
export const now = new Date("2026-03-10T12:00:00.000Z");
/** A time before that, ISO 8601. */
export const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();

const sha = (text: string) => digestOf(text);
/** A release of the shop, with images that differ by their mark. */
export const releaseOf = (mark: string, more: Partial<Release> = {}): Release => ({
  version: 1,
  platform: "shop",
  commit: sha(mark).slice(7, 47),
  images: { api: `shop/api@${sha(`api ${mark}`)}`, web: `shop/web@${sha(`web ${mark}`)}` },
  catalog: sha("catalog"),
  policies: sha("policies"),
  ...more,
});
export const first = releaseOf("first");
export const second = releaseOf("second");
export const FIRST = releaseDigest(first);
export const SECOND = releaseDigest(second);
/** The second release with one image of the first, of which no ledger here tells. */
export const half = { ...second, images: { ...second.images, web: first.images.web ?? "" } };
export const HALF = releaseDigest(half);

/** The shop's promotion: of prod all is asked that can be. */
export const promotion: Promotion = {
  ledger: { kind: "folder", folder: "ledger" },
  ...{ thirdParty: [], meets: [], origin: { platform: "shop", path: [], label: "promotion" } },
  together: { pair: ["api", "web"] },
  stops: [
    stop("dev", {}),
    stop("staging", { after: "dev" }),
    stop("prod", {
      after: "staging",
      soakSeconds: 86_400,
      gates: ["release"],
      approvals: [
        { role: "security", count: 1 },
        { role: "production-authority", count: 2 },
      ],
      prerequisites: ["smoke-tests", "previous-rollout-complete"],
      freezes: [
        {
          name: "year-end",
          reason: "stocktaking",
          begins: "2026-12-20T00:00:00",
          timeZone: "UTC",
          lasts: "P14D",
        },
      ],
      hotfix: { soakSeconds: 3600, approvals: [{ role: "security", count: 1 }] },
      override: { role: "incident-commander", longestSeconds: 14_400 },
    }),
  ],
};

function stop(environment: string, more: Partial<Promotion["stops"][number]>): Promotion["stops"][number] {
  return {
    ...{ environment, soakSeconds: 0, gates: [], approvals: [], prerequisites: [], freezes: [] },
    verification: [{ name: "smoke", command: ["true"], timeoutSeconds: 10 }],
    deploy: { kind: "lock-file" },
    rollBackOn: { alerts: [], watchSeconds: 0 },
    ...more,
  };
}

/** What one record tells. */
export interface Told {
  at: string;
  by?: string;
  entry: Entry;
}

/** Records of a ledger; `previous` and head are digests that stand for those of real ones. */
export function ledgerOf(told: readonly Told[]): ReadLedger {
  const mark = (number: number) => digestOf(`record ${number}`);
  const records = told.map(({ at, by = "robot", entry }, i): LedgerRecord => {
    return { version: 1, ledger: "shop", number: i + 1, previous: mark(i), at, by, entry };
  });
  return { records, head: { number: records.length, digest: mark(records.length) }, notes: [] };
}

/** Id of a promotion, by a mark. */
export const idOf = (mark: string): string => {
  const hex = sha(mark).slice(7);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** A promotion from begin to end, of which the end's token is told by `number`, that of its first record. */
export function promoted(
  what: {
    release: string;
    environment: string;
    from?: string;
    mark?: string;
    runs?: string | null;
    outcome?: "promoted" | "rolled-back" | "aborted" | "failed";
  },
  { begun, ended, number }: { begun: string; ended?: string; number: number },
): Told[] {
  const { release, environment, from, outcome = "promoted", runs = release } = what;
  const id = idOf(what.mark ?? `${release} ${environment}`);
  const holder = { by: "robot", host: "ci-1", pid: 7 };
  const entry: Entry = {
    ...{
      kind: "begun",
      promotion: id,
      release,
      environment,
      way: "usual",
      steps: ["lock-file"],
      because: [],
    },
    ...(from !== undefined && { from }),
    ...{ holder, leaseSeconds: 60 },
  };
  const step: Entry = { kind: "step", promotion: id, token: number, step: "lock-file", state: "done" };
  const end: Entry = { kind: "ended", promotion: id, token: number, outcome, ...(runs !== null && { runs }) };
  return [
    { at: begun, entry },
    ...(ended === undefined
      ? []
      : [
          { at: ended, entry: step },
          { at: ended, entry: end },
        ]),
  ];
}

/** The records of the story: the first release runs in prod, the second has soaked in staging. */
export function story(): Told[] {
  const told: Told[] = [
    { at: hoursAgo(200), by: "maker", entry: { kind: "release", release: first } },
    { at: hoursAgo(100), by: "maker", entry: { kind: "release", release: second } },
  ];
  const add = (what: Parameters<typeof promoted>[0], at: number) =>
    told.push(...promoted(what, { begun: hoursAgo(at), ended: hoursAgo(at - 0.5), number: told.length + 1 }));
  add({ release: FIRST, environment: "prod" }, 90);
  add({ release: SECOND, environment: "dev" }, 80);
  add({ release: SECOND, environment: "staging" }, 48.5);
  told.push({
    at: hoursAgo(48),
    entry: { kind: "check", release: SECOND, environment: "staging", check: "smoke", passed: true },
  });
  told.push({ at: hoursAgo(3), entry: gateEntry("pass") });
  return told;
}

/** What the shop's gate decided on the second release for prod. */
export function gateEntry(
  verdict: "pass" | "warn" | "fail" | "inconclusive",
  blocks = verdict === "fail" || verdict === "inconclusive",
): Entry {
  return {
    kind: "gate",
    release: SECOND,
    environment: "prod",
    gate: "release",
    verdict,
    blocks,
    record: sha("record"),
  };
}

/** An approval of the second release for prod, an hour ago. */
export function approvalOf(by: string, role: string, more: Partial<Agreement> = {}): Agreement {
  return {
    ...{ kind: "approval", by, role, release: SECOND, environment: "prod", ledger: "shop" },
    ...{ issued: hoursAgo(1), until: hoursAgo(-23), number: 1000 },
    ...more,
  };
}

const someone = (kid: string, ...roles: string[]): Person => ({ kid, roles, key: {} });
export const people: Person[] = [
  someone("robot", "promoter"),
  someone("maker", "promoter", "security", "production-authority"),
  someone("ann", "security"),
  someone("ben", "production-authority", "security"),
  someone("cleo", "production-authority"),
  someone("dan", "incident-commander"),
];

export const request: EntryRequest = { release: SECOND, environment: "prod", by: "robot", at: now };

/** Facts by which the second release may enter prod; what is told can be another story. */
export function factsOf(told: readonly Told[] = story(), more: Partial<EntryFacts> = {}): EntryFacts {
  const ledger = ledgerOf(told);
  const begun = ledger.records.find(({ entry }) => entry.kind === "begun" && entry.environment === "prod");
  return {
    ...{ platform: "shop", promotion, ledger, people },
    agreements: [
      approvalOf("ann", "security"),
      approvalOf("ben", "production-authority"),
      approvalOf("cleo", "production-authority"),
    ],
    lockFile: {
      ...{ kind: "read", release: FIRST, images: first.images, promotion: idOf(`${FIRST} prod`) },
      ...{ record: digestOf(`record ${begun?.number}`), token: begun?.number ?? 0 },
    },
    atCommit: { catalog: second.catalog, policies: second.policies },
    freezeAt: () => undefined,
    ...more,
  };
}

/** What is not met of what is asked, and not overridden either. */
export const unmet = (facts: EntryFacts, asked: EntryRequest = request) =>
  mayEnter(asked, facts).asked.filter(({ answer, isOverridden }) => answer !== "met" && !isOverridden);
/** The story, and what came after it. */
export const told = (...more: Told[]) => [...story(), ...more];
/** The shop's promotion with one of its stops changed. */
export const stops = (environment: string, change: Partial<(typeof promotion.stops)[number]>) => ({
  promotion: {
    ...promotion,
    stops: promotion.stops.map((one) => (one.environment === environment ? { ...one, ...change } : one)),
  },
});
export const held: Told = {
  at: hoursAgo(2),
  entry: { kind: "hold", environment: "prod", because: "it burns" },
};
/** The begin of a promotion that is under way at the end of the story. */
export const entering = (number = story().length + 1) =>
  promoted({ release: FIRST, environment: "prod", mark: "x" }, { begun: hoursAgo(0.001), number });

/** What the check of staging said of the second release. */
export function check(passed: boolean): Told["entry"] {
  return { kind: "check", release: SECOND, environment: "staging", check: "smoke", passed };
}

/** Facts of the story with a lock file in which something was changed by hand. */
export function edited(change: object): EntryFacts {
  const facts = factsOf();
  return { ...facts, lockFile: { ...facts.lockFile, ...change } as NonNullable<EntryFacts["lockFile"]> };
}

/** The same facts, with the lock file as the last promotion of the records wrote it, which has come to its end. */
export function lockedByLast(facts: EntryFacts, mark: string): EntryFacts {
  const [begun, step] = facts.ledger.records.slice(-3);
  const by = { promotion: idOf(mark), token: begun?.number, record: step?.previous };
  return { ...facts, lockFile: { ...facts.lockFile, ...by } as NonNullable<EntryFacts["lockFile"]> };
}
