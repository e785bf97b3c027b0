import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1/index.js";
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1/index.js";
import type { ITerraformDependable } from "cdktf";
import { type AdmissionRule, releaseList } from "../model/admission.ts";
import { admissionName } from "../model/names.ts";
import { fileOf } from "./generated-files.ts";
import type { Layer } from "./layer.ts";
import { namespaceMetadata, siteMetadata } from "./metadata.ts";
import { yamlOf } from "./terraform-text.ts";

/** What the cluster asks of workloads in the environment's namespace, before the first of them comes. */
export function addAdmission(layer: Layer): void {
  const rules = Object.keys(layer.site.environment.admission?.rules ?? {}).sort() as AdmissionRule[];
  for (const rule of rules) {
    const before = rule === "signed-releases" ? [addReleaseList(layer)] : [];
    const policy = addObject(layer, { rule, part: "policy", after: before });
    addObject(layer, { rule, part: "binding", after: [policy] });
  }
}

/** An empty list of releases, in a namespace of its own; who promotes releases writes it, and Terraform leaves that alone. */
function addReleaseList(layer: Layer): ConfigMapV1 {
  const { environment } = layer.site;
  const list = releaseList(environment.namespace);
  const preventDestroy = environment.stage === "prod";
  const namespace = new NamespaceV1(layer, "releases-namespace", {
    metadata: namespaceMetadata(layer.site, list.namespace),
    lifecycle: { preventDestroy },
  });
  return new ConfigMapV1(layer, "approved-releases", {
    metadata: { ...siteMetadata(layer.site, list.name), namespace: list.namespace },
    lifecycle: { preventDestroy, ignoreChanges: ["data"] },
    dependsOn: [namespace],
  });
}

const KINDS = {
  policy: "ValidatingAdmissionPolicy",
  binding: "ValidatingAdmissionPolicyBinding",
} as const;

function addObject(
  layer: Layer,
  { rule, part, after }: { rule: AdmissionRule; part: keyof typeof KINDS; after: ITerraformDependable[] },
): Manifest {
  const { site } = layer;
  const spec = yamlOf(layer.addFile(fileOf(site, "policies", `admission/${rule}.${part}.yaml`)));
  const { labels } = siteMetadata(site, rule);
  return new Manifest(layer, `${rule}_${part}`, {
    manifest: {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: KINDS[part],
      metadata: { name: admissionName(site.platform, site.environment.name, rule), labels },
      spec: spec.replace(/\}$/, ".spec}"),
    },
    dependsOn: after,
  });
}
