import type { PromotionFacts } from "../attestation/attest.ts";
import type { Envelope } from "../attestation/envelope.ts";
import type { ReadLedger } from "../ledger/ledger.ts";
import type { Step } from "./step.ts";

/** The step that puts a signed statement into the ledger: this release runs there, verified, by these decisions and checks. Once for a promotion. */
export function attestStep(sign: (facts: PromotionFacts) => Promise<Envelope>, now: () => Date): Step {
  return {
    name: "attest",
    changes: false,
    async run({ target: { release, platform, environment }, held, read }) {
      if (!release) return { says: "nothing to attest" };
      const inputs = inputsOf(read, { release: release.digest, platform, environment });
      const about = { release: release.content, environment, passed: true, at: now().toISOString() };
      const envelope = await sign({ ...about, inputs });
      await held.add(({ records }) =>
        records.some(({ entry }) => entry.kind === "attestation" && entry.promotion === held.id)
          ? undefined
          : { kind: "attestation", promotion: held.id, envelope: { ...envelope } },
      );
      return { says: `${inputs.length} inputs` };
    },
  };
}

/** Decisions of gates on the release for the environment, by the digest of their records. */
function inputsOf(
  { records }: ReadLedger,
  { release, platform, environment }: { release: string; platform: string; environment: string },
): PromotionFacts["inputs"] {
  return records.flatMap(({ entry }) =>
    entry.kind === "gate" && entry.release === release && entry.environment === environment
      ? [{ uri: `fairlead:gates/${platform}/${entry.gate}`, digest: entry.record }]
      : [],
  );
}
