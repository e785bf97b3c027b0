import { z } from "zod";
import { canonicalJson } from "../../model/canonical-json.ts";
import { packageVersion } from "../../package-root.ts";
import { digest, type Release, releaseDigest } from "../release/release.ts";
import { SignatureError } from "../signing/signature.ts";
import type { Person, Signer } from "../signing/signer.ts";
import { type Envelope, sealed, unsealed } from "./envelope.ts";

const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const hex = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const found = z.strictObject({ uri: z.string(), digest: hex });

/** in-toto Statement v1 (https://in-toto.io/Statement/v1) with a SLSA verification summary (https://slsa.dev/spec/v1.0/verification_summary). */
const statement = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z.array(z.strictObject({ name: z.string(), digest: hex })).min(1),
  predicateType: z.literal("https://slsa.dev/verification_summary/v1"),
  predicate: z.strictObject({
    verifier: z.strictObject({ id: z.string(), version: z.record(z.string(), z.string()) }),
    timeVerified: z.iso.datetime(),
    resourceUri: z.string(),
    policy: found,
    inputAttestations: z.array(found),
    verificationResult: z.enum(["PASSED", "FAILED"]),
    verifiedLevels: z.array(z.string()),
    slsaVersion: z.literal("1.0"),
  }),
});
export type Statement = z.output<typeof statement>;

/** What is said of a promotion. */
export interface PromotionFacts {
  release: Release;
  environment: string;
  /** Whether the release runs there, verified. */
  passed: boolean;
  /** When that was known; ISO 8601, UTC. */
  at: string;
  /** What it was known by: records of the ledger, decisions of gates. The digest as `sha256:…`. */
  inputs: readonly { uri: string; digest: string }[];
}

/** A signed in-toto statement (SLSA verification summary) on a promotion: what was judged, by which policies, and with which result. */
export async function attest(facts: PromotionFacts, signer: Signer): Promise<Envelope> {
  return sealed(PAYLOAD_TYPE, Buffer.from(canonicalJson(statementOf(facts))), signer);
}

/** Who signed a statement, and what it says. Throws a SignatureError, also where it is no statement of ours. */
export function verifyAttestation(
  envelope: unknown,
  people: readonly Person[],
): { by: Person; statement: Statement } {
  const { by, payloadType, payload } = unsealed(envelope, people);
  if (payloadType !== PAYLOAD_TYPE)
    throw new SignatureError("other-kind", `it holds "${payloadType}", and no in-toto statement`);
  try {
    return { by, statement: statement.parse(JSON.parse(payload.toString())) };
  } catch {
    throw new SignatureError("other-kind", "it holds no verification summary as fairlead writes them");
  }
}

/** What a statement says that a promotion did not come to, in words; undefined where it says what happened. */
export function contradiction(
  { subject, predicate }: Statement,
  { release, environment, passed }: Omit<PromotionFacts, "at" | "inputs">,
): string | undefined {
  const expected = statementOf({ release, environment, passed, at: predicate.timeVerified, inputs: [] });
  if (canonicalJson(subject) !== canonicalJson(expected.subject))
    return "it is of other images, or of another release";
  if (predicate.resourceUri !== expected.predicate.resourceUri)
    return `it is of ${predicate.resourceUri}, and the promotion was to ${expected.predicate.resourceUri}`;
  if (canonicalJson(predicate.policy) !== canonicalJson(expected.predicate.policy))
    return "it is of other policies";
  if (predicate.verificationResult !== expected.predicate.verificationResult)
    return `it says ${predicate.verificationResult}, and the promotion came to ${expected.predicate.verificationResult}`;
  return undefined;
}

function statementOf({ release, environment, passed, at, inputs }: PromotionFacts): Statement {
  const images = Object.values(release.images).map((image) => {
    const [name = "", of = ""] = image.split("@");
    return { name, digest: sha256(of) };
  });
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [
      { name: `releases/${release.platform}`, digest: sha256(releaseDigest(release)) },
      ...images.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    ],
    predicateType: "https://slsa.dev/verification_summary/v1",
    predicate: {
      verifier: { id: "fairlead:promotion/v1", version: { fairlead: packageVersion() } },
      timeVerified: at,
      resourceUri: `fairlead:${release.platform}/${environment}`,
      policy: { uri: `fairlead:policies/${release.platform}`, digest: sha256(release.policies) },
      inputAttestations: inputs.map(({ uri, digest }) => ({ uri, digest: sha256(digest) })),
      verificationResult: passed ? "PASSED" : "FAILED",
      // How the images were built is not judged here; names of our own must not begin with SLSA_.
      verifiedLevels: passed
        ? [
            "SLSA_BUILD_LEVEL_UNEVALUATED",
            `FAIRLEAD_PROMOTED_${environment.toUpperCase().replaceAll("-", "_")}`,
          ]
        : ["FAILED"],
      slsaVersion: "1.0",
    },
  };
}

function sha256(of: string): { sha256: string } {
  return { sha256: digest.parse(of).slice("sha256:".length) };
}
