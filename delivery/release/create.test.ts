import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PromotionInput } from "fairlead";
import { expect, onTestFinished, test } from "vitest";
import { locked } from "../../model/resolve/locks.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { formatPlainly } from "../../tests/format-plainly.ts";
import { modelOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { openLedger } from "../ledger/open.ts";
import { stateOf } from "../promotion/state.ts";
import { somebody } from "../signing/people-of-test.ts";
import { approvedReleases } from "./approved-list.ts";
import { contentDigests } from "./content.ts";
import { createRelease } from "./create.ts";
import { findRelease } from "./find.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const image = (service: string, digit: string) => `ghcr.io/shop/${service}@${digest(digit)}`;
const commit = "c".repeat(40);
const robot = somebody("robot");

function platformWith(changed: Partial<PromotionInput> = {}) {
  const promotion: PromotionInput = {
    ledger: { kind: "folder", folder: "ledger" },
    environments: { local: {}, prod: { after: "local", gates: ["release"], approvals: { cost: 1 } } },
    ...changed,
  };
  const [platform] = modelOf([{ ...shop, parts: [...shop.parts, { promotion }] }], policies).platforms;
  if (!platform) throw new Error("no shop");
  return platform;
}

async function emptyLedger() {
  const root = await mkdtemp(join(tmpdir(), "fairlead-release-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const people = [robot.person];
  return openLedger(
    { kind: "folder", folder: "ledger" },
    { root, platform: "shop", signer: robot.signer, people, env: {} },
  );
}

const refusal = (made: Promise<unknown>) =>
  made.then(
    () => "made",
    (error) => (error instanceof ProblemsError ? formatPlainly([...error.problems]) : String(error)),
  );

test("the same content is the same release, and is recorded once", async () => {
  const [ledger, platform] = [await emptyLedger(), platformWith()];
  const images = { api: image("api", "a"), store: image("store", "b") };
  const first = await createRelease(ledger, { platform, commit, images });
  const again = await createRelease(ledger, {
    platform,
    commit,
    images: { store: images.store, api: images.api },
  });
  expect([first.isNew, again.isNew, again.digest]).toEqual([true, false, first.digest]);
  expect(first.release).toEqual({
    version: 1,
    platform: "shop",
    commit,
    images,
    ...contentDigests(platform),
  });
  const next = await createRelease(ledger, { platform, commit, images: { api: image("api", "d") } });
  expect([next.kept, next.release.images.store]).toEqual([["store"], images.store]);
  const { records } = await ledger.read();
  expect(records.length).toBe(2);
  const state = stateOf(records);
  expect([...state.releases.keys()]).toEqual([first.digest, next.digest]);
  expect(findRelease(state, next.digest.slice(7, 19)).digest).toBe(next.digest);
  expect(() => findRelease(state, "zz")).toThrow("no release");
  const hotfix = await createRelease(ledger, { platform, commit, images, hotfix: "mends orders" });
  expect(hotfix.digest).not.toBe(first.digest);
});

test.each<[string, Record<string, string>, Partial<PromotionInput>, string]>([
  [
    "a service that does not exist",
    { apo: image("api", "a"), api: image("api", "a"), store: image("store", "b") },
    {},
    'did you mean "api"',
  ],
  ["a service without an image", { api: image("api", "a") }, {}, "release/missing-image"],
  [
    "an image of third parties",
    { api: image("api", "a"), store: image("store", "b") },
    { thirdParty: ["store"] },
    "release/third-party",
  ],
  ["a tag alone", { api: "ghcr.io/shop/api:1.2.3", store: image("store", "b") }, {}, "release/image"],
  [
    "a tag and a digest",
    { api: `ghcr.io/shop/api:1@${digest("a")}`, store: image("store", "b") },
    {},
    "release/image",
  ],
  ["half a digest", { api: "ghcr.io/shop/api@sha256:abc", store: image("store", "b") }, {}, "release/image"],
  [
    "another image",
    { api: `ghcr.io/evil/api@${digest("a")}`, store: image("store", "b") },
    {},
    "release/other-image",
  ],
])("%s is refused, and nothing is written", async (_what, images, changed, told) => {
  const ledger = await emptyLedger();
  expect(await refusal(createRelease(ledger, { platform: platformWith(changed), commit, images }))).toContain(
    told,
  );
  expect((await ledger.read()).records).toEqual([]);
});

test("of a set that moves together no part changes alone", async () => {
  const [ledger, platform] = [await emptyLedger(), platformWith({ together: { orders: ["api", "store"] } })];
  await createRelease(ledger, {
    platform,
    commit,
    images: { api: image("api", "a"), store: image("store", "b") },
  });
  expect(
    await refusal(createRelease(ledger, { platform, commit, images: { api: image("api", "d") } })),
  ).toContain("api, store move together (orders), and store would stay");
  const both = { api: image("api", "d"), store: image("store", "e") };
  expect((await createRelease(ledger, { platform, commit, images: both })).isNew).toBe(true);
});

test("the cluster's list holds what pods of a release run, third parties' images too", async () => {
  const platform = platformWith({ thirdParty: ["store"] });
  const prod = platform.environments.find(({ name }) => name === "prod");
  const made = await createRelease(await emptyLedger(), {
    platform,
    commit,
    images: { api: image("api", "a") },
  });
  expect(prod && approvedReleases(prod, [made])).toEqual({
    name: "approved-releases",
    namespace: "shop-prod-releases",
    data: { [made.digest.slice(7)]: `${image("api", "a")}\nghcr.io/shop/store:2.0.0` },
  });
});

test("what a lock file brings is no part of what the catalog describes", () => {
  const platform = platformWith();
  const images = { api: image("api", "a"), store: image("store", "b") };
  const lock = { version: 1, platform: "shop", environment: "prod", release: digest("e"), images } as const;
  const by = { promotion: "0b9f1c1e-2f6a-4c53-9a3e-6a8c1f6f2d10", token: 3, record: digest("f") };
  const place = () => ({ platform: "shop", path: [] });
  const found = { file: "promotion/shop/prod.lock.json", lock: { ...lock, ...by }, place };
  const environments = platform.environments.map((one) => ({ ...one, ...locked(one.services, found) }));
  expect(environments[0]?.services.map((service) => service.image)).toEqual(Object.values(images));
  expect(contentDigests({ ...platform, environments })).toEqual(contentDigests(platform));
  expect(contentDigests({ ...platform, title: "Another" }).catalog).not.toBe(
    contentDigests(platform).catalog,
  );
});
