import { decodeJwt, decodeProtectedHeader } from "jose";
import type { RootContent } from "mdast";
import { z } from "zod";
import { readableSeconds } from "../../model/readable.ts";
import { markdown, quoted, sentence, table } from "../../problems/markdown.ts";
import type { Entry, EntryOf } from "../ledger/entry.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import type { Release } from "../release/release.ts";
import { type DeliveryState, type PromotionState, stateOf } from "./state.ts";

/**
 * What a change board asks of one promotion, as Markdown: what changed, who asked for it and who agreed, what was measured, each step with its
 * time, how it ended, what runs now, and where in the ledger all of it stands. Says what the records say and nothing else.
 */
export function promotionReport(read: ReadLedger, promotion: PromotionState): string {
  const state = stateOf(read.records);
  const own = recordsOf(read.records, promotion);
  const told: Told = { read, state, promotion, own };
  return markdown([
    heading(1, `Promotion to ${promotion.environment}: ${outcome(promotion)}`),
    ...summary(told),
    heading(2, "What changes"),
    ...changes(told),
    heading(2, "Why it might enter"),
    ...reasons(told),
    heading(2, "Who agreed"),
    ...agreements(told),
    heading(2, "What was measured"),
    ...measured(told),
    heading(2, "What was done"),
    ...steps(told),
    heading(2, "For the audit"),
    ...audit(told),
  ]);
}

interface Told {
  read: ReadLedger;
  state: DeliveryState;
  promotion: PromotionState;
  /** All records of this promotion, of its release for its environment until it ended, and of who held the environment since the one before. */
  own: LedgerRecord[];
}

/** What was recorded of the release for the environment, beside what the promotion itself did. */
const ABOUT = new Set<Entry["kind"]>(["approval", "override", "gate", "check", "refusal"]);

function recordsOf(records: readonly LedgerRecord[], promotion: PromotionState): LedgerRecord[] {
  const before = records.findLast(
    ({ entry, number }) =>
      number < promotion.number && entry.kind === "begun" && entry.environment === promotion.environment,
  );
  const last = records.findLast(({ entry }) => "promotion" in entry && entry.promotion === promotion.id);
  return records.filter(({ entry, number }) => {
    if ("promotion" in entry) return entry.promotion === promotion.id;
    if (entry.kind === "hold" || entry.kind === "let-go")
      return (
        entry.environment === promotion.environment &&
        number > (before?.number ?? 0) &&
        number <= (last?.number ?? 0)
      );
    if (!ABOUT.has(entry.kind) || number > (last?.number ?? 0)) return false;
    const { release, environment } = entry as { release?: string; environment?: string };
    return release === promotion.release && environment === promotion.environment;
  });
}

const OUTCOMES = {
  promoted: "promoted",
  "rolled-back": "rolled back",
  aborted: "aborted",
  failed: "failed",
} as const;

function outcome({ ended }: PromotionState): string {
  return ended ? OUTCOMES[ended.outcome] : "under way";
}

const WAYS = {
  usual: "the usual way",
  hotfix: "the way of hotfixes",
  override: "against what is asked, by an override",
  rollback: "a rollback",
} as const;

function summary({ read, state, promotion }: Told): RootContent[] {
  const { release, from, requestedBy, way, begunAt, ended, holder } = promotion;
  const platform = read.records[0]?.ledger ?? "";
  const held = state.environments.get(promotion.environment)?.held;
  return [
    table(
      ["", ""],
      [
        ["Platform", platform],
        ["Environment", promotion.environment],
        ["Release", release],
        ["Release before", from ?? "none"],
        ["Way", WAYS[way]],
        ["Asked for by", requestedBy],
        ["Carried out by", `${holder.by} on ${holder.host}`],
        ["Begun", begunAt],
        ["Ended", ended?.at ?? "not yet"],
        ["Took", ended ? spanOf(begunAt, ended.at) : ""],
        ["Outcome", outcome(promotion)],
        ["Runs now", ended?.runs ?? (ended ? "nothing" : "not decided")],
        ...(held ? [["Held since", `${held.at}: ${held.because}`]] : []),
      ],
    ),
    ...(ended?.says ? [quote(ended.says)] : []),
  ];
}

function changes({ state, promotion }: Told): RootContent[] {
  const now = state.releases.get(promotion.release)?.release;
  const before = promotion.from === undefined ? undefined : state.releases.get(promotion.from)?.release;
  if (!now) return [sentence("The ledger does not hold this release.")];
  const same = (word: keyof Release & ("commit" | "catalog" | "policies")): string[] => {
    const old = before?.[word];
    return [word, old ?? "", now[word], old === undefined ? "new" : old === now[word] ? "same" : "changed"];
  };
  const services = [...new Set([...Object.keys(before?.images ?? {}), ...Object.keys(now.images)])].sort();
  const images = services.map((service) => {
    const [old, image] = [before?.images[service], now.images[service]];
    const word =
      old === image ? "same" : old === undefined ? "new" : image === undefined ? "gone" : "changed";
    return [`image of ${service}`, old ?? "", image ?? "", word];
  });
  return [
    ...(now.hotfix ? [sentence("A hotfix, because:"), quote(now.hotfix)] : []),
    table(["Of", "Before", "Now", ""], [same("commit"), same("catalog"), same("policies"), ...images]),
  ];
}

function reasons({ promotion }: Told): RootContent[] {
  if (promotion.because.length === 0) return [sentence("Nothing was asked.")];
  return [list(promotion.because)];
}

/** What an approval or an override says. Whether it was signed so is for `fairlead verify`, whose command stands at the end of the report. */
const signed = z.object({
  role: z.string().optional(),
  reason: z.string().optional(),
  issued: z.string().optional(),
  until: z.string().optional(),
});

function agreements({ own }: Told): RootContent[] {
  const rows = own.flatMap(({ entry, number, at, by }) => {
    if (entry.kind === "hold" || entry.kind === "let-go") {
      const word = entry.kind === "hold" ? "held" : "let go";
      return [[String(number), by, "", `${word}: ${entry.because}`, at, ""]];
    }
    if (entry.kind !== "approval" && entry.kind !== "override") return [];
    const text = entry.kind === "approval" ? entry.approval : entry.override;
    const said = saidIn(text);
    if (said === undefined) return [[String(number), "", "", "nothing that was signed", at, ""]];
    const { who, role, reason, issued, until } = said;
    const what = entry.kind === "approval" ? "approved" : `override: ${reason ?? ""}`;
    return [[String(number), who, role ?? "", what, issued ?? at, until ?? ""]];
  });
  const refused = own.flatMap(({ entry, number, at, by }) =>
    entry.kind === "refusal" ? [[String(number), by, entry.what, at, entry.reasons.join("; ")]] : [],
  );
  return [
    rows.length > 0
      ? table(["Record", "Who", "As", "What", "Signed", "Until"], rows)
      : sentence("Nobody was asked."),
    ...(refused.length > 0
      ? [sentence("Refused on the way:"), table(["Record", "Handed in by", "What", "When", "Why"], refused)]
      : []),
  ];
}

/** Undefined of what is no JWS: somebody who may write the ledger has put it there. */
function saidIn(jws: string): (z.output<typeof signed> & { who: string }) | undefined {
  try {
    return { ...signed.parse(decodeJwt(jws)), who: decodeProtectedHeader(jws).kid ?? "" };
  } catch {
    return undefined;
  }
}

function measured({ own }: Told): RootContent[] {
  const rows = own.flatMap(({ entry, number, at }) => {
    if (entry.kind === "gate")
      return [[String(number), `gate ${entry.gate}`, verdictOf(entry), at, entry.record]];
    if (entry.kind !== "check") return [];
    return [
      [String(number), `check ${entry.check}`, entry.passed ? "passed" : "failed", at, entry.says ?? ""],
    ];
  });
  return [
    rows.length > 0
      ? table(["Record", "What", "Said", "When", "By which"], rows)
      : sentence("No gate and no check was recorded."),
  ];
}

function verdictOf({ verdict, blocks }: EntryOf<"gate">): string {
  return blocks ? `${verdict}: refused` : verdict;
}

function steps({ promotion, own }: Told): RootContent[] {
  const begun = new Map<string, string>();
  const rows = own.flatMap(({ entry, number, at, by }) => {
    if (entry.kind === "taken-over") return [[String(number), "taken over", "", at, "", by]];
    if (entry.kind !== "step") return [];
    if (entry.state === "begun") {
      begun.set(entry.step, at);
      return [];
    }
    const took = begun.has(entry.step) ? spanOf(begun.get(entry.step) ?? at, at) : "";
    const facts = Object.entries(entry.facts ?? {}).map(([name, value]) => `${name} ${value}`);
    return [
      [String(number), entry.step, entry.state, at, took, [entry.says, ...facts].filter(Boolean).join("; ")],
    ];
  });
  const open = promotion.steps.filter((step) => !promotion.done.has(step));
  return [
    rows.length > 0
      ? table(["Record", "Step", "", "When", "Took", "Says"], rows)
      : sentence("Nothing was done."),
    ...(open.length > 0 ? [sentence("Not reached:"), list(open)] : []),
  ];
}

function audit({ read, own, promotion }: Told): RootContent[] {
  const numbers = own.map(({ number }) => number);
  const attested = own
    .filter(({ entry }) => entry.kind === "attestation")
    .map(({ number }) => String(number));
  return [
    table(
      ["", ""],
      [
        ["Records", numbers.join(", ")],
        ["Signed statement (in-toto)", attested.length > 0 ? `record ${attested.join(", ")}` : "none"],
        ["Head of the ledger when this was written", `${read.head.number}, ${read.head.digest}`],
        ["Promotion", promotion.id],
      ],
    ),
    sentence("Whether nothing of it was altered since:"),
    { type: "code", lang: "sh", value: `fairlead verify --head ${read.head.digest}` },
  ];
}

/** A clock that was set back gives 0. */
function spanOf(from: string, to: string): string {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  return readableSeconds(seconds < 1 ? seconds : Math.round(seconds));
}

function heading(depth: 1 | 2, value: string): RootContent {
  return { type: "heading", depth, children: [{ type: "text", value }] };
}

function quote(value: string): RootContent {
  return { type: "paragraph", children: [quoted(value)] };
}

function list(values: readonly string[]): RootContent {
  return {
    type: "list",
    spread: false,
    children: values.map((value) => ({
      type: "listItem",
      spread: false,
      children: [{ type: "paragraph", children: [quoted(value)] }],
    })),
  };
}
