import { z } from "zod";
import { canary } from "./canary.ts";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { absolutePath, line, meets, prose, slug, variableName } from "./text.ts";
import { bytes, cpu, duration, percent } from "./units.ts";
import { backup, logRotation, vacuum } from "./upkeep.ts";

const timing = {
  period: duration.default("10s"),
  timeout: duration.default("2s"),
  /** Failures in a row before Kubernetes acts. */
  failures: z.int().min(1).default(3),
};

/** How Kubernetes asks whether a container is well: an HTTP GET, or a TCP connection. */
export const probe = z.union([
  z.strictObject({ http: absolutePath, port: z.string(), ...timing }),
  z.strictObject({ tcp: z.string(), ...timing }),
]);

export const secretKey = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,253}$/, "must be a key of a Secret")
  .meta({ examples: ["api-key"] });

/** A key of a Secret: its value is nowhere in the catalog. Where the Secret comes from is the environment's affair. */
export const secretRef = z.strictObject({ secret: slug, key: secretKey });

/** A fixed number of pods, or a range that follows the load. */
export const scaling = z.union([
  z.strictObject({ replicas: z.int().min(1).max(500) }),
  z.strictObject({ min: z.int().min(1).max(500), max: z.int().min(1).max(500), cpu: percent }),
]);

export const resources = z.strictObject({
  requests: z.strictObject({ cpu, memory: bytes }),
  limits: z.strictObject({ cpu: cpu.optional(), memory: bytes }),
});

/** A reference to a container image with a tag or a digest; `latest` is refused, since it means another image tomorrow. */
export const image = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9._/-]*[a-z0-9])?(:\d+(\/[a-z0-9._/-]+)*)?(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[a-f0-9]{64})?$/,
    'must be an image reference, such as "ghcr.io/acme/api:1.4.0"',
  )
  .refine(
    (ref) => /(:[^/]+|@sha256:.+)$/.test(ref) && !/:latest$/.test(ref),
    "must have a tag other than latest, or a digest",
  )
  .meta({ examples: ["ghcr.io/acme/api:1.4.0"] });

/** A volume by its name, which the container may write to, or with `readOnly` for one that only looks. */
export const mount = z.union([
  reference("volume"),
  z.strictObject({ volume: reference("volume"), readOnly: z.boolean().default(false) }),
]);

/**
 * A read-only folder of files: of an existing ConfigMap or Secret, which only the container's user may read, written here, by name,
 * or all dashboards that are generated for the platform, for a Grafana of its own.
 */
export const files = z.union([
  z.strictObject({ configMap: slug }),
  z.strictObject({ secret: slug }),
  z.strictObject({ generated: z.literal("dashboards") }),
  z.strictObject({
    text: z.record(
      z
        .string()
        .regex(
          /^(?!\.\.)[a-zA-Z0-9._-]{1,253}$/,
          "must be a file's name of letters, digits, '.', '_' and '-'",
        ),
      z.string().max(100_000),
    ),
  }),
]);

/** Names that an entry had before, the oldest first: what is deployed under them is this one, and is not taken away as another's. */
const formerly = z
  .array(slug)
  .max(20)
  .default([])
  .meta({ examples: [["old-name"]] });

export const service = z.strictObject({
  meets,
  title: line,
  /** Needed until every environment was deployed under the new name; until then its pods are counted twice, old and new. */
  formerly,
  description: prose,
  image,
  /** Arguments of the container's entry point. */
  args: z.array(z.string().max(1000)).default([]),
  /** Named ports that the container listens on. */
  ports: z.record(
    z.string().regex(/^[a-z][a-z0-9-]{0,14}$/, "must be a port name of at most 15 characters"),
    z.int().min(1).max(65_535),
  ),
  /** Where Prometheus reads the service's metrics; without it the service declares none. */
  metrics: z.strictObject({ port: z.string(), path: absolutePath.default("/metrics") }).optional(),
  probes: z.strictObject({ readiness: probe, liveness: probe, startup: probe.optional() }),
  resources,
  scaling,
  /** How long a rollout may go without another pod becoming available; then it has failed, and the deploy with it. */
  progressDeadline: duration.default("10m"),
  /** New releases get a share of the requests first, and more while the service's SLOs hold, in environments with `canaries`. */
  canary: canary.optional(),
  /** Services that this one calls; also opens the network policy between them. */
  dependsOn: z.array(reference("service")).default([]),
  /** Ports that may be reached from outside the platform's namespace. */
  public: z.array(z.string()).default([]),
  /** Addresses outside the namespace that the service calls. */
  egress: z
    .array(
      z.strictObject({
        cidr: z.union([
          z.cidrv4().meta({ examples: ["203.0.113.0/24"] }),
          z.cidrv6().meta({ examples: ["2001:db8::/32"] }),
        ]),
        port: z.int().min(1).max(65_535),
        why: line,
      }),
    )
    .default([]),
  /** Environment variables in clear. */
  env: z.record(variableName, z.string().max(4000)).default({}),
  /** Environment variables read from Secrets. */
  secrets: z.record(variableName, secretRef).default({}),
  /** Volumes by the path at which the container sees them. */
  mounts: z.record(absolutePath, mount).default({}),
  /** Read-only files by the folder at which the container sees them. */
  files: z.record(absolutePath, files).default({}),
  /** A Prometheus of the platform's own: may list the namespace's pods, and reach every port that metrics are read from. */
  scrapes: z.boolean().default(false),
  /** Folders of the otherwise read-only root file system that the container may write to; lost at restart. */
  scratch: z.array(absolutePath).default(["/tmp"]),
  /** Numeric user that the container runs as; never root. */
  user: z.int().min(1).default(10_001),
  /** What is done by the clock for what the service keeps. */
  backup: backup.optional(),
  vacuum: vacuum.optional(),
  logRotation: logRotation.optional(),
});

/** A persistent volume that services share. */
export const volume = z.strictObject({
  meets,
  title: line,
  /** Needed for as long as the data is: its claim in the cluster keeps the first of these names, for a claim cannot be renamed. */
  formerly,
  size: bytes,
  /** "single" attaches to one node at a time (ReadWriteOnce), "shared" to many (ReadWriteMany). */
  access: z.enum(["single", "shared"]),
  storageClass: slug.optional(),
});

type Input = z.input<typeof service>;
/** A service as the catalog describes it. */
export interface ServiceInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export interface VolumeInput extends z.input<typeof volume> {}
/** A service with its defaults filled in. */
export type ServiceSpec = z.output<typeof service>;
export type VolumeSpec = z.output<typeof volume>;
export type FilesSpec = z.output<typeof files>;
export type ProbeSpec = z.output<typeof probe>;
