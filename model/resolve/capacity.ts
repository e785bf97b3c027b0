import type { EnvironmentSpec } from "../../catalog/environment.ts";
import { bytesOf, coresOf } from "../../catalog/units.ts";
import type { Environment } from "../model.ts";
import { podsDuringUpdate } from "../pods.ts";
import { at } from "../problems.ts";
import { CHORE_RESOURCES, choresOf } from "../upkeep.ts";
import type { Scope } from "./scope.ts";

const GB = 1e9;
// NX-7: what the sizes give. "Production" is the least of its range (16+, 32+, 100+).
const SIZES: Record<EnvironmentSpec["size"], Environment["capacity"]> = {
  minimum: { cores: 4, memoryBytes: 8 * GB, storageBytes: 20 * GB },
  recommended: { cores: 8, memoryBytes: 16 * GB, storageBytes: 50 * GB },
  production: { cores: 16, memoryBytes: 32 * GB, storageBytes: 100 * GB },
};

// Each part of a capacity: its name in the catalog's quota, and how it is told.
const PARTS = [
  { key: "cpu", of: "cores", what: "cores", unit: 1 },
  { key: "memory", of: "memoryBytes", what: "GB of memory", unit: GB },
  { key: "storage", of: "storageBytes", what: "GB of volumes", unit: GB },
] as const;

/** What the namespace may ask for: its quota, or what its size gives. */
export function capacityOf({ quota, size }: EnvironmentSpec): Environment["capacity"] {
  if (!quota) return SIZES[size];
  return {
    cores: coresOf(quota.cpu),
    memoryBytes: bytesOf(quota.memory),
    storageBytes: bytesOf(quota.storage),
  };
}

/**
 * Everything at its busiest must fit: each service at the most pods that its autoscaler may start, and all services in the
 * middle of an update. The quota would refuse the pods that do not fit just when they are needed.
 */
export function checkCapacity(scope: Scope, environment: Environment, spec: EnvironmentSpec): void {
  const { capacity, origin, size } = environment;
  const need = needOf(environment);
  const isSound = isWhole(scope, environment);
  for (const { key, of, what, unit } of PARTS) {
    const has = shown(capacity[of] / unit);
    const place = spec.quota ? at(origin, "quota", key) : at(origin, "size");
    if (capacity[of] < SIZES[size][of] && scope.problems.isSound(at(origin, "size"))) {
      const message = `a quota of ${has} ${what} is less than size "${size}" is: ${SIZES[size][of] / unit}`;
      scope.problems.add("environment/quota-below-size", place, message, {
        fix: "raise the quota, or choose a smaller size",
      });
    }
    if (need[of] <= capacity[of] || !isSound) continue;
    const whose = spec.quota ? "the quota" : `size "${size}"`;
    const message = `at their most pods and during an update the services ask for ${shown(need[of] / unit)} ${what}, and ${whose} has ${has}`;
    scope.problems.add("environment/does-not-fit", place, message, {
      fix: "give the environment a quota that holds it, or ask for less in its services",
    });
  }
}

/** Whether everything that the need is worked out from is what was written. */
function isWhole({ problems }: Scope, { origin, services, volumes }: Environment): boolean {
  const own = ["size", "quota", "services", "volumes", "monitoring", "canaries"].map((key) =>
    at(origin, key),
  );
  const asked = services.flatMap((s) =>
    ["resources", "scaling", "mounts", "canary"].map((key) => at(s.origin, key)),
  );
  return [...own, ...asked, ...volumes.map((v) => at(v.origin))].every((place) => problems.isSound(place));
}

function needOf(environment: Environment): Environment["capacity"] {
  const { services, volumes, monitoring } = environment;
  const pods = services.map((service) => ({
    count: podsDuringUpdate(service, environment),
    requests: service.resources.requests,
  }));
  // A chore that finds no room starts later, since its Job tries again: room for one is enough.
  const hasChores = services.some((service) => choresOf(service).length > 0);
  if (hasChores) pods.push({ count: 1, requests: CHORE_RESOURCES.requests });
  if (monitoring.kind === "operator" && monitoring.alertmanager.kind === "own") {
    const { replicas, resources } = monitoring.alertmanager;
    pods.push({ count: replicas, requests: resources.requests });
    pods.push({ count: replicas, requests: RELOADER });
  }
  const sum = (of: (requests: (typeof pods)[number]["requests"]) => number) =>
    pods.reduce((all, { count, requests }) => all + count * of(requests), 0);
  return {
    cores: sum(({ cpu }) => coresOf(cpu)),
    memoryBytes: sum(({ memory }) => bytesOf(memory)),
    storageBytes: volumes.reduce((all, { sizeBytes }) => all + sizeBytes, 0),
  };
}

// What the operator gives the container that reloads Alertmanager's configuration (its flags --config-reloader-*-request).
const RELOADER = { cpu: "10m", memory: "50Mi" } as const;

/** Three significant digits: enough to see by how much it does not fit. */
function shown(amount: number): number {
  return Number(amount.toPrecision(3));
}
