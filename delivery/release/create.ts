import { image as imageSchema } from "../../catalog/service.ts";
import { hasDigest } from "../../model/admission.ts";
import type { Platform } from "../../model/model.ts";
import type { Promotion } from "../../model/promotion.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { showValue } from "../../problems/show-value.ts";
import { unknownChoices } from "../../problems/unknown-choices.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { stateOf } from "../promotion/state.ts";
import { contentDigests } from "./content.ts";
import { type Release, releaseDigest } from "./release.ts";

/** What a release is made of. */
export interface NewRelease {
  /** As the commit has it. */
  platform: Platform;
  /** A commit's whole id. */
  commit: string;
  /** By service; those not named stay as in the newest release. */
  images: Readonly<Record<string, string>>;
  /** Why it goes the way of hotfixes. */
  hotfix?: string | undefined;
}

/** A release that is in the ledger. */
export interface CreatedRelease {
  digest: string;
  release: Release;
  /** Services whose image is that of the newest release before. */
  kept: string[];
  /** False where the ledger had it already: then nothing was written. */
  isNew: boolean;
}

/**
 * Makes a release and adds it to the ledger, once: the same content is the same release. Throws a ProblemsError with everything that is wrong: services
 * that do not exist or whose image no release brings, images without a digest or of another name, services without an image, a set of which a part changes.
 */
export async function createRelease(ledger: Ledger, made: NewRelease): Promise<CreatedRelease> {
  const { promotion } = made.platform;
  if (!promotion) throw new ProblemsError([noPromotion(made.platform)]);
  let created: CreatedRelease | undefined;
  await ledger.add(({ records }) => {
    const { releases } = stateOf(records);
    const newest = [...releases.values()].at(-1)?.release;
    const { release, kept } = releaseOf(made, { promotion, newest });
    const digest = releaseDigest(release);
    created = { digest, release, kept, isNew: !releases.has(digest) };
    return created.isNew ? { kind: "release", release } : undefined;
  });
  if (!created) throw new Error("the ledger did not ask what to add");
  return created;
}

/** The Problem of a platform whose catalog does not say how it is promoted. */
export function noPromotion({ name }: Platform): Problem {
  const message = `the catalog does not say how releases of ${name} are promoted`;
  const fix = "add a part with promotion: definePromotion({ … }, { ledger, environments })";
  return { rule: "release/no-promotion", severity: "error", message, fix };
}

function releaseOf(
  made: NewRelease,
  { promotion, newest }: { promotion: Promotion; newest: Release | undefined },
): { release: Release; kept: string[] } {
  const { platform, commit, hotfix } = made;
  const own = platform.services
    .map(({ name }) => name)
    .filter((name) => !promotion.thirdParty.includes(name));
  const images = Object.fromEntries(
    own.flatMap((name): [string, string][] => {
      const image = made.images[name] ?? newest?.images[name];
      return image === undefined ? [] : [[name, image]];
    }),
  );
  const problems = [
    ...namedProblems(made, { own, promotion }),
    ...own.filter((name) => images[name] === undefined).map((name) => missing(name, newest)),
    ...(newest ? partProblems(promotion, { before: newest.images, now: images }) : []),
  ];
  if (problems.length > 0) throw new ProblemsError(problems);
  const digests = contentDigests(platform);
  const kept = own.filter((name) => made.images[name] === undefined);
  const release: Release = {
    ...{ version: 1, platform: platform.name, commit, images, ...digests },
    ...(hotfix !== undefined && { hotfix }),
  };
  return { release, kept };
}

function namedProblems(
  { platform, images }: NewRelease,
  { own, promotion }: { own: readonly string[]; promotion: Promotion },
): Problem[] {
  const named = Object.keys(images);
  const thirdParty = named.filter((name) => promotion.thirdParty.includes(name));
  const unknown = unknownChoices(
    "service",
    named.filter((name) => !thirdParty.includes(name)),
    own,
  );
  return [
    ...unknown,
    ...thirdParty.map((name) =>
      problem("third-party", `the image of "${name}" is the catalog's affair: no release brings one`, {
        fix: "change it in the catalog, or take it out of the promotion's thirdParty",
      }),
    ),
    ...own.flatMap((name) => imageProblems(platform, name, images[name])),
  ];
}

function imageProblems(platform: Platform, service: string, image: string | undefined): Problem[] {
  if (image === undefined) return [];
  if (!imageSchema.safeParse(image).success || !hasDigest(image) || nameOf(image) !== image.split("@")[0])
    return [
      problem("image", `the image of ${service} is ${showValue(image)}, and no name with a digest`, {
        fix: `write --image ${service}=NAME@sha256:DIGEST, without a tag; docker buildx imagetools inspect shows the digest`,
      }),
    ];
  const here = platform.environments.flatMap(({ services }) => services);
  const names = [...platform.services, ...here]
    .filter(({ name }) => name === service)
    .map((one) => nameOf(one.image));
  if (names.includes(nameOf(image))) return [];
  return [
    problem(
      "other-image",
      `${service} runs ${[...new Set(names)].join(" or ")}, and ${nameOf(image)} is another image`,
      {
        fix: "name the image that the catalog names, or change the catalog first",
      },
    ),
  ];
}

/** An image's name without tag and digest. */
function nameOf(image: string): string {
  return (image.split("@")[0] ?? "").replace(/:[^:/]+$/, "");
}

function missing(service: string, newest: Release | undefined): Problem {
  const why = newest ? "the newest release has none" : "there is no release yet whose image could stay";
  return problem("missing-image", `${service} needs an image, and ${why}`, {
    fix: `add --image ${service}=NAME@sha256:DIGEST, or ${service} to the promotion's thirdParty`,
  });
}

function partProblems(
  { together }: Promotion,
  { before, now }: { before: Release["images"]; now: Release["images"] },
): Problem[] {
  return Object.entries(together).flatMap(([set, services]) => {
    const same = services.filter((service) => before[service] === now[service]);
    if (same.length === 0 || same.length === services.length) return [];
    return problem(
      "part-of-set",
      `${services.join(", ")} move together (${set}), and ${same.join(", ")} would stay`,
      {
        fix: `name images of all of them: ${services.map((one) => `--image ${one}=…`).join(" ")}`,
      },
    );
  });
}

const rules = {
  "third-party": "release/third-party",
  image: "release/image",
  "other-image": "release/other-image",
  "missing-image": "release/missing-image",
  "part-of-set": "release/part-of-set",
} as const;

function problem(why: keyof typeof rules, message: string, { fix }: { fix: string }): Problem {
  return { rule: rules[why], severity: "error", message, fix };
}
