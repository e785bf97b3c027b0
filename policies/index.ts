import { admissionJsonSchema } from "../catalog/admission.ts";
import { policyJsonSchema } from "../catalog/policy.ts";
import { policyCasesJsonSchema } from "../catalog/policy-cases.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import type { Artifact, Gate, Model } from "../model/model.ts";
import { admissionPolicies } from "./admission/index.ts";

/**
 * The resolved form of each gate, for reviewers and for the gate's evaluator: queries instead of names, numbers in base
 * units beside their text; what clusters ask of workloads; and the JSON Schemas (draft-07) of the files that people write.
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
  const schemas = {
    policy: policyJsonSchema(),
    "policy-cases": policyCasesJsonSchema(),
    admission: admissionJsonSchema(),
  };
  return [
    ...gates,
    ...admissionPolicies(model),
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
