import { expect, test } from "vitest";
import { bytesOf, coresOf } from "../catalog/units.ts";
import type { Environment, Platform, Service } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { rootFolder } from "./structure/source-files.ts";

const { model } = await loadProject(rootFolder);
const nexus = model.platforms.find(({ name }) => name === "nexus") as Platform;
const engines = ["multi-agent-coordinator", "adaptive-learning-engine", "production-optimizer"];
const serviceOf = (name: string, of: readonly Service[] = nexus.services) =>
  of.find((service) => service.name === name) as Service;
const valuesOf = (metric: string, label: string) =>
  nexus.metrics.find(({ name }) => name === metric)?.labels[label];

test.each([
  ["multi-agent-coordinator", 8070],
  ["adaptive-learning-engine", 8071],
  ["production-optimizer", 8072],
])("%s listens on %i, and scales by its own load (NX-1)", (name, port) => {
  expect(serviceOf(name).ports.http).toBe(port);
  expect(serviceOf(name).scaling).toMatchObject({ cpu: "70%" });
});

test.each([
  ["coordinator-availability", 0.999],
  ["learning-availability", 0.999],
  ["optimizer-availability", 0.999],
  ["task-completion", 0.95],
  ["learning-accuracy", 0.8],
])("the objective of %s is %d (NX-2)", (name, objective) => {
  expect(nexus.slos.find((slo) => slo.name === name)?.objective).toBe(objective);
});

test.each([
  ["coordinator-response", 0.1],
  ["learning-response", 0.5],
  ["optimizer-response", 0.2],
  ["end-to-end-response", 2],
  ["coordination-cycle", 1],
])("%s: nineteen of twenty within %d s (NX-2)", (name, thresholdSeconds) => {
  const slo = nexus.slos.find((s) => s.name === name);
  expect(slo).toMatchObject({ objective: 0.95, sli: { kind: "latency", thresholdSeconds } });
});

test.each([
  ["decision-confidence", 0.8],
  ["performance-improvement", 0.25],
])("%s: a minute is good from %d on, and nineteen of twenty must be (NX-2)", (name, value) => {
  const slo = nexus.slos.find((s) => s.name === name);
  expect(slo).toMatchObject({ objective: 0.95, sli: { kind: "gauge", is: ">=", value } });
});

// Name, operations a second, and what was observed at them: decimal bytes, and the share of a core.
test.each([
  ["multi-agent-coordinator", 1000, 512e6, 0.25],
  ["adaptive-learning-engine", 500, 1e9, 0.5],
  ["production-optimizer", 800, 512e6, 0.3],
])(
  "%s is tried at %i operations a second, and asks for what they take (NX-3)",
  (name, rate, bytes, cores) => {
    const profile = nexus.loadProfiles.find(
      ({ target, meets }) => target.service === name && meets.includes("NX-3"),
    );
    expect(profile?.arrivals).toMatchObject({ kind: "constant", perSecond: rate });
    for (const environment of nexus.environments.filter(({ target }) => target !== "edge")) {
      const { requests, limits } = serviceOf(name, environment.services).resources;
      expect(coresOf(requests.cpu), environment.name).toBe(cores);
      expect(bytesOf(requests.memory), environment.name).toBeGreaterThanOrEqual(bytes);
      expect(bytesOf(limits.memory), environment.name).toBeGreaterThan(bytesOf(requests.memory));
    }
  },
);

test("no instance may be given more than 64 GB of memory in any environment (NX-4)", () => {
  for (const { services } of nexus.environments)
    for (const name of engines)
      expect(bytesOf(serviceOf(name, services).resources.limits.memory)).toBeLessThanOrEqual(64e9);
});

test.each([
  ["agent types", "nexus_agents_registered", "agent_type", 8],
  ["conflict-resolution strategies", "nexus_conflicts_total", "strategy", 5],
  ["optimisation types", "nexus_optimizations_total", "optimization", 8],
  ["reliability enhancements", "nexus_reliability_enhancements_total", "enhancement", 7],
  ["integration scenarios", "nexus_scenario_runs_total", "scenario", 10],
])("there are as many %s as required (NX-5, NX-10)", (_what, metric, label, count) => {
  expect(new Set(valuesOf(metric, label) as string[]).size).toBe(count);
});

test("all four topologies are there, and production runs on three of them in two sizes (NX-6)", () => {
  expect(new Set(nexus.environments.map(({ target }) => target))).toEqual(
    new Set(["local", "kubernetes", "hybrid", "edge"]),
  );
  const prod = nexus.environments.filter(({ stage }) => stage === "prod");
  expect(new Set(prod.map(({ target }) => target))).toEqual(new Set(["kubernetes", "hybrid", "edge"]));
  expect(new Set(prod.map(({ size }) => size))).toEqual(new Set(["minimum", "production"]));
  const clusters = prod.filter(({ target }) => target === "hybrid").map(({ context }) => context);
  expect(new Set(clusters).size).toBe(2);
});

// While a service with several pods is rolled out, it has one more.
const atMost = ({ scaling }: Service) => ("max" in scaling ? scaling.max + 1 : scaling.replicas);
const total = ({ services }: Environment, of: (service: Service) => number) =>
  services.reduce((sum, service) => sum + atMost(service) * of(service), 0);

test.each(nexus.environments)(
  "$name holds all pods at the autoscalers' maxima, and those of a rollout (NX-7)",
  (environment) => {
    const { cores, memoryBytes } = environment.capacity;
    expect(total(environment, ({ resources }) => coresOf(resources.requests.cpu))).toBeLessThanOrEqual(cores);
    expect(total(environment, ({ resources }) => bytesOf(resources.requests.memory))).toBeLessThanOrEqual(
      memoryBytes,
    );
  },
);

test("every service has a metrics port of its own, so that all run on one machine (NX-6)", () => {
  const ports = nexus.services.flatMap(({ metrics, ports }) => (metrics ? [ports[metrics.port]] : []));
  expect(new Set(ports).size).toBe(ports.length);
});
