import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1/index.js";
import type { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import type { Site } from "./layer.ts";
import { serviceMetadata } from "./metadata.ts";

/** The ConfigMap that holds the files of one of a service's folders. */
export function filesName(service: Service, index: number): string {
  return `${service.name}-files-${index + 1}`;
}

/** ConfigMaps for the files that the catalog itself writes; those by reference exist already. */
export function addFiles(scope: Construct, service: Service, site: Site): ConfigMapV1[] {
  return Object.values(service.files).flatMap((files, index) =>
    "text" in files
      ? [
          new ConfigMapV1(scope, `files-${index + 1}`, {
            metadata: { ...serviceMetadata(site, service), name: filesName(service, index) },
            data: files.text,
          }),
        ]
      : [],
  );
}
