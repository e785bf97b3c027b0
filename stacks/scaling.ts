import { HorizontalPodAutoscalerV2 } from "@cdktf/provider-kubernetes/lib/horizontal-pod-autoscaler-v2/index.js";
import { PodDisruptionBudgetV1 } from "@cdktf/provider-kubernetes/lib/pod-disruption-budget-v1/index.js";
import type { Construct } from "constructs";
import { ratioOf } from "../catalog/units.ts";
import type { Service } from "../model/model.ts";
import { isByRollout } from "./canary.ts";
import type { Site } from "./layer.ts";
import { podsOfService, serviceMetadata } from "./metadata.ts";

/** Lets a service with a scaling range follow its load: more pods when they use more than the wanted share of requested CPU. */
export function addAutoscaler(scope: Construct, service: Service, site: Site): void {
  const { scaling } = service;
  if (!("min" in scaling)) return;
  new HorizontalPodAutoscalerV2(scope, "autoscaler", {
    metadata: serviceMetadata(site, service),
    spec: {
      scaleTargetRef: { ...scaled(service, site), name: service.name },
      minReplicas: scaling.min,
      maxReplicas: scaling.max,
      metric: [
        {
          type: "Resource",
          resource: {
            name: "cpu",
            target: { type: "Utilization", averageUtilization: Math.round(ratioOf(scaling.cpu) * 100) },
          },
        },
      ],
    },
  });
}

function scaled(service: Service, site: Site) {
  return isByRollout(service, site)
    ? { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" }
    : { apiVersion: "apps/v1", kind: "Deployment" };
}

/** Keeps a drain of nodes from taking more than one pod at a time. With a single pod it would block every drain: none then. */
export function addDisruptionBudget(scope: Construct, service: Service, site: Site): void {
  const { scaling } = service;
  if (("min" in scaling ? scaling.min : scaling.replicas) < 2) return;
  new PodDisruptionBudgetV1(scope, "disruption-budget", {
    metadata: serviceMetadata(site, service),
    spec: { maxUnavailable: "1", selector: podsOfService(site, service.name) },
  });
}
