import { z } from "zod";
import { counted, fromJson, type Measured, moment, UnreadableError } from "../measured.ts";

const severity = z.enum(["critical", "high", "medium", "low", "info", "none", "unknown"]);
const vulnerability = z.object({
  ratings: z.array(z.object({ severity: severity.optional() })).default([]),
  analysis: z.object({ state: z.string().optional() }).optional(),
});
const bom = z.object({
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.string(),
  metadata: z.object({ timestamp: moment.optional() }).optional(),
  components: z.array(z.unknown()).default([]),
  vulnerabilities: z.array(vulnerability).optional(),
});

// States of an analysis in which nothing is left to mend.
const settled = new Set(["resolved", "resolved_with_pedigree", "false_positive", "not_affected"]);
const worstFirst = ["critical", "high", "medium", "low"] as const;
const measures = { critical: "critical", high: "high", medium: "moderate", low: "low" } as const;

/**
 * Known vulnerabilities of an SBOM (CycloneDX, JSON). One without a list of them has not been looked at; a vulnerability that nobody
 * rated counts as critical.
 */
export function readCycloneDx(text: string): Measured {
  const { components, vulnerabilities, metadata } = fromJson(text, bom);
  if (components.length === 0) throw new UnreadableError("the SBOM lists no component");
  if (!vulnerabilities) throw new UnreadableError("the SBOM does not tell of vulnerabilities");
  const counts = { critical: 0, high: 0, moderate: 0, low: 0 };
  for (const { ratings, analysis } of vulnerabilities) {
    if (settled.has(analysis?.state ?? "")) continue;
    const severities = ratings.flatMap(({ severity }) => severity ?? []);
    const isRated = severities.some((one) => one !== "unknown");
    const worst = isRated ? worstFirst.find((one) => severities.includes(one)) : "critical";
    if (worst !== undefined) counts[measures[worst]] += 1;
  }
  return { ...(metadata?.timestamp !== undefined && { at: metadata.timestamp }), values: counted(counts) };
}
