// Every define*() returns its argument: it only gives the compiler something to check. Parsing happens when the
// catalog is loaded, so that the file is known and all problems are reported together.
import type { AlertInput } from "./alert.ts";
import type { BreakerInput } from "./breaker.ts";
import type { DashboardInput } from "./dashboard.ts";
import type { EnvironmentInput } from "./environment.ts";
import type { EventInput } from "./event.ts";
import type { FlagInput } from "./flag.ts";
import type { GateInput } from "./gate.ts";
import type { LimitInput } from "./limit.ts";
import type { LoadProfileInput } from "./load-profile.ts";
import type { MetricInput } from "./metric.ts";
import type { ModeInput } from "./mode.ts";
import type { OperationInput } from "./operation.ts";
import type { PlatformInput } from "./platform.ts";
import type { PromotionInput } from "./promotion.ts";
import type { RoutingInput } from "./routing.ts";
import type { ServiceInput, VolumeInput } from "./service.ts";
import type { SloInput } from "./slo.ts";

type Named<K extends string> = Readonly<Record<K, unknown>>;
type All<K extends string, V> = { [P in K]: V };

/** Persistent volumes, by name. */
export function defineVolumes<K extends string>(volumes: All<K, VolumeInput>): All<K, VolumeInput> {
  return volumes;
}

/** Services, by name; `dependsOn` must name one of them, `mounts` one of the volumes. */
export function defineServices<K extends string, V extends string = never>(
  _refs: { volumes: Named<V> },
  services: All<K, ServiceInput<{ service: NoInfer<K>; volume: NoInfer<V> }>>,
) {
  return services;
}

/** Metrics, by their full Prometheus name; each is exposed by one or more of the services. */
export function defineMetrics<K extends string, S extends string>(
  _refs: { services: Named<S> },
  metrics: All<K, MetricInput<{ service: NoInfer<S> }>>,
) {
  return metrics;
}

/** Service level objectives, by name; a composite's parts are among them or among `slos`. */
export function defineSlos<K extends string, S extends string, M extends string, L extends string = never>(
  _refs: { services: Named<S>; metrics: Named<M>; slos?: Named<L> },
  slos: All<K, SloInput<{ service: NoInfer<S>; metric: NoInfer<M>; slo: NoInfer<K> | NoInfer<L> }>>,
) {
  return slos;
}

/** Alerts beside those of the SLOs, by name. */
export function defineAlerts<K extends string, S extends string, M extends string>(
  _refs: { services: Named<S>; metrics: Named<M> },
  alerts: All<K, AlertInput<{ service: NoInfer<S>; metric: NoInfer<M> }>>,
) {
  return alerts;
}

/** Structured log events, by name. */
export function defineEvents<K extends string>(events: All<K, EventInput>) {
  return events;
}

/** What people do to the platform beside answering alerts, by name; the pages of the named alerts lead there. */
export function defineOperations<K extends string, A extends string = never>(
  _refs: { alerts: Named<A> },
  operations: All<K, OperationInput<{ alert: NoInfer<A> }>>,
) {
  return operations;
}

type Watched<S extends string, M extends string, A extends string> = {
  services: Named<S>;
  metrics: Named<M>;
  alerts: Named<A>;
};

/** Circuit breakers, by name; each is shown by a metric and told of by an alert. */
export function defineBreakers<K extends string, S extends string, M extends string, A extends string>(
  _refs: Watched<S, M, A>,
  breakers: All<K, BreakerInput<{ service: NoInfer<S>; metric: NoInfer<M>; alert: NoInfer<A> }>>,
) {
  return breakers;
}

/** Modes of working while something is wrong, by name; those of one ladder exclude one another. */
export function defineModes<K extends string, S extends string, M extends string, A extends string>(
  _refs: Watched<S, M, A>,
  modes: All<K, ModeInput<{ service: NoInfer<S>; metric: NoInfer<M>; alert: NoInfer<A> }>>,
) {
  return modes;
}

/** Limits of what may be used, taken or tried, by name. */
export function defineLimits<K extends string, S extends string, M extends string, A extends string>(
  _refs: Watched<S, M, A>,
  limits: All<K, LimitInput<{ service: NoInfer<S>; metric: NoInfer<M>; alert: NoInfer<A> }>>,
) {
  return limits;
}

/** Behaviours that are rolled out by a flag, by the flag's name. */
export function defineFlags<K extends string, S extends string>(
  _refs: { services: Named<S> },
  flags: All<K, FlagInput<{ service: NoInfer<S> }>>,
) {
  return flags;
}

/** Receivers and who is told of what; a route must name one of the receivers. */
export function defineRouting<R extends string>(
  routing: Omit<RoutingInput<{ receiver: NoInfer<R> }>, "receivers"> & {
    receivers: All<R, RoutingInput["receivers"][string]>;
  },
) {
  return routing;
}

/** Dashboards, by name. */
export function defineDashboards<K extends string, M extends string, L extends string, A extends string>(
  _refs: { metrics: Named<M>; slos: Named<L>; alerts: Named<A> },
  dashboards: All<K, DashboardInput<{ metric: NoInfer<M>; slo: NoInfer<L>; alert: NoInfer<A> }>>,
) {
  return dashboards;
}

/** Load profiles, by name. */
export function defineLoadProfiles<K extends string, S extends string, L extends string>(
  _refs: { services: Named<S>; slos: Named<L> },
  profiles: All<K, LoadProfileInput<{ service: NoInfer<S>; slo: NoInfer<L> }>>,
) {
  return profiles;
}

/** Environments, by name. */
export function defineEnvironments<
  K extends string,
  S extends string,
  R extends string,
  V extends string = never,
>(
  _refs: { services: Named<S>; routing: { receivers: Named<R> }; volumes?: Named<V> },
  environments: All<K, EnvironmentInput<{ service: NoInfer<S>; receiver: NoInfer<R>; volume: NoInfer<V> }>>,
) {
  return environments;
}

/** Gates, by name; each stands at the door of some of the environments. */
export function defineGates<K extends string, E extends string>(
  _refs: { environments: Named<E> },
  gates: All<K, GateInput<{ environment: NoInfer<E> }>>,
) {
  return gates;
}

/** What a promotion refers to; `slos` where a burnt budget takes a release back. */
interface Promoted<S extends string, E extends string, G extends string, A extends string, L extends string> {
  services: Named<S>;
  environments: Named<E>;
  gates: Named<G>;
  alerts: Named<A>;
  slos?: Named<L>;
}

/** How releases move from environment to environment; every service, environment, gate, alert and SLO named must be one of them. */
export function definePromotion<
  S extends string,
  E extends string,
  G extends string,
  A extends string,
  L extends string = never,
>(
  _refs: Promoted<S, E, G, A, L>,
  promotion: PromotionInput<{
    service: NoInfer<S>;
    environment: NoInfer<E>;
    gate: NoInfer<G>;
    alert: NoInfer<A> | NoInfer<L>;
  }>,
) {
  return promotion;
}

/** A whole platform: the default export of `catalog/platforms/<name>/index.ts`. */
export function definePlatform(platform: PlatformInput): PlatformInput {
  return platform;
}
