// Mistakes in canaries, and what is asked of a release (WV-19).
import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf, problemsOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { shopWith } from "../tests/shop-with.ts";
import { canariesOf } from "./canaries.ts";
import { inspectPromql } from "./promql/inspect.ts";

const { environments, services, slos, volumes } = right;
type Part = PlatformInput["parts"][number];
type Canaries = NonNullable<NonNullable<Part["environments"]>[string]["canaries"]>;

const istio: Canaries = { controller: "argo-rollouts", router: { kind: "istio" } };
const with_ = (canaries: Canaries, more: Partial<Part> = {}): Partial<Part> => ({
  services: { ...services, api: { ...services.api, canary: {} } },
  environments: { ...environments, prod: { ...environments.prod, canaries } },
  ...more,
});
const withApi = (api: object) => ({
  services: { ...services, api: { ...services.api, canary: {}, ...api } },
});

const mistakes: [string, Partial<Part>, string][] = [
  [
    "a share that is less than a pod, without a router",
    with_({ controller: "argo-rollouts", router: { kind: "replicas" } }),
    'canary/share-needs-router at environments.prod.canaries.router: 1% of the requests of "api" takes 100 pods in prod, which has no router, and there are 2 → name a router ("istio" or "gateway-api"), or begin with a step of 50% or more',
  ],
  [
    "Flagger without a router",
    with_({ controller: "flagger", router: { kind: "replicas" }, steps: ["50%", "100%"] }),
    'canary/flagger-needs-router at environments.prod.canaries.router: prod has no router, and Flagger divides requests by one only → name a router, or let Argo Rollouts do it (controller: "argo-rollouts")',
  ],
  [
    "a volume of one pod",
    with_(istio, {
      volumes: { receipts: { ...volumes.receipts, access: "single" } },
      ...withApi({ scaling: { replicas: 1 } }),
    }),
    'canary/volume-not-shareable at services.api.canary: two releases of "api" would run beside each other, and its volume attaches to one pod → take canary out, or give the volume access: "shared"',
  ],
  [
    "no SLO of events",
    with_(istio, { services: { ...services, store: { ...services.store, canary: {} } } }),
    'canary/nothing-to-judge at services.store.canary: no SLO of "store" counts events of its own metrics: nothing could tell a good release from a bad one → give it an SLO of bad or good events or of latency, or take canary out',
  ],
  [
    "both releases at full size in a quota that holds one",
    with_(istio, withApi({ scaling: { min: 2, max: 40, cpu: "70%" } })),
    'environment/does-not-fit at environments.prod.size: at their most pods and during an update the services ask for 20.5 cores, and size "production" has 16 → give the environment a quota that holds it, or ask for less in its services',
  ],
  [
    "steps that do not rise",
    with_({ ...istio, steps: ["10%", "10%", "100%"] }),
    "schema/wrong-value at environments.prod.canaries.steps: steps is a list; it must rise: each step is more than the one before → write [ … ]",
  ],
  [
    "steps that do not end at all requests",
    with_({ ...istio, steps: ["10%"] }),
    "schema/wrong-value at environments.prod.canaries.steps: steps is a list; it must end with 100% → write [ … ]",
  ],
  [
    "a step that is looked at once only",
    with_({ ...istio, observe: "1m", every: "1m" }),
    "canary/watched-too-short at environments.prod.canaries: each step is watched for 1m and looked at each 1m: less than twice, or more often than once a second → let observe be at least twice as long as every, and every at least a second",
  ],
];
test.each(mistakes)("%s is a problem with its place", (_what, changed, said) => {
  expect(problemsOf([shopWith(changed)], right.policies)).toBe(said);
});

test("without a router a share that the pods can have is no problem", () => {
  const replicas = with_({
    controller: "argo-rollouts",
    router: { kind: "replicas" },
    steps: ["50%", "100%"],
  });
  expect(problemsOf([shopWith(replicas)], right.policies)).toBe("");
});

function judged(changed: Partial<Part>, policies: object = right.policies) {
  const { platforms } = modelOf([shopWith(changed)], policies as typeof right.policies);
  const [platform] = platforms;
  const prod = platform?.environments.find(({ name }) => name === "prod");
  if (!platform || !prod) throw new Error("no shop");
  return canariesOf(platform, prod);
}

test("WV-19: the limits are those of the gate; without one, the SLO's budget and the ratio at which it pages", () => {
  const [api, ...others] = judged(with_(istio));
  expect(others).toEqual([]);
  expect(api).toMatchObject({
    service: "api",
    steps: [1, 10, 50, 100],
    observeSeconds: 600,
    everySeconds: 60,
  });
  expect(api?.indicators.map(({ slo, passes, fails }) => [slo, passes, fails])).toEqual([
    // Of 4 weeks 5 % is paged for at 5.6 times the budget: 28 %.
    ["order-latency", 0.05, 0.28],
    ["order-success", 0.001, 0.005],
  ]);
});

test("a query counts one release alone, and answers nothing below the most events that anything asks for", () => {
  const [api] = judged(with_(istio));
  const release = 'pod="a"';
  for (const { slo, errorRatio, worseBy } of api?.indicators ?? []) {
    for (const query of [errorRatio(release), worseBy(release, 'pod="b"')]) {
      const { errors, selectors } = inspectPromql(query);
      expect(errors).toEqual([]);
      for (const { matchers } of selectors)
        expect(matchers.filter(({ label }) => label === "pod").map(({ value }) => value)).toHaveLength(1);
      // The SLO's own 50 are fewer than the service's 100.
      expect(query, slo).toContain(" >= 100)");
    }
  }
  expect(slos["order-success"].minimumEvents).toBe(50);
});
