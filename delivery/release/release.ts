import { z } from "zod";
import { slug } from "../../catalog/text.ts";
import { digestOf } from "../gate/record.ts";

/** A SHA-256 as everything in delivery names it. */
export const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "must be sha256: and 64 hexadecimal digits");

/** What is released: nothing of it changes any more, and its digest names it. */
export const release = z.strictObject({
  version: z.literal(1),
  platform: slug,
  /** The commit of the project that it is made of. */
  commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, "must be a commit's whole id"),
  /** By service: the image's name, without a tag, with its digest. */
  images: z.record(
    slug,
    z.string().regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "must be an image with its digest"),
  ),
  /** Of the platform as the model has it, without the images of lock files. */
  catalog: digest,
  /** Of the policies of the platform's gates. */
  policies: digest,
  /** Why it goes the way of hotfixes; absent for all others. */
  hotfix: z.string().min(1).max(300).optional(),
});

/** A release; plain JSON. */
export type Release = z.output<typeof release>;

/** The name of a release: the SHA-256 of its canonical JSON. */
export function releaseDigest(one: Release): string {
  return digestOf(one);
}
