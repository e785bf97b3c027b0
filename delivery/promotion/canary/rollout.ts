// A Rollout as Argo Rollouts tells of it: https://argo-rollouts.readthedocs.io/en/stable/features/specification/
import { z } from "zod";
import { RELEASE_POD_LABEL } from "../../../model/canaries.ts";

/** The cluster of an environment's Rollouts, and how it is asked. */
export interface Cluster {
  namespace: string;
  /** What kubectl says on stdout. */
  kubectl: (args: readonly string[]) => Promise<string>;
}

const containers = z.array(z.looseObject({ name: z.string(), image: z.string().default("") }));
const texts = z.record(z.string(), z.string()).default({});
const podTemplate = z.looseObject({
  metadata: z.looseObject({ annotations: texts, labels: texts }).prefault({}),
  spec: z.looseObject({ containers }),
});
/** What pods are made of, whole. */
export type PodTemplate = z.output<typeof podTemplate>;
const rollout = z.object({
  kind: z.literal("Rollout"),
  metadata: z.object({ generation: z.number().default(0) }),
  spec: z.object({
    strategy: z.object({
      canary: z.object({ steps: z.array(z.looseObject({ setWeight: z.number().optional() })) }),
    }),
  }),
  status: z
    .object({
      phase: z.string().default(""),
      message: z.string().default(""),
      abort: z.boolean().default(false),
      currentStepIndex: z.number().default(0),
      observedGeneration: z.coerce.number().default(0),
      workloadObservedGeneration: z.coerce.number().default(0),
      currentPodHash: z.string().default(""),
      stableRS: z.string().default(""),
      canary: z
        .object({
          currentStepAnalysisRunStatus: z
            .object({ name: z.string(), status: z.string().default("") })
            .optional(),
        })
        .prefault({}),
    })
    .prefault({}),
});
const deployment = z.object({
  kind: z.literal("Deployment"),
  metadata: z.object({ generation: z.number() }),
  spec: z.object({ selector: z.object({ matchLabels: texts }), template: podTemplate }),
});
const both = z.object({ items: z.tuple([rollout, deployment]) });
const replicaSets = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        annotations: texts,
        labels: texts,
        ownerReferences: z.array(z.object({ kind: z.string(), name: z.string() })).default([]),
      }),
      spec: z.object({ template: podTemplate }),
    }),
  ),
});
const REVISION = "rollout.argoproj.io/revision";

/** A service's Rollout, and the Deployment that describes its pods. */
export interface Looked {
  service: string;
  rollout: z.output<typeof rollout>;
  deployment: z.output<typeof deployment>;
  /** Whether the controller has seen both as they are now. */
  isSeen: boolean;
}

/** How a service's Rollout and its Deployment stand now. */
export async function lookAt(service: string, { namespace, kubectl }: Cluster): Promise<Looked> {
  const what = [`rollouts.argoproj.io/${service}`, `deployments.apps/${service}`];
  const said = await kubectl(["--namespace", namespace, "get", ...what, "-o", "json"]);
  const [rollout, deployment] = both.parse(JSON.parse(said)).items;
  const { observedGeneration, workloadObservedGeneration } = rollout.status;
  const isSeen =
    observedGeneration === rollout.metadata.generation &&
    workloadObservedGeneration === deployment.metadata.generation;
  return { service, rollout, deployment, isSeen };
}

/** Whether the service's Deployment asks for that image. */
export function asksFor(image: string, { service, deployment }: Looked): boolean {
  return isSameImage(imageIn(deployment.spec.template, service), image);
}

/** What the cluster still has of a Rollout's releases, newest first: by the hash of each, the pods as they were deployed. */
export async function releasesOf(
  { service, deployment }: Looked,
  { namespace, kubectl }: Cluster,
): Promise<Map<string, PodTemplate>> {
  const selector = Object.entries(deployment.spec.selector.matchLabels).map((pair) => pair.join("="));
  const what = ["replicasets.apps", "--selector", selector.join(",")];
  const said = await kubectl(["--namespace", namespace, "get", ...what, "-o", "json"]);
  const own = replicaSets
    .parse(JSON.parse(said))
    .items.filter(({ metadata }) =>
      metadata.ownerReferences.some(({ kind, name }) => kind === "Rollout" && name === service),
    )
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  return new Map(
    own.map(({ metadata, spec }) => [metadata.labels[RELEASE_POD_LABEL] ?? "", withoutHash(spec.template)]),
  );
}

function revisionOf({ metadata }: { metadata: { annotations: Record<string, string> } }): number {
  return Number(metadata.annotations[REVISION]);
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [RELEASE_POD_LABEL]: _, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** The image of a service's own container; absent where none has the service's name. */
export function imageIn({ spec }: PodTemplate, service: string): string | undefined {
  return spec.containers.find(({ name }) => name === service)?.image;
}

/** Whether two images are the same: by their digest, since a cluster may name another registry for it. */
export function isSameImage(one: string | undefined, other: string): boolean {
  const digestIn = (image: string) => image.slice(image.indexOf("@") + 1);
  return one !== undefined && digestIn(one) === digestIn(other);
}
