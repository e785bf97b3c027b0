import type { GeneratedFile } from "./generated-files.ts";

/** An object in a stack, of a kind whose controller's definition is known here: `schemas/KIND.schema.json`. */
export interface CustomObject {
  file: GeneratedFile;
  /** As Terraform calls it. */
  name: string;
  kind: (typeof KINDS)[keyof typeof KINDS];
  manifest: object;
}

const KINDS = {
  "argoproj.io/v1alpha1 Rollout": "rollout",
  "argoproj.io/v1alpha1 AnalysisTemplate": "analysis-template",
  "flagger.app/v1beta1 Canary": "canary",
  "flagger.app/v1beta1 MetricTemplate": "metric-template",
} as const;

interface Stack {
  resource?: { kubernetes_manifest?: Record<string, { manifest: { apiVersion: string; kind: string } }> };
}

/** The objects of these kinds in a stack of services. */
export function customObjects(file: GeneratedFile): CustomObject[] {
  const { resource } = JSON.parse(file.content) as Stack;
  return Object.entries(resource?.kubernetes_manifest ?? {}).flatMap(([name, { manifest }]) => {
    const written = `${manifest.apiVersion} ${manifest.kind}`;
    return written in KINDS ? [{ file, name, manifest, kind: KINDS[written as keyof typeof KINDS] }] : [];
  });
}
