/**
 * What Terraform's provider sends by itself in a block where the stack says nothing, by the API's type, as far as the API server would store
 * something else. Most of it means the same; but pods of which one word differs are replaced, and whoever goes over from Terraform to
 * manifests must not replace all pods. Source: the provider's schema_*.go and structures_*.go; the test that compares live objects holds it.
 */
export const providerDefaults: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "batch.v1.JobSpec": { backoffLimit: 6, completions: 1, manualSelector: false, parallelism: 1 },
  "core.v1.ConfigMap": { immutable: false },
  "core.v1.ConfigMapEnvSource": { optional: false },
  "core.v1.ConfigMapKeySelector": { optional: false },
  "core.v1.ConfigMapProjection": { optional: false },
  "core.v1.ConfigMapVolumeSource": { optional: false },
  "core.v1.PodSecurityContext": { runAsNonRoot: false },
  "core.v1.PodSpec": { automountServiceAccountToken: true, shareProcessNamespace: false },
  "core.v1.ResourceFieldSelector": { divisor: "1" },
  "core.v1.SecretEnvSource": { optional: false },
  "core.v1.SecretKeySelector": { optional: false },
  "core.v1.SecretProjection": { optional: false },
  "core.v1.SecretVolumeSource": { optional: false },
  "core.v1.SecurityContext": {
    allowPrivilegeEscalation: true,
    privileged: false,
    readOnlyRootFilesystem: false,
    runAsNonRoot: false,
  },
  "core.v1.ServiceAccount": { automountServiceAccountToken: true },
  "core.v1.VolumeMount": { mountPropagation: "None" },
  "networking.v1.HTTPIngressPath": { pathType: "ImplementationSpecific" },
  "storage.v1.StorageClass": { allowVolumeExpansion: true },
};
