import type { PlatformInput, PromotionInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { compareModels } from "./compare.ts";
import { formatChanges } from "./format.ts";

const freezes = {
  "end-of-year": {
    reason: "Few people are there.",
    begins: "2026-12-20T00:00:00",
    timeZone: "UTC",
    lasts: "P16D",
    repeats: "FREQ=YEARLY",
  },
};
const [first, last] = Object.keys(shop.parts.find((part) => part.environments)?.environments ?? {});
const prod = {
  after: first,
  soak: "1h",
  approvals: { security: 2 },
  freezes,
  override: { role: "captain", longest: "2h" },
} as const;

const withStop = (stop: object | undefined): PlatformInput => {
  const promotion = {
    ledger: { kind: "git" },
    environments: { [first ?? ""]: {}, ...(stop && { [last ?? ""]: { ...prod, ...stop } }) },
  } as PromotionInput;
  return { ...shop, parts: [...shop.parts, { promotion }] };
};

/** What is said where production asks something else. */
function said(stop: object | undefined): string {
  const [before, after] = [withStop({}), withStop(stop)].map((one) => modelOf([one], policies));
  if (!before || !after) return "";
  return formatChanges(compareModels(before, after), "text", "main");
}

test.each([
  ["fewer people", { approvals: { security: 1 } }, /asks for the approval of 1 with role security, was 2/],
  ["nobody", { approvals: {} }, /approval of nobody with role security, was 2/],
  ["a shorter soak", { soak: "10m" }, /asks for a soak of 10 min, was 1 h/],
  ["a freeze that is gone", { freezes: {} }, /is no longer frozen for end-of-year/],
  [
    "a shorter freeze",
    { freezes: { "end-of-year": { ...freezes["end-of-year"], lasts: "P2D" } } },
    /freeze end-of-year: lasts was P16D, is P2D/,
  ],
  [
    "a freeze that is left out once",
    { freezes: { "end-of-year": { ...freezes["end-of-year"], except: ["2027-12-20T00:00:00"] } } },
    /freeze end-of-year: except is now 2027-12-20T00:00:00/,
  ],
  [
    "a longer override",
    { override: { role: "captain", longest: "4h" } },
    /lets role captain for 4 h override what is asked, was role captain for 2 h/,
  ],
  ["a way for hotfixes", { hotfix: {} }, /lets hotfixes in on a way of their own/],
  ["no promotion there at all", undefined, /is gone: nothing is asked of what runs there/],
])("%s is looser (WV-19)", (_, stop, words) => {
  const text = said(stop);
  expect(text).toMatch(new RegExp(`^Since main\n\nLooser:\n  shop: promotion to ${last}\n`));
  expect(text).toMatch(words);
  expect(text).not.toContain("Tighter");
});

test("what asks for more is tighter, and another role, deployment or time of a freeze is neither (WV-19)", () => {
  const stop = {
    soak: "2h",
    prerequisites: ["previous-rollout-complete"],
    override: { role: "owner", longest: "2h" },
    deploy: { kind: "terraform" },
    freezes: { "end-of-year": { ...freezes["end-of-year"], begins: "2026-12-21T00:00:00" } },
  };
  expect(said(stop)).toMatchInlineSnapshot(`
    "Since main

    Tighter:
      shop: promotion to prod
        asks for a soak of 2 h, was 1 h
        asks for previous-rollout-complete now

    Changed otherwise:
      shop: promotion to prod
        freeze end-of-year: begins was 2026-12-20T00:00:00, is 2026-12-21T00:00:00
        lets role owner for 2 h override what is asked, was role captain for 2 h
        deploy.kind was lock-file, is terraform"
  `);
});
