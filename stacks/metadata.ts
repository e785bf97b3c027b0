import type { Service } from "../model/model.ts";
import { placeMetadata, podSelector } from "../model/object-metadata.ts";
import type { Site } from "./layer.ts";

/** Name, namespace and labels of an object that belongs to the platform as a whole. */
export function siteMetadata(site: Site, name: string) {
  return { name, ...placeMetadata(site) };
}

/** Name and labels of a namespace; the API server refuses a pod in it that does not meet the Pod Security Standard. */
export function namespaceMetadata(site: Site, name: string, podSecurity = "restricted") {
  const standard = ["enforce", "warn", "audit"].flatMap((mode) => [
    [`pod-security.kubernetes.io/${mode}`, podSecurity],
    [`pod-security.kubernetes.io/${mode}-version`, "latest"],
  ]);
  return { name, labels: { ...siteMetadata(site, name).labels, ...Object.fromEntries(standard) } };
}

/** Name, namespace and labels of each object of a service; the labels are those that Kubernetes recommends. */
export function serviceMetadata(site: Site, service: Service) {
  const { labels, ...metadata } = steadyMetadata(site, service);
  return { ...metadata, labels: { ...labels, "app.kubernetes.io/version": imageVersion(service.image) } };
}

/**
 * The same without the version, for objects that a controller writes as well: with a version each release would write them anew, with what the
 * controller had written when it was planned.
 */
export function steadyMetadata(site: Site, service: Service) {
  const { namespace, labels } = siteMetadata(site, service.name);
  return { name: service.name, namespace, labels: { ...labels, ...podSelector(site, service.name) } };
}

/** An image's tag, or the begin of its digest, as a label value: at most 63 characters, the last a letter or digit. */
export function imageVersion(image: string): string {
  const [reference = "", digest] = image.split("@sha256:");
  const tag = /:([^:/]+)$/.exec(reference)?.[1] ?? `sha256-${digest?.slice(0, 12)}`;
  return tag.slice(0, 63).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

/**
 * Chooses all pods of a service. Flagger gives those of the release before another name: SERVICE-primary, in the very label that tells
 * services apart.
 */
export function podsOfService(site: Site, service: string) {
  return named(site, service, "primary");
}

/** Chooses all Services of a service; Flagger makes SERVICE-canary for the new release. */
export function addressesOfService(site: Site, service: string) {
  return named(site, service, "canary");
}

function named(site: Site, service: string, other: string) {
  const labels = podSelector(site, service);
  const isFlaggers =
    site.environment.canaries?.controller === "flagger" &&
    site.canaries.some((one) => one.service === service);
  if (!isFlaggers) return { matchLabels: labels };
  const { [NAME]: name = service, ...matchLabels } = labels;
  return {
    matchLabels,
    matchExpressions: [{ key: NAME, operator: "In", values: [name, `${name}-${other}`] }],
  };
}

const NAME = "app.kubernetes.io/name";

/** The ports of a Service, each under the name and number that the container has for it. */
export function portsOf({ ports }: Pick<Service, "ports">) {
  return Object.entries(ports).map(([name, port]) => ({ name, port, targetPort: name, protocol: "TCP" }));
}
