import { z } from "zod";
import { canaries } from "./canary.ts";
import { gitops } from "./gitops.ts";
import { type HelmReleaseInput, helmRelease } from "./helm-release.ts";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { receiver } from "./routing.ts";
import { secretSource } from "./secret-source.ts";
import { image, resources, scaling } from "./service.ts";
import { baseUrl, meets, slug } from "./text.ts";
import { timeWindow } from "./time-window.ts";
import { bytes, cpu } from "./units.ts";

const labels = z.record(
  z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9./_-]{0,126}$/, "must be a Kubernetes label key"),
  z.string().regex(/^[a-zA-Z0-9._-]{0,63}$/, "must be a Kubernetes label value"),
);

/** Where Terraform keeps its state. The state key is always PLATFORM-ENV-LAYER. */
export const backend = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("local"),
    folder: z
      .string()
      .regex(/^[a-zA-Z0-9._-]+(\/[a-zA-Z0-9._-]+)*$/, "must be a relative folder")
      .refine((path) => !path.split("/").includes(".."), "must not hold '..'")
      .default(".fairlead/state"),
  }),
  z.strictObject({
    kind: z.literal("s3"),
    bucket: slug,
    region: slug,
    /** Locks in a DynamoDB table, as before Terraform 1.11; without it the lock is a file beside the state. */
    lockTable: slug.optional(),
    /** Of an object store other than Amazon's that speaks its protocol. */
    endpoint: baseUrl.optional(),
  }),
  z.strictObject({ kind: z.literal("kubernetes"), namespace: slug }),
  z.strictObject({ kind: z.literal("http"), address: baseUrl }),
]);

/** What the environment changes in one service. */
const override = z.strictObject({
  image: image.optional(),
  scaling: scaling.optional(),
  resources: resources.optional(),
  env: z.record(z.string(), z.string()).optional(),
});

/** What the environment changes in one volume. A claim can grow, if its storage class lets it, and never shrink. */
const volumeOverride = z.strictObject({ size: bytes.optional(), storageClass: slug.optional() });

/** Who routes the alerts of an environment with the Prometheus operator. */
export const operatorAlertmanager = z.discriminatedUnion("kind", [
  /** The cluster's Alertmanager, by an AlertmanagerConfig in the platform's namespace. */
  z.strictObject({
    kind: z.literal("shared"),
    /** Labels that the Alertmanager resource's `alertmanagerConfigSelector` asks for; default: those of `monitoring`. */
    labels: labels.optional(),
  }),
  /** One in the platform's namespace; the Prometheus resource has to name it under `alerting.alertmanagers`. */
  z.strictObject({
    kind: z.literal("own"),
    /** With two or more, silences outlive the loss of a pod. */
    replicas: z.int().min(1).max(9).default(2),
    resources: resources.default({ requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "128Mi" } }),
  }),
]);

/** Stage, target and size are three independent choices (NX-6, NX-7). */
export const environment = z.strictObject({
  meets,
  stage: z.enum(["local", "dev", "staging", "prod"]),
  /** Topology: one machine, a Kubernetes cluster, several clusters, or a small footprint at the edge. */
  target: z.enum(["local", "kubernetes", "hybrid", "edge"]),
  size: z.enum(["minimum", "recommended", "production"]),
  /**
   * How fast alerting is: "drill" scrapes and evaluates each second and collects nothing, so that what an alert does can be watched;
   * it costs too much for anything but a drill.
   */
  pace: z.enum(["usual", "drill"]).default("usual"),
  /** What the namespace may ask for, where that is more than its size says: sizes are the least of a range (NX-7). */
  quota: z.strictObject({ cpu, memory: bytes, storage: bytes }).optional(),
  /** The kubeconfig context that a deploy must be in. */
  context: z
    .string()
    .regex(/^[a-zA-Z0-9@:/._-]{1,253}$/, "must be the name of a kubeconfig context")
    .meta({ examples: ["kind-local"] }),
  /** Default: PLATFORM-ENVIRONMENT. */
  namespace: slug.optional(),
  /** Base URLs; every link in alerts, runbooks and dashboards begins with one of them. */
  links: z.strictObject({ runbooks: baseUrl, grafana: baseUrl, prometheus: baseUrl, alertmanager: baseUrl }),
  /** How rules and dashboards reach Prometheus and Grafana. */
  monitoring: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("operator"),
        /** Labels that the Prometheus resource's selectors ask for. */
        labels,
        /** Labels that Grafana's sidecar asks for. */
        dashboardLabels: labels.default({ grafana_dashboard: "1" }),
        /** Namespace of Prometheus, which the network policies let in. */
        namespace: slug.default("monitoring"),
        /** True in one environment of a cluster that has no operator yet. */
        installCrds: z.boolean().default(false),
        alertmanager: operatorAlertmanager.default({ kind: "shared" }),
      }),
      z.strictObject({
        kind: z.literal("plain"),
        dashboardLabels: labels.default({ grafana_dashboard: "1" }),
        namespace: slug.default("monitoring"),
        /** Where Prometheus reaches Alertmanager, if not at the address of `links`. */
        alertmanager: baseUrl.optional(),
      }),
    ])
    .default({ kind: "plain", dashboardLabels: { grafana_dashboard: "1" }, namespace: "monitoring" }),
  backend: backend.default({ kind: "local", folder: ".fairlead/state" }),
  /** Who deploys it from Git: then its manifests are generated with everything else. */
  gitops: gitops.optional(),
  /** Receivers of the routing that are others here, by name: a laptop pages nobody. */
  receivers: z.record(reference("receiver"), receiver).default({}),
  /** How releases of services with a `canary` enter; without it they replace the pods one after the other. */
  canaries: canaries.optional(),
  /** When the environment is worked on, by name: then nobody is told of its alerts, but for critical ones of invariants. */
  maintenance: z.record(slug, timeWindow).default({}),
  services: z.record(reference("service"), override).default({}),
  volumes: z.record(reference("volume"), volumeOverride).default({}),
  /** Third-party programs that the foundation installs by their charts, by the name of the release. */
  helmReleases: z.record(slug, helmRelease).default({}),
  /** Where Secrets come from, by their names; those not named here exist. */
  secrets: z.record(slug, secretSource).default({}),
});

type Input = z.input<typeof environment>;
/** An environment as the catalog describes it. */
export interface EnvironmentInput<N extends Names = Names>
  extends ReferMembers<Omit<Input, "services" | "receivers" | "volumes" | "helmReleases">, N> {
  receivers?: { [R in NonNullable<N["receiver"]>]?: z.input<typeof receiver> | undefined } | undefined;
  services?: { [S in NonNullable<N["service"]>]?: z.input<typeof override> | undefined } | undefined;
  volumes?: { [V in NonNullable<N["volume"]>]?: z.input<typeof volumeOverride> | undefined } | undefined;
  helmReleases?: { [release: string]: HelmReleaseInput<{ service: NonNullable<N["service"]> }> } | undefined;
}
export type EnvironmentSpec = z.output<typeof environment>;
export type BackendSpec = z.output<typeof backend>;
