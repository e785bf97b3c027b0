// Argo Rollouts: https://argo-rollouts.readthedocs.io/en/stable/features/specification/
import { Manifest } from "@cdktf/provider-kubernetes/lib/manifest/index.js";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type Canary, type CanaryIndicator, RELEASE_LABEL, WORSE } from "../model/canaries.ts";
import type { Service } from "../model/model.ts";
import { podSelector } from "../model/object-metadata.ts";
import { SURGE } from "../model/pods.ts";
import { templated } from "./canary.ts";
import type { Site } from "./layer.ts";
import { portsOf, serviceMetadata, steadyMetadata } from "./metadata.ts";
import { addRoute, canaryAddress, routingOf } from "./routes.ts";

const API = "argoproj.io/v1alpha1";

interface Entering {
  site: Site;
  canary: Canary;
  after: ITerraformDependable[];
}

/** A Rollout of the service's Deployment, what it asks at each step, and the way of the requests to two releases. */
export function addRollout(scope: Construct, service: Service, { site, canary, after }: Entering): void {
  const analyses = analysesOf(service, site, canary).map(
    (manifest) => new Manifest(scope, manifest.metadata.name, { manifest }),
  );
  const address =
    site.environment.canaries?.router.kind === "replicas" ? [] : addAddress(scope, service, site);
  new Manifest(scope, "rollout", {
    manifest: rolloutOf(service, site, canary),
    // The autoscaler's, or a person's who pauses it.
    computedFields: ["metadata.annotations", "metadata.labels", "spec.replicas", "spec.paused"],
    // Its annotations tell the controller how far it is: they have moved on since the plan when the Deployment changes with it, and are the controller's to mend.
    fieldManager: { forceConflicts: true },
    dependsOn: [...after, ...analyses, ...address],
  });
}

function addAddress(scope: Construct, service: Service, site: Site): ITerraformDependable[] {
  const name = canaryAddress(service);
  const { labels, namespace } = serviceMetadata(site, service);
  const canary = new ServiceV1(scope, "canary-service", {
    metadata: { name, namespace, labels },
    spec: {
      type: "ClusterIP",
      selector: podSelector(site, service.name),
      port: portsOf(service),
    },
    // The controller adds which release it leads to.
    lifecycle: { ignoreChanges: ["spec[0].selector", "metadata[0].annotations"] },
  });
  return [canary, addRoute(scope, service, site)];
}

function rolloutOf(service: Service, site: Site, canary: Canary) {
  const routing = routingOf(service, site);
  return {
    apiVersion: API,
    kind: "Rollout",
    metadata: steadyMetadata(site, service),
    spec: {
      // With a scaling range the number of pods is the autoscaler's.
      ...("replicas" in service.scaling && { replicas: service.scaling.replicas }),
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: 600,
      // A release whose pods do not become ready goes back by itself.
      progressDeadlineAbort: true,
      workloadRef: {
        ...{ apiVersion: "apps/v1", kind: "Deployment", name: service.name },
        // A service that ran without canaries keeps its pods until those of the Rollout are ready.
        scaleDown: "progressively",
      },
      strategy: {
        canary: {
          maxSurge: SURGE,
          maxUnavailable: 0,
          ...(routing && {
            ...{
              stableService: service.name,
              canaryService: canaryAddress(service),
              trafficRouting: routing,
            },
          }),
          steps: canary.steps.flatMap((weight) => stepsOf(service, canary, weight)),
        },
      },
    },
  };
}

/** A share, a pause until its first requests are counted, and what is asked of it. With all requests there is nothing left to compare with. */
function stepsOf(service: Service, canary: Canary, weight: number): object[] {
  const asked = weight < 100 ? [levelsName(service), comparisonName(service)] : [levelsName(service)];
  const args = [{ name: "canary", valueFrom: { podTemplateHashValue: "Latest" } }];
  const stable = { name: "stable", valueFrom: { podTemplateHashValue: "Stable" } };
  return [
    { setWeight: weight },
    { pause: { duration: seconds(canary.everySeconds) } },
    {
      analysis: {
        templates: asked.map((templateName) => ({ templateName })),
        args: weight < 100 ? [...args, stable] : args,
      },
    },
  ];
}

const levelsName = ({ name }: Service) => `${name}-canary-slos`;
const comparisonName = ({ name }: Service) => `${name}-canary-against-stable`;

/** The AnalysisTemplates: whether the new release keeps the SLOs, and whether it is worse than the one before. */
function analysesOf(service: Service, site: Site, canary: Canary) {
  const { labels, namespace } = serviceMetadata(site, service);
  const template = (name: string, args: string[], metrics: object[]) => ({
    ...{ apiVersion: API, kind: "AnalysisTemplate", metadata: { name, namespace, labels } },
    spec: { args: args.map((arg) => ({ name: arg })), metrics },
  });
  const levels = canary.indicators.flatMap((one) => [early(one, canary), level(one, canary)]);
  const compared = canary.indicators.map((one) => comparison(one, canary));
  return [
    template(levelsName(service), ["canary"], levels),
    template(comparisonName(service), ["canary", "stable"], compared),
  ];
}

const CANARY = `${RELEASE_LABEL}="{{args.canary}}"`;
const STABLE = `${RELEASE_LABEL}="{{args.stable}}"`;

/** While a step is watched: a release that fails goes back at once. Too few events say nothing yet. */
function early({ slo, fails, errorRatio }: CanaryIndicator, canary: Canary) {
  return {
    name: `${slo}-early`,
    ...asked(canary, templated(errorRatio, CANARY)),
    interval: seconds(canary.everySeconds),
    count: Math.floor(canary.observeSeconds / canary.everySeconds),
    failureCondition: `len(result) > 0 && result[0] > ${fails}`,
    failureLimit: 0,
  };
}

/** At the end of a step. Without an answer, or between the two limits, it is inconclusive: the rollout waits for a person. */
function level({ slo, passes, fails, errorRatio }: CanaryIndicator, canary: Canary) {
  return {
    name: slo,
    ...asked(canary, templated(errorRatio, CANARY)),
    ...once(canary),
    successCondition: `len(result) > 0 && result[0] <= ${passes}`,
    failureCondition: `len(result) > 0 && result[0] > ${fails}`,
  };
}

function comparison({ slo, worseBy }: CanaryIndicator, canary: Canary) {
  return {
    name: `${slo}-against-stable`,
    ...asked(canary, templated(worseBy, CANARY, STABLE)),
    ...once(canary),
    successCondition: `len(result) > 0 && result[0] <= ${WORSE}`,
    failureCondition: `len(result) > 0 && result[0] > ${WORSE}`,
  };
}

function once({ observeSeconds }: Canary) {
  return { initialDelay: seconds(observeSeconds), count: 1, failureLimit: 0, inconclusiveLimit: 0 };
}

function asked({ prometheus: address }: Canary, query: string) {
  return { provider: { prometheus: { address, query } } };
}

/** Seconds as Go writes a duration, and Kubernetes takes one of them. */
function seconds(count: number): string {
  return `${count}s`;
}
