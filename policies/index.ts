import { policyJsonSchema } from "../catalog/policy.ts";
import { policyCasesJsonSchema } from "../catalog/policy-cases.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Artifact, Gate, Model } from "../model/model.ts";

/**
 * The resolved form of each gate, for reviewers and for the gate's evaluator: queries instead of names, numbers in base
 * units beside their text; and the JSON Schemas (draft-07) of the policy files that people write and of the cases beside them.
 */
export function policies(model: Model): Artifact[] {
  const [first] = model.platforms;
  if (!first) return [];
  const gates = model.platforms.flatMap(({ name, gates }) =>
    gates.map((gate) => ({
      path: `generated/policies/${name}/${gate.name}.json`,
      content: sortedLines(resolved(name, gate)),
      origin: gate.origin,
    })),
  );
  const schemas = { policy: policyJsonSchema(), "policy-cases": policyCasesJsonSchema() };
  return [
    ...gates,
    ...Object.entries(schemas).map(([name, schema]) => ({
      path: `generated/policies/${name}.schema.json`,
      content: sortedLines(schema),
      origin: first.origin,
    })),
  ];
}

function resolved(platform: string, { origin: _origin, ...gate }: Gate): object {
  return { platform, ...gate };
}

/** So that a reordered policy changes nothing. */
const sortedLines = (value: object) => `${canonicalJson(value, 2)}\n`;
