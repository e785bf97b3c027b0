import type { Environment } from "./model.ts";

/** The labels that choose a service's pods. They must never change: Kubernetes does not let a Deployment's selector change. */
export function podSelector(
  { environment }: { environment: Pick<Environment, "name"> },
  service: string,
): Record<string, string> {
  return { "app.kubernetes.io/instance": environment.name, "app.kubernetes.io/name": service };
}

/** Namespace and labels of an object that belongs to the platform as a whole. */
export function placeMetadata({
  platform,
  environment,
}: {
  platform: string;
  environment: Pick<Environment, "name" | "namespace">;
}): { namespace: string; labels: Record<string, string> } {
  return {
    namespace: environment.namespace,
    labels: {
      "app.kubernetes.io/instance": environment.name,
      "app.kubernetes.io/managed-by": "fairlead",
      "app.kubernetes.io/part-of": platform,
    },
  };
}
