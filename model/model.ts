// What the catalog means, with every name, query, window and link worked out. Generators read only this.
import type { ExampleSpec } from "../catalog/alert.ts";
import type { AllowanceSpec } from "../catalog/allowance.ts";
import type { CanariesSpec } from "../catalog/canary.ts";
import type { PanelSpec } from "../catalog/dashboard.ts";
import type { BackendSpec, EnvironmentSpec } from "../catalog/environment.ts";
import type { EventSpec } from "../catalog/event.ts";
import type { FlagSpec } from "../catalog/flag.ts";
import type { GitopsSpec } from "../catalog/gitops.ts";
import type { OperationSpec } from "../catalog/operation.ts";
import type { ReceiverSpec } from "../catalog/routing.ts";
import type { RunbookSpec } from "../catalog/runbook.ts";
import type { FilesSpec, ProbeSpec, ServiceSpec, VolumeSpec } from "../catalog/service.ts";
import type { Location } from "../problems/problem.ts";
import type { Admission } from "./admission.ts";
import type { Gate } from "./gate.ts";
import type { HelmRelease } from "./helm-releases.ts";
import type { Place } from "./problems.ts";
import type { Promotion } from "./promotion.ts";
import type { Breaker, Limit, Mode } from "./resilience.ts";
import type { Routing, TimeWindow } from "./routing.ts";
import type { SecretSource } from "./secret-sources.ts";
import type { Signal } from "./signal.ts";
import type { Slo } from "./slo.ts";

export type { Criterion, Gate, Objective } from "./gate.ts";
export type { Routing, TimeWindow } from "./routing.ts";
export type {
  Aggregate,
  Forecast,
  ForecastOf,
  Operator,
  Selection,
  Signal,
  SignalOf,
} from "./signal.ts";
export type { RecordingRule, Sli, Slo, SloExampleSpec, SloPart, Tier } from "./slo.ts";
export type { BackendSpec, ExampleSpec, FilesSpec, ProbeSpec, ReceiverSpec, RunbookSpec };

/** Everything that was described, valid and resolved; sorted by name throughout. */
export interface Model {
  platforms: Platform[];
  /** All platforms of the project, where `platforms` are some of them only. */
  fleet?: readonly Platform[];
  /** What the project says its platforms must do, in its order; empty where it says nothing. */
  requirements: Requirement[];
}

/** A need that a project lists, which entries name in their `meets`. */
export interface Requirement {
  id: string;
  need: string;
  /** Pages that meet it by what they explain, from the project root. */
  documents: string[];
  /** What is still missing, in words. */
  open?: string;
  location: Location;
}

/** The place in the catalog that something was described at. */
export interface Origin {
  platform: string;
  /** Path from the platform's default export, e.g. ["parts", 2, "slos", "availability"]. */
  path: readonly (string | number)[];
  /** For a person: "slos.availability". */
  label: string;
}

/** What every named entry has. */
export interface Entry {
  name: string;
  /** Requirement ids that the entry meets. */
  meets: string[];
  origin: Origin;
}

export interface Platform {
  name: string;
  title: string;
  description: string;
  team: string;
  contacts: { role: string; how: string }[];
  repository: string;
  origin: Origin;
  volumes: Volume[];
  /** As described, before any environment changes them. */
  services: Service[];
  metrics: Metric[];
  slos: Slo[];
  /** Those of the catalog, those derived from SLOs, and the Watchdog. */
  alerts: Alert[];
  events: Event[];
  /** What the catalog says of running the platform; queries are checked and kept to the platform. */
  operations: Operation[];
  breakers: Breaker[];
  /** By ladder and rank. */
  modes: Mode[];
  limits: Limit[];
  flags: Flag[];
  dashboards: Dashboard[];
  loadProfiles: LoadProfile[];
  gates: Gate[];
  environments: Environment[];
  routing: Routing;
  /** How releases move from environment to environment; absent where Fairlead does not promote. */
  promotion?: Promotion;
  /** Every query that the catalog and its policies write, as written there. */
  queries: WrittenQuery[];
  allowances: Allowance[];
}

/** A query in PromQL, before it is kept to the platform: offsets in it are those of its source. */
export interface WrittenQuery {
  text: string;
  place: Place;
}

/** A finding of a lint that is meant to be so. */
export interface Allowance extends AllowanceSpec {
  origin: Origin;
}

/** A behaviour that is rolled out by a flag. */
export interface Flag extends Entry, Omit<FlagSpec, "meets" | "steps"> {
  /** The canary's share as written, and in whole numbers: so many `of` so many. */
  steps: { share: string; canary: number; of: number }[];
}

export interface Volume extends Entry, Omit<VolumeSpec, "meets"> {
  sizeBytes: number;
  /** Its PersistentVolumeClaim in the cluster: what the volume was first called. */
  claim: string;
}

export interface Service extends Entry, Omit<ServiceSpec, "meets" | "mounts"> {
  /** By the path at which the container sees it. */
  mounts: Record<string, { volume: string; readOnly: boolean }>;
  /** Prometheus job that collects its metrics, PLATFORM-SERVICE; absent when it exposes none. */
  job?: string;
  /** Services that call this one. */
  callers: string[];
}

export interface Metric extends Entry {
  type: "counter" | "gauge" | "histogram";
  class: "business" | "technical" | "user" | "system";
  unit: string;
  help: string;
  services: string[];
  /** All values of a label, or how many there may be. */
  labels: Record<string, string[] | { atMost: number }>;
  buckets?: number[];
  /** A native histogram: one series of its own name. */
  native: boolean;
  /** Names of its series: itself, or `_bucket`, `_count` and `_sum` of a classic histogram. */
  series: string[];
}

export interface Alert extends Entry {
  /** PLATFORM/NAME; the name is also the runbook page's. */
  id: string;
  /** Name in Prometheus: the entry's name in PascalCase. */
  alertname: string;
  source: "catalog" | "slo-burn" | "slo-forecast" | "slo-absent" | "watchdog";
  service?: string;
  slo?: string;
  severity: "critical" | "warning" | "none";
  summary: string;
  description: string;
  expr: string;
  for: string;
  forSeconds: number;
  /** Why it waits that long, or does not wait. */
  because?: string;
  /** Evaluated every 5 s. */
  direct: boolean;
  invariant: boolean;
  /** Says that its service does not work at all. */
  outage: boolean;
  labels: Record<string, string>;
  signal: Signal;
  runbook: RunbookSpec;
  /** The panel that shows it best; none only for the Watchdog. */
  panel?: { dashboard: string; id: number };
}

export interface Operation extends Entry, Omit<OperationSpec, "meets" | "alerts"> {
  /** Names of alerts whose pages lead here. */
  alerts: string[];
}

export interface Event extends Entry, Omit<EventSpec, "meets"> {}

export interface Panel extends Omit<PanelSpec, "meets" | "alerts" | "slos"> {
  alerts: string[];
  slos: string[];
  /** Number within the dashboard, from 1, in reading order; row headings are not counted. */
  id: number;
  meets: string[];
  origin: Origin;
}

export interface Dashboard extends Entry {
  /** "slos": the overview that follows from them. */
  source: "catalog" | "slos";
  /** Grafana's uid: PLATFORM-NAME, at most 40 characters. */
  uid: string;
  title: string;
  description: string;
  tags: string[];
  variables: { name: string; title: string; metric: Metric; series: string; label: string }[];
  rows: { title: string; panels: Panel[] }[];
}

export interface LoadProfile extends Entry {
  title: string;
  description: string;
  target: { service: string; port: number };
  arrivals:
    | { kind: "constant"; perSecond: number; seconds: number; maxUsers: number }
    | {
        kind: "ramping";
        fromPerSecond: number;
        stages: { perSecond: number; seconds: number }[];
        maxUsers: number;
      };
  requests: {
    name: string;
    method: string;
    path: string;
    body?: unknown;
    expect: number[];
    weight: number;
  }[];
  /** Sent once before the load. */
  prepare: LoadProfile["requests"];
  slos: Slo[];
  /** Ratio of checks that must hold. */
  checks: number;
  /** The run ends when a threshold no longer holds. */
  untilFailure: boolean;
}

export interface Environment extends Entry {
  stage: EnvironmentSpec["stage"];
  target: EnvironmentSpec["target"];
  size: EnvironmentSpec["size"];
  pace: EnvironmentSpec["pace"];
  /** What the namespace may ask for: the environment's quota, or what its size gives (NX-7). */
  capacity: { cores: number; memoryBytes: number; storageBytes: number };
  context: string;
  namespace: string;
  links: EnvironmentSpec["links"];
  monitoring: EnvironmentSpec["monitoring"];
  backend: BackendSpec;
  /** Absent where Terraform alone deploys. */
  gitops?: GitopsSpec;
  /** The platform's services as they are here. */
  services: Service[];
  /** The platform's volumes as they are here. */
  volumes: Volume[];
  /** The platform's receivers as they are here. */
  receivers: Record<string, ReceiverSpec>;
  /** How releases of services with a `canary` enter. */
  canaries?: CanariesSpec;
  /** When only invariants are told of. */
  maintenance: TimeWindow[];
  /** Third-party programs of the foundation, by name. */
  helmReleases: HelmRelease[];
  /** Secrets that the deploy brings, by name; all others exist. */
  secrets: SecretSource[];
  /** What promotion brought here; absent where nothing has been promoted. */
  lock?: {
    /** Path from the project root. */
    file: string;
    /** Digest of the release that runs here. */
    release: string;
    /** By service: the image that the catalog names, in place of which the release's runs. */
    described: Record<string, string>;
  };
  /** What the cluster asks of workloads here; absent where the platform has no admission policy. */
  admission?: Admission;
}

/** A file to be written, as a generator returns it. */
export interface Artifact {
  /** From the project root, forward slashes: `generated/KIND/PLATFORM/[ENV/]…`. */
  path: string;
  content: string;
  /** What it was generated from: a tool's complaint about the file is shown there. */
  origin: Origin;
}
