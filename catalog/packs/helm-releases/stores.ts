// Stores that go on when one of their pods is lost: what a service of one pod with a volume is not (docs/decisions/0051).
import { type OwnChoice, ready, readyIn } from "./release.ts";

/** The operator that decides which PostgreSQL leads. One for all platforms of a cluster. */
export const postgresqlOperator = ready("cloudnative-pg", {
  title: "CloudNativePG, the operator of PostgreSQL",
  repository: "https://cloudnative-pg.github.io/charts",
  chart: "cloudnative-pg",
  version: "0.28.0",
  namespace: "cnpg-system",
  podSecurity: "restricted",
  kinds: ["postgresql.cnpg.io"],
  values: { replicaCount: 2 },
});

/**
 * PostgreSQL in three instances with failover, in a namespace of the platform's. Needs the operator: `after: ["cloudnative-pg"]` where the
 * same environment brings it. Its password is in a Secret `postgresql-cluster-app` that the operator makes.
 */
export const postgresql = readyIn("postgresql", {
  title: "PostgreSQL",
  repository: "https://cloudnative-pg.github.io/charts",
  chart: "cluster",
  version: "0.3.1",
  podSecurity: "restricted",
  ports: [5432],
  values: {
    type: "postgresql",
    mode: "standalone",
    cluster: {
      instances: 3,
      storage: { size: "20Gi" },
      resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "1Gi" } },
      enableSuperuserAccess: false,
    },
  },
});

/** Redis in three instances with Sentinel; its password is key `auth` of the Secret that `passwordIn` names, in the same namespace. */
export function redis<S extends string = never>({
  passwordIn,
  ...choice
}: OwnChoice<S> & { passwordIn: string }) {
  const of = readyIn("redis", {
    title: "Redis",
    repository: "https://dandydeveloper.github.io/charts",
    chart: "redis-ha",
    version: "4.33.7",
    podSecurity: "restricted",
    ports: [6379, 26_379],
    values: {
      replicas: 3,
      auth: true,
      authKey: "auth",
      existingSecret: passwordIn,
      hardAntiAffinity: true,
      persistentVolume: { enabled: true, size: "10Gi" },
      redis: { resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } } },
      sentinel: { resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } } },
    },
  });
  return of(choice);
}

/** NATS in three instances, with JetStream on volumes. */
export const nats = readyIn("nats", {
  title: "NATS",
  repository: "https://nats-io.github.io/k8s/helm/charts",
  chart: "nats",
  version: "2.12.3",
  podSecurity: "baseline",
  ports: [4222],
  values: {
    config: {
      cluster: { enabled: true, replicas: 3 },
      jetstream: { enabled: true, fileStore: { enabled: true, pvc: { enabled: true, size: "10Gi" } } },
    },
    container: {
      merge: { resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } } },
    },
    natsBox: { enabled: false },
  },
});
