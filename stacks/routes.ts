// What divides a service's requests between two releases. The weights are the controller's from then on.
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import type { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import type { Site } from "./layer.ts";
import { steadyMetadata } from "./metadata.ts";

/** Name of the Service that leads to the new release. */
export function canaryAddress({ name }: Service): string {
  return `${name}-canary`;
}

/** What a Rollout says of its router; absent where a share is a number of pods. */
export function routingOf(
  service: Service,
  { environment: { canaries, namespace } }: Site,
): object | undefined {
  switch (canaries?.router.kind) {
    case "istio":
      return {
        istio: { virtualServices: [{ name: service.name, routes: divided(service).map(([port]) => port) }] },
      };
    case "gateway-api":
      // By the plugin of Argo's laboratory, which the controller's own configuration must name.
      return { plugins: { "argoproj-labs/gatewayAPI": { httpRoute: service.name, namespace } } };
    default:
      return undefined;
  }
}

/** The route by which all requests reach the release before, until the controller says otherwise. */
export function addRoute(scope: Construct, service: Service, site: Site): Manifest {
  const spec = specOf(service, site);
  return new Manifest(scope, "route", {
    manifest: { ...spec.of, metadata: steadyMetadata(site, service), spec: spec.is },
    computedFields: ["metadata.annotations", "metadata.labels", `spec.${spec.weights}`],
    // Terraform and the controller both write it: what the controller wrote it writes again.
    fieldManager: { forceConflicts: true },
  });
}

function specOf(service: Service, { environment }: Site) {
  const router = environment.canaries?.router;
  if (router?.kind === "gateway-api") {
    return {
      of: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
      weights: "rules",
      is: {
        parentRefs: [router.gateway],
        hostnames: [`${service.name}.${router.domain}`],
        rules: [
          { backendRefs: shares((name, weight) => ({ name, port: publicPort(service), weight }), service) },
        ],
      },
    };
  }
  return {
    // The version that the controller asks for unless it is told another.
    of: { apiVersion: "networking.istio.io/v1alpha3", kind: "VirtualService" },
    weights: "http",
    is: {
      hosts: [service.name],
      http: divided(service).map(([name, number]) => ({
        ...{ name, match: [{ port: number }] },
        route: shares((host, weight) => ({ destination: { host, port: { number } }, weight }), service),
      })),
    },
  };
}

function shares<S>(share: (name: string, weight: number) => S, service: Service): S[] {
  return [share(service.name, 100), share(canaryAddress(service), 0)];
}

/** The ports whose requests are divided: all but the one that only Prometheus reads. */
function divided({ ports, metrics }: Service): [string, number][] {
  const all = Object.entries(ports);
  const others = all.filter(([name]) => name !== metrics?.port);
  return others.length > 0 ? others : all;
}

/** The port that people reach; of a service without one, its first. */
export function publicPort(service: Service): number | undefined {
  const [name = divided(service)[0]?.[0] ?? ""] = service.public;
  return service.ports[name];
}
