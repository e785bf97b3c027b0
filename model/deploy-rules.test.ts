// Mistakes in what is deployed: services, volumes, environments.
import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { problemsOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { shopWith } from "../tests/shop-with.ts";

const { environments, services } = right;
const api = services.api;

// Each mistake, and all that must be said of it.
const mistakes: [string, Partial<PlatformInput["parts"][number]>, string][] = [
  [
    "a probe of a port that is not there",
    {
      services: {
        ...services,
        api: { ...api, probes: { ...api.probes, readiness: { http: "/readyz", port: "htp" } } },
      },
    },
    'service/unknown-port at services.api.probes.readiness.port: service "api" has no port "htp" → did you mean "http"?',
  ],
  [
    "a scaling range upside down",
    { services: { ...services, api: { ...api, scaling: { min: 5, max: 2, cpu: "70%" } } } },
    "service/scaling-range at services.api.scaling.min: min 5 is more than max 2 → swap them",
  ],
  [
    "more than the environment's size has",
    {
      environments: {
        ...environments,
        prod: { ...environments.prod, services: { api: { scaling: { replicas: 64 } } } },
      },
    },
    'environment/does-not-fit at environments.prod.size: at their most pods and during an update the services ask for 16.8 cores, and size "production" has 16 → give the environment a quota that holds it, or ask for less in its services',
  ],
  [
    "an autoscaler whose maximum is more than the environment's quota",
    {
      environments: {
        ...environments,
        prod: {
          ...environments.prod,
          quota: { cpu: "17000m", memory: "64Gi", storage: "100Gi" },
          services: { api: { scaling: { min: 1, max: 66, cpu: "70%" } } },
        },
      },
    },
    "environment/does-not-fit at environments.prod.quota.cpu: at their most pods and during an update the services ask for 17.3 cores, and the quota has 17 → give the environment a quota that holds it, or ask for less in its services",
  ],
  [
    "a volume that an environment makes larger than it can",
    {
      environments: {
        ...environments,
        prod: { ...environments.prod, volumes: { receipts: { size: "100Gi" } } },
      },
    },
    'environment/does-not-fit at environments.prod.size: at their most pods and during an update the services ask for 107 GB of volumes, and size "production" has 100 → give the environment a quota that holds it, or ask for less in its services',
  ],
  [
    "an Alertmanager of the platform's own that does not fit beside the services",
    {
      environments: {
        ...environments,
        prod: {
          ...environments.prod,
          monitoring: {
            kind: "operator",
            labels: {},
            alertmanager: {
              kind: "own",
              replicas: 3,
              resources: { requests: { cpu: "5000m", memory: "64Mi" }, limits: { memory: "64Mi" } },
            },
          },
        },
      },
    },
    'environment/does-not-fit at environments.prod.size: at their most pods and during an update the services ask for 17 cores, and size "production" has 16 → give the environment a quota that holds it, or ask for less in its services',
  ],
  [
    "a quota below what the size means",
    {
      environments: {
        ...environments,
        prod: { ...environments.prod, quota: { cpu: "12000m", memory: "32Gi", storage: "100Gi" } },
      },
    },
    'environment/quota-below-size at environments.prod.quota.cpu: a quota of 12 cores is less than size "production" is: 16 → raise the quota, or choose a smaller size',
  ],
  [
    "a size of a volume that is not there",
    {
      environments: {
        ...environments,
        prod: { ...environments.prod, volumes: { receits: { size: "10Gi" } } as never },
      },
    },
    'reference/unknown-volume at environments.prod.volumes.receits: no volume "receits" in shop; it has "receipts" → did you mean "receipts"?',
  ],
  [
    "a read-only mount of a volume that is not there",
    {
      services: {
        ...services,
        api: { ...api, mounts: { "/receipts": { volume: "receits", readOnly: true } } },
      },
    },
    'reference/unknown-volume at services.api.mounts./receipts.volume: no volume "receits" in shop; it has "receipts" → did you mean "receipts"?',
  ],
  [
    "a volume for one pod that several mount",
    { volumes: { receipts: { ...right.volumes.receipts, access: "single" } } },
    'service/volume-not-shareable at services.api.mounts./receipts: several pods of "api" would mount volume "receipts" in prod, which one may → run one pod, or give the volume access: "shared"',
  ],
  [
    "a former name that another service has",
    { services: { ...services, api: { ...api, formerly: ["store"] } } },
    'reference/former-name-in-use at services.api.formerly[0]: service "api" was formerly "store", and there is a service "store" → name here only what this one was called, and give no other the name while something is deployed under it',
  ],
  [
    "a former name that two services had",
    {
      services: {
        ...services,
        api: { ...api, formerly: ["web", "front"] },
        store: { ...services.store, formerly: ["front"] },
      },
    },
    'reference/former-name-in-use at services.store.formerly[0]: service "store" was formerly "front", and service "api" was called so too → name here only what this one was called, and give no other the name while something is deployed under it',
  ],
  [
    "a volume's own name as its former one",
    { volumes: { receipts: { ...right.volumes.receipts, formerly: ["receipts"] } } },
    'reference/former-name-in-use at volumes.receipts.formerly[0]: volume "receipts" was formerly "receipts", and there is a volume "receipts" → name here only what this one was called, and give no other the name while something is deployed under it',
  ],
  [
    "a service that is renamed, and stands twice meanwhile, where there is no room for that",
    {
      services: { ...services, api: { ...api, formerly: ["front"] } },
      environments: {
        ...environments,
        prod: { ...environments.prod, services: { api: { scaling: { replicas: 40 } } } },
      },
    },
    'environment/does-not-fit at environments.prod.size: at their most pods and during an update the services ask for 20.5 cores, and size "production" has 16 → give the environment a quota that holds it, or ask for less in its services',
  ],
];

test.each(mistakes)("%s is a problem", (_what, parts, said) => {
  expect(problemsOf([shopWith(parts)], right.policies).split("\n")).toContain(said);
});

test("a platform and an environment whose names do not fit into one label are a problem", () => {
  const platform = {
    ...shopWith({ gates: {}, environments: { ["p".repeat(30)]: environments.prod } }),
    name: "s".repeat(30),
  };
  expect(problemsOf([platform], right.policies)).toMatch(
    /environment\/name-too-long at environments.p+: "s+-p+" has 61 characters, and at most 49 fit → shorten it/,
  );
});
