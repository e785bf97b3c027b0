/** What a person calls the thing that a resource of Terraform stands for. */
export interface KubernetesObject {
  /** As Kubernetes writes it: "Deployment". */
  kind: string;
  name: string;
  namespace?: string;
  /** Only where it is known: "apps/v1". */
  apiVersion?: string;
}

// By the version that Terraform's types with "_v1" and the like speak.
const API_VERSIONS: Readonly<Record<string, string>> = {
  Namespace: "v1",
  ResourceQuota: "v1",
  LimitRange: "v1",
  PersistentVolumeClaim: "v1",
  ServiceAccount: "v1",
  Service: "v1",
  ConfigMap: "v1",
  Secret: "v1",
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  NetworkPolicy: "networking.k8s.io/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
  PodDisruptionBudget: "policy/v1",
  CronJob: "batch/v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
};

/** The object behind a resource of Terraform, from its type and its values. What is no object of Kubernetes is named by its type. */
export function objectOf(type: string, value: unknown, address: string): KubernetesObject {
  if (type === "kubernetes_manifest") {
    const { kind, apiVersion, metadata } = part(part(value, "manifest") ?? part(value, "object"));
    return {
      kind: text(kind) ?? type,
      ...named(metadata, address),
      ...(text(apiVersion) !== undefined && { apiVersion: String(apiVersion) }),
    };
  }
  if (type === "helm_release") return { kind: "Helm release", ...named(value, address) };
  if (!type.startsWith("kubernetes_")) return { kind: type, ...named(value, address) };
  const kind = type
    .replace(/^kubernetes_/, "")
    .replace(/_v\d+(?:(?:alpha|beta)\d+)?$/, "")
    .replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const metadata = part(value, "metadata");
  const apiVersion = API_VERSIONS[kind];
  return { kind, ...named(metadata["0"] ?? metadata, address), ...(apiVersion && { apiVersion }) };
}

/** KIND/NAME: how an object is named on the command line. */
export function nameOf({ kind, name }: Pick<KubernetesObject, "kind" | "name">): string {
  return `${kind.replaceAll(" ", "")}/${name}`;
}

function named(metadata: unknown, address: string): Pick<KubernetesObject, "name" | "namespace"> {
  const { name, namespace } = part(metadata);
  return {
    name: text(name) ?? address,
    ...(text(namespace) !== undefined && { namespace: String(namespace) }),
  };
}

function part(value: unknown, key?: string): Record<string, unknown> {
  const found = key === undefined ? value : (value as Record<string, unknown> | null)?.[key];
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
