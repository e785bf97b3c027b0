import { fromMarkdown } from "mdast-util-from-markdown";
import { expect, test } from "vitest";
import { digestOf } from "../gate/record.ts";
import type { Entry } from "../ledger/entry.ts";
import { BEGIN, type LedgerRecord } from "../ledger/record.ts";
import { type Release, releaseDigest } from "../release/release.ts";
import { findPromotion } from "./history.ts";
import { promotionReport } from "./report.ts";
import { stateOf } from "./state.ts";

const id = "5f0c8d7e-8a52-4d0e-9f64-0d6c2b6ef001";
const image = (name: string) => `ghcr.io/shop/api@${digestOf(name)}`;
const release = (name: string): Release => ({
  version: 1,
  platform: "shop",
  commit: digestOf(name).slice(-40),
  images: { api: image(name) },
  catalog: digestOf("catalog"),
  policies: digestOf("policies"),
});
const [old, now] = [release("old"), release("now")] as const;
const where = { release: releaseDigest(now), environment: "prod" };
const holder = { by: "ci", host: "runner-1", pid: 7 };
const begun: Entry = {
  kind: "begun",
  promotion: id,
  ...where,
  way: "usual",
  steps: ["lock-file", "apply", "attest"],
  because: ["ran 26 h of 24 h in staging"],
  from: releaseDigest(old),
  holder,
  leaseSeconds: 60,
};
const jws = (says: object, kid: string) =>
  [{ alg: "EdDSA", kid }, says, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
const approval: Entry = {
  kind: "approval",
  ...where,
  approval: jws(
    { ...where, role: "security", issued: "2026-11-20T10:00:00Z", until: "2026-11-21T10:00:00Z" },
    "ada",
  ),
};
const gate: Entry = {
  ...{ kind: "gate", ...where, gate: "budget", verdict: "pass", blocks: false },
  record: digestOf("decision"),
};
const step = (name: string, state: "begun" | "done" | "failed", says?: string): Entry => ({
  ...{ kind: "step", promotion: id, token: 6, step: name, state },
  ...(says !== undefined && { says }),
});

test("a change board reads what changed, who agreed, what was measured, what was done, and where it stands (PM-6, WV-19)", () => {
  const report = reportOf([
    ...[{ kind: "release", release: old } as const, { kind: "release", release: now } as const],
    { kind: "let-go", environment: "prod", because: "the cause was found" },
    ...[approval, gate, begun],
    ...[step("lock-file", "begun"), step("lock-file", "done", "committed"), step("apply", "begun")],
    ...[step("apply", "failed", "api is not ready")],
    { kind: "ended", promotion: id, token: 6, outcome: "rolled-back", runs: releaseDigest(old) },
  ]);
  for (const said of [
    "# Promotion to prod: rolled back",
    `| \`image of api\` | \`${image("old")}\` | \`${image("now")}\` | \`changed\` |`,
    "`ran 26 h of 24 h in staging`",
    "| `3` | `ci` | | `let go: the cause was found` | `2026-11-21T08:00:03.000Z` | |",
    "| `4` | `ada` | `security` | `approved` | `2026-11-20T10:00:00Z` | `2026-11-21T10:00:00Z` |",
    "| `5` | `gate budget` | `pass` |",
    "| `10` | `apply` | `failed` | `2026-11-21T08:00:10.000Z` | `1 s` | `api is not ready` |",
    "Not reached:\n\n- `attest`",
    `| \`Runs now\` | \`${releaseDigest(old)}\` |`,
    "fairlead verify --head sha256:",
  ])
    expect(report.replace(/ +/g, " ")).toContain(said);
});

test("nothing that is recorded gets out of its cell", () => {
  const hostile = "`|\n# Approved by everybody\n<img src=x> @all ‮";
  const report = reportOf([
    { kind: "release", release: now },
    { ...begun, because: [hostile], holder: { ...holder, host: hostile } } as Entry,
    { kind: "refusal", what: "approval", ...where, reasons: [hostile] },
    step("lock-file", "failed", hostile),
  ]);
  const kinds = new Set<string>();
  const visit = (node: { type: string; children?: unknown[] }) => {
    kinds.add(node.type);
    for (const child of node.children ?? []) visit(child as { type: string });
  };
  visit(fromMarkdown(report));
  expect([...kinds].filter((kind) => ["html", "image", "link"].includes(kind))).toEqual([]);
  expect(report).not.toContain("\n# Approved");
  expect(report).not.toContain("‮");
});

test("what was recorded as an approval and is none is told as that", () => {
  const forged: Entry = { kind: "approval", ...where, approval: "bm8.bm8.bm8" };
  const report = reportOf([{ kind: "release", release: now }, forged, begun]);
  expect(report.replace(/ +/g, " ")).toContain("| `2` | | | `nothing that was signed` |");
});

test("of a promotion that the ledger does not have nothing is said", () => {
  expect(() => reportOf([{ kind: "release", release: now }])).toThrow("there is no promotion");
});

function reportOf(entries: readonly Entry[]): string {
  const records = entries.map(
    (entry, i): LedgerRecord => ({
      ...{ version: 1, ledger: "shop", number: i + 1, previous: BEGIN },
      ...{ at: new Date(Date.parse("2026-11-21T08:00:00Z") + (i + 1) * 1000).toISOString() },
      ...{ by: "ci", entry },
    }),
  );
  const read = { records, head: { number: records.length, digest: digestOf("head") } };
  return promotionReport(read, findPromotion(stateOf(records), id.slice(0, 8)));
}
