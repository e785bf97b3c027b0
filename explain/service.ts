import type { Platform, Service } from "../model/model.ts";
import type { Explained } from "./explanation.ts";

/** A service: where it stands among the others, and what is promised and watched of it. */
export function explainService(service: Service, platform: Platform): Explained {
  return {
    title: service.title,
    meaning: service.description,
    facts: {
      image: service.image,
      ports: Object.entries(service.ports)
        .map(([name, port]) => `${name} ${port}`)
        .join(", "),
      scaling: scalingText(service),
      calls: service.dependsOn.join(", ") || "none",
      "called by": service.callers.join(", ") || "none",
      "metrics job": service.job ?? "none",
    },
    tables: [
      {
        title: "In each environment",
        rows: [
          ["ENVIRONMENT", "PODS", "CPU", "MEMORY", "IMAGE"],
          ...platform.environments.map(inEnvironment),
        ],
      },
    ],
    queries: [],
    told: [],
    pages: [],
    usedBy: [
      ...platform.slos.filter((s) => s.service === service.name).map((s) => `SLO ${s.name}`),
      ...platform.alerts
        .filter((a) => a.source === "catalog" && a.service === service.name)
        .map((a) => `alert ${a.name}`),
      ...platform.loadProfiles
        .filter((p) => p.target.service === service.name)
        .map((p) => `load profile ${p.name}`),
    ],
  };

  function inEnvironment(environment: Platform["environments"][number]): string[] {
    const here = environment.services.find(({ name }) => name === service.name) ?? service;
    const { requests, limits } = here.resources;
    return [
      environment.name,
      scalingText(here),
      limits.cpu ? `${requests.cpu}, at most ${limits.cpu}` : requests.cpu,
      `${requests.memory}, at most ${limits.memory}`,
      here.image,
    ];
  }
}

function scalingText({ scaling }: Service): string {
  return "replicas" in scaling
    ? `${scaling.replicas} ${scaling.replicas === 1 ? "pod" : "pods"}`
    : `${scaling.min} to ${scaling.max} pods, at ${scaling.cpu} of the requested CPU`;
}
