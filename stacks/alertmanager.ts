import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1/index.js";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1/index.js";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1/index.js";
import type { Artifact, Environment, ReceiverSpec } from "../model/model.ts";
import { secretOf } from "../model/secret-sources.ts";
import type { Layer, Site } from "./layer.ts";
import { siteMetadata } from "./metadata.ts";
import { releaseOf } from "./release.ts";
import { textOf, yamlOf } from "./terraform-text.ts";

type Operator = Extract<Environment["monitoring"], { kind: "operator" }>;
type Own = Extract<Operator["alertmanager"], { kind: "own" }>;

/** Adds the routes to the cluster's Alertmanager, which finds them by label. Secrets of receivers are those of this namespace. */
export function addAlertmanagerConfig(layer: Layer, spec: Artifact, labels: Record<string, string>): void {
  const metadata = siteMetadata(layer.site, layer.site.platform);
  new Manifest(layer, "alertmanager-config", {
    manifest: {
      apiVersion: "monitoring.coreos.com/v1alpha1",
      kind: "AlertmanagerConfig",
      metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
      spec: yamlOf(layer.addFile(spec)),
    },
  });
}

/** An Alertmanager of the platform's own, and the ways into and out of it. */
export function addOwnAlertmanager(layer: Layer, configuration: Artifact, alertmanager: Own): void {
  const { site } = layer;
  // The operator reads the configuration from a Secret only. There is no secret in it: it names files that Alertmanager mounts.
  const secret = new SecretV1(layer, "alertmanager-config", {
    metadata: siteMetadata(site, CONFIG_SECRET),
    data: { "alertmanager.yaml": textOf(layer.addFile(configuration)) },
  });
  const policy = addPolicy(layer);
  new Manifest(layer, "alertmanager", {
    manifest: alertmanagerOf(site, alertmanager, releaseOf(layer, site)),
    dependsOn: [secret, policy],
  });
  if (alertmanager.replicas < 2) return;
  new PodDisruptionBudgetV1(layer, "alertmanager-budget", {
    metadata: siteMetadata(site, OPERATED),
    spec: { maxUnavailable: "1", selector: { matchLabels: podLabels(site) } },
  });
}

const CONFIG_SECRET = "alertmanager-config";
// As the operator calls its Service of it; a platform may have a service called alertmanager.
const OPERATED = "alertmanager-operated";

/** The operator's resource. Its pods meet the Pod Security Standard "restricted", to which the namespace holds them. */
export function alertmanagerOf(site: Site, { replicas, resources }: Own, podMetadata: object = {}) {
  const matchLabels = podLabels(site);
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Alertmanager",
    metadata: siteMetadata(site, site.platform),
    spec: {
      replicas,
      configSecret: CONFIG_SECRET,
      secrets: [...new Set(site.receivers.flatMap((one) => secretOf(one)?.secret ?? []))].sort(),
      externalUrl: site.environment.links.alertmanager,
      resources,
      // Users as in the image; the operator itself takes privileges and capabilities from each container.
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 2000,
        fsGroup: 2000,
        seccompProfile: { type: "RuntimeDefault" },
      },
      automountServiceAccountToken: false,
      ...(Object.keys(podMetadata).length > 0 && { podMetadata }),
      topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
        (topologyKey) => ({
          topologyKey,
          maxSkew: 1,
          whenUnsatisfiable: "ScheduleAnyway",
          labelSelector: { matchLabels },
        }),
      ),
    },
  };
}

/** Labels that the operator gives an Alertmanager's pods. */
function podLabels({ platform }: Site) {
  return { "app.kubernetes.io/instance": platform, "app.kubernetes.io/name": "alertmanager" };
}

/** Prometheus may send alerts, the replicas may tell each other what was sent, and they may reach the receivers. */
function addPolicy(layer: Layer): NetworkPolicyV1 {
  const { site } = layer;
  const peers = [{ podSelector: { matchLabels: podLabels(site) } }];
  const gossip = ["TCP", "UDP"].map((protocol) => ({ port: "9094", protocol }));
  const prometheus = { "kubernetes.io/metadata.name": site.environment.monitoring.namespace };
  const receivers = [...new Set(site.receivers.map(portOf))].sort((a, b) => a - b);
  return new NetworkPolicyV1(layer, "alertmanager-policy", {
    metadata: siteMetadata(site, OPERATED),
    spec: {
      podSelector: { matchLabels: podLabels(site) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        {
          from: [{ namespaceSelector: { matchLabels: prometheus } }],
          ports: [{ port: "9093", protocol: "TCP" }],
        },
        { from: peers, ports: gossip },
      ],
      egress: [
        { to: peers, ports: gossip },
        // Receivers are names, whose addresses change.
        { ports: receivers.map((port) => ({ port: String(port), protocol: "TCP" })) },
      ],
    },
  });
}

/** The port that a receiver listens on; an address that is secret is taken to be HTTPS at its usual port. */
function portOf(receiver: ReceiverSpec): number {
  if (receiver.kind !== "webhook") return 443;
  const { port, protocol } = new URL(receiver.url);
  return Number(port) || (protocol === "http:" ? 80 : 443);
}
