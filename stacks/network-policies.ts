import type { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1/index.js";
import {
  NetworkPolicyV1,
  type NetworkPolicyV1SpecEgress,
  type NetworkPolicyV1SpecIngress,
} from "@cdktf/provider-kubernetes/lib/network-policy-v1/index.js";
import type { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import { podSelector } from "../model/object-metadata.ts";
import type { Layer, Site } from "./layer.ts";
import { serviceMetadata, siteMetadata } from "./metadata.ts";

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
      podSelector: { matchLabels: podSelector(site, service.name) },
      policyTypes: ["Ingress", "Egress"],
      ingress: ingressOf(service, site),
      egress: egressOf(service, site),
    },
  });
}

function ingressOf(service: Service, site: Site): NetworkPolicyV1SpecIngress[] {
  const rules: NetworkPolicyV1SpecIngress[] = [];
  if (service.callers.length > 0 && Object.keys(service.ports).length > 0) {
    rules.push({ from: service.callers.map((caller) => podsOf(caller, site)), ports: portsOf(service) });
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
      .map((other) => ({ to: [podsOf(other.name, site)], ports: portsOf(other) })),
    ...scrapedBy(service, site).map(({ name, ports }) => ({ to: [podsOf(name, site)], ports })),
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

function podsOf(service: string, site: Site) {
  return { podSelector: { matchLabels: podSelector(site, service) } };
}

/** Kubernetes itself labels every namespace with its name. */
function named(namespace: string) {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}
