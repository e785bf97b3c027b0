import type { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1/index.js";
import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecEgress,
  type NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1/index.js";
import type { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import { upkeepName } from "../model/upkeep.ts";
import type { Layer, Site } from "./layer.ts";
import { podsOfService, serviceMetadata, siteMetadata } from "./metadata.ts";

const DNS_PORTS = [
  { port: "53", protocol: "UDP" },
  { port: "53", protocol: "TCP" },
];

/** Closes the namespace in both directions, but for name resolution; each service's own policy opens what it needs. */
export function addNamespacePolicies(layer: Layer, namespace: NamespaceV1): void {
  new NetworkPolicyV1(layer, "default-deny", {
    metadata: siteMetadata(layer.site, "default-deny"),
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    dependsOn: [namespace],
  });
  new NetworkPolicyV1(layer, "allow-dns", {
    metadata: siteMetadata(layer.site, "allow-dns"),
    spec: {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ namespaceSelector: named("kube-system") }], ports: DNS_PORTS }],
    },
    dependsOn: [namespace],
  });
}

/** Opens a service to its callers, to Prometheus and, at its public ports, to anyone; and its own way to what it calls. */
export function addServicePolicy(scope: Construct, service: Service, site: Site): NetworkPolicyV1 {
  return new NetworkPolicyV1(scope, "network-policy", {
    metadata: serviceMetadata(site, service),
    spec: {
      podSelector: podsOfService(site, service.name),
      policyTypes: ["Ingress", "Egress"],
      ingress: ingressOf(service, site),
      egress: egressOf(service, site),
    },
  });
}

/** Opens the way of a service's chores to the service. */
export function addUpkeepPolicy(scope: Construct, service: Service, site: Site): NetworkPolicyV1 {
  const name = upkeepName(service.name);
  return new NetworkPolicyV1(scope, `${service.name}_upkeep-policy`, {
    metadata: { ...serviceMetadata(site, service), name },
    spec: {
      podSelector: podsOfService(site, name),
      policyTypes: ["Ingress", "Egress"],
      egress: [{ to: podsOf(service.name, site), ports: portsOf(service) }],
    },
  });
}

function ingressOf(service: Service, site: Site): NetworkPolicyV1SpecIngress[] {
  const rules: NetworkPolicyV1SpecIngress[] = [];
  if (service.callers.length > 0 && Object.keys(service.ports).length > 0) {
    rules.push({ from: service.callers.flatMap((caller) => podsOf(caller, site)), ports: portsOf(service) });
  }
  if (service.backup || service.vacuum) {
    rules.push({ from: podsOf(upkeepName(service.name), site), ports: portsOf(service) });
  }
  if (service.metrics) {
    const from = [{ namespaceSelector: named(site.environment.monitoring.namespace) }];
    rules.push({ from, ports: portsOf(service, [service.metrics.port]) });
  }
  if (service.public.length > 0) rules.push({ ports: portsOf(service, service.public) });
  return rules;
}

function egressOf(service: Service, site: Site): NetworkPolicyV1SpecEgress[] {
  const called = site.environment.services.filter((other) =>
    service.dependsOn.some((name) => name === other.name),
  );
  return [
    ...called
      .filter((other) => Object.keys(other.ports).length > 0)
      .map((other) => ({ to: podsOf(other.name, site), ports: portsOf(other) })),
    ...scrapedBy(service, site).map(({ name, ports }) => ({ to: podsOf(name, site), ports })),
    ...site.environment.helmReleases
      .filter(({ callers, ports }) => callers.includes(service.name) && ports.length > 0)
      .map(({ namespace, ports }) => ({
        to: [{ namespaceSelector: named(namespace) }],
        ports: ports.map(tcp),
      })),
    ...service.egress.map(({ cidr, port }) => ({ to: [{ ipBlock: { cidr } }], ports: [tcp(port)] })),
  ];
}

/** The ports that a service which scrapes reads metrics from; to others it does not depend on. */
function scrapedBy({ name, scrapes, dependsOn }: Service, site: Site) {
  if (!scrapes) return [];
  return site.environment.services.flatMap((other) =>
    other.metrics && other.name !== name && !dependsOn.some((called) => called === other.name)
      ? [{ name: other.name, ports: portsOf(other, [other.metrics.port]) }]
      : [],
  );
}

function portsOf({ ports }: Service, names: readonly string[] = Object.keys(ports)) {
  return Object.entries(ports)
    .filter(([name]) => names.includes(name))
    .map(([, port]) => tcp(port));
}

function tcp(port: number) {
  return { port: String(port), protocol: "TCP" };
}

/** A service's pods, also those that still bear a former name while it is being renamed. */
function podsOf(service: string, site: Site) {
  const { formerly = [] } = site.environment.services.find(({ name }) => name === service) ?? {};
  return [service, ...formerly].map((name) => ({ podSelector: podsOfService(site, name) }));
}

/** Kubernetes itself labels every namespace with its name. */
function named(namespace: string) {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}
