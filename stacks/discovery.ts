import { RoleBindingV1 } from "@cdktf/provider-kubernetes/lib/role-binding-v1/index.js";
import { RoleV1 } from "@cdktf/provider-kubernetes/lib/role-v1/index.js";
import type { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import type { Site } from "./layer.ts";
import { serviceMetadata } from "./metadata.ts";

/** Lets a service that scrapes see which pods the namespace has, and nothing else. */
export function addDiscovery(scope: Construct, service: Service, site: Site): RoleBindingV1[] {
  if (!service.scrapes) return [];
  const metadata = serviceMetadata(site, service);
  const role = new RoleV1(scope, "role", {
    metadata,
    rule: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
  });
  const { name, namespace } = metadata;
  const binding = new RoleBindingV1(scope, "role-binding", {
    metadata,
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subject: [{ kind: "ServiceAccount", name, namespace }],
    dependsOn: [role],
  });
  return [binding];
}
