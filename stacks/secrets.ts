import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import { SecretV1 } from "@cdktf/provider-kubernetes/lib/secret-v1/index.js";
import { type ITerraformDependable, TerraformVariable } from "cdktf";
import { secretVariable } from "../model/names.ts";
import type { SecretSource } from "../model/secret-sources.ts";
import type { Layer } from "./layer.ts";
import { siteMetadata } from "./metadata.ts";

/** The Secrets that the deploy brings, by name. All others exist; no value of any of them is in plan or state. */
export function addSecrets(layer: Layer): Map<string, ITerraformDependable> {
  const { secrets } = layer.site.environment;
  return new Map(
    secrets.map((source) => [
      source.name,
      source.kind === "written" ? addWritten(layer, source) : addExternal(layer, source),
    ]),
  );
}

/** Written from an ephemeral variable into a write-only attribute: both are Terraform 1.11's, and neither is ever stored. */
function addWritten(
  layer: Layer,
  { name, keys, revision }: Extract<SecretSource, { kind: "written" }>,
): SecretV1 {
  const variable = secretVariable(name);
  new TerraformVariable(layer, variable, {
    type: "map(string)",
    nullable: false,
    sensitive: true,
    description: `Values of Secret ${name}: a JSON map with the keys ${keys.join(", ")}.`,
  }).addOverride("ephemeral", true);
  layer.requireTerraform("1.11.0");
  return new SecretV1(layer, `written_${name}`, {
    metadata: siteMetadata(layer.site, name),
    dataWo: Object.fromEntries(keys.map((key) => [key, `\${var.${variable}["${key}"]}`])),
    dataWoRevision: revision,
  });
}

/** Fetched by the External Secrets operator; what reads it waits until it is there. */
function addExternal(layer: Layer, source: Extract<SecretSource, { kind: "external" }>): Manifest {
  const { name, store, storeKind, refreshSeconds, keys } = source;
  const found = Object.entries(keys).map(([secretKey, { from, property }]) => ({
    secretKey,
    remoteRef: { key: from, ...(property !== undefined && { property }) },
  }));
  return new Manifest(layer, `external_${name}`, {
    manifest: {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: siteMetadata(layer.site, name),
      spec: {
        refreshInterval: `${refreshSeconds}s`,
        secretStoreRef: { name: store, kind: storeKind },
        // The Secret stays if the store cannot be reached: a running platform is worth more than a fresh key.
        target: { name, creationPolicy: "Owner", deletionPolicy: "Retain" },
        data: found,
      },
    },
    wait: { condition: [{ type: "Ready", status: "True" }] },
    timeouts: { create: "5m", update: "5m" },
  });
}
