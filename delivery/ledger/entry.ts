import { z } from "zod";
import { slug } from "../../catalog/text.ts";
import { digest, release } from "../release/release.ts";

/** Words for a person; at most a screen's line or two. */
const words = z.string().min(1).max(1000);
/** Which release for which environment. */
const passage = { release: digest, environment: slug };
/** One of the ledger's promotions. */
const promotion = z.uuid();
/** Number of the record by which its writer came to hold the promotion: a smaller one is refused (fencing token). */
const token = z.int().min(1);
/** A signed text: JWS in its compact form. */
const jws = z.string().regex(/^[\w-]+\.[\w-]+\.[\w-]+$/);

/** Who is at work on a promotion: enough for another to find them. */
export const holder = z.strictObject({ by: z.string().min(1), host: z.string().min(1), pid: z.int() });
export type Holder = z.output<typeof holder>;

const held = { holder, leaseSeconds: z.number().positive() };

/** What may be written into a ledger. Each kind tells what has happened, never what shall. */
export const entry = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("release"), release }),
  /** Somebody agreed: `approval` is signed by them, whoever wrote the record. */
  z.strictObject({ kind: z.literal("approval"), ...passage, approval: jws }),
  /** Somebody let a release in against what is asked: signed by them. */
  z.strictObject({ kind: z.literal("override"), ...passage, override: jws }),
  /** Something was asked for and refused. */
  z.strictObject({
    kind: z.literal("refusal"),
    what: z.enum(["approval", "override", "promotion", "rollback", "step", "lock-file"]),
    release: digest.optional(),
    environment: slug.optional(),
    reasons: z.array(words).min(1),
    /** Digest of what was handed in. */
    given: digest.optional(),
  }),
  /** A gate decided: `record` is the digest of the decision's record, which is kept beside the ledger. */
  z.strictObject({
    kind: z.literal("gate"),
    ...passage,
    gate: slug,
    verdict: z.enum(["pass", "warn", "fail", "inconclusive"]),
    blocks: z.boolean(),
    record: digest,
  }),
  /** A check of an environment ran on a release there. */
  z.strictObject({
    kind: z.literal("check"),
    ...passage,
    check: slug,
    passed: z.boolean(),
    says: words.optional(),
  }),
  /** A release begins to enter an environment; from now on its writer holds it. */
  z.strictObject({
    kind: z.literal("begun"),
    promotion,
    ...passage,
    way: z.enum(["usual", "hotfix", "override", "rollback"]),
    /** Names of the steps, in their order. */
    steps: z.array(slug).min(1),
    /** Why it may enter: what was asked, and what answered it. */
    because: z.array(words),
    /** The release that ran there before. */
    from: digest.optional(),
    ...held,
  }),
  /** Its holder is at work still. */
  z.strictObject({ kind: z.literal("renewed"), promotion, token }),
  /** Somebody else goes on with it, since its holder was not heard of for longer than its lease. */
  z.strictObject({ kind: z.literal("taken-over"), promotion, ...held }),
  z.strictObject({
    kind: z.literal("step"),
    promotion,
    token,
    step: slug,
    state: z.enum(["begun", "done", "failed"]),
    says: words.optional(),
    /** What later steps, and those who look into it, need: digests, addresses, names. */
    facts: z.record(slug, z.string()).optional(),
  }),
  z.strictObject({
    kind: z.literal("ended"),
    promotion,
    token,
    outcome: z.enum(["promoted", "rolled-back", "aborted", "failed"]),
    /** The release that runs there now; absent where none does. */
    runs: digest.optional(),
    says: words.optional(),
  }),
  /** Nothing enters the environment by itself until it is let go. */
  z.strictObject({ kind: z.literal("hold"), environment: slug, because: words }),
  z.strictObject({ kind: z.literal("let-go"), environment: slug, because: words }),
  /** A DSSE envelope with an in-toto statement. */
  z.strictObject({
    kind: z.literal("attestation"),
    promotion,
    envelope: z.looseObject({
      payloadType: z.string(),
      payload: z.string(),
      signatures: z.array(z.looseObject({})),
    }),
  }),
]);

/** What has happened: one line of a ledger. */
export type Entry = z.output<typeof entry>;
export type EntryOf<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;
