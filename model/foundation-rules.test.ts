// Mistakes in what the foundation brings: Helm releases, and Secrets.
import { nats, postgresql } from "fairlead/packs/helm-releases";
import { expect, test } from "vitest";
import { problemsOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { shopWith } from "../tests/shop-with.ts";

const { environments, services } = right;
const inProd = (more: object) => ({ environments: { prod: { ...environments.prod, ...more } } as never });
const release = (more: object = {}) => ({
  ...{
    title: "Queue",
    repository: "https://charts.example",
    chart: "queue",
    version: "1.0.0",
    namespace: "queue",
  },
  ...more,
});
const key = { "api-key": { from: "shop/payment" } };

// Each mistake, and all that must be said of it.
const mistakes: [string, object, string][] = [
  [
    "a release in the platform's own namespace",
    { helmReleases: nats({ namespace: "shop-prod" }) },
    'helm/own-namespace at environments.prod.helmReleases.nats.namespace: "nats" would stand in the platform\'s own namespace, which lets nothing through and takes only restricted pods → give it a namespace of its own, such as "nats"',
  ],
  [
    "a release that waits for none that is there",
    { helmReleases: postgresql({ namespace: "data", after: ["cloudnative-pg"] }) },
    'reference/unknown-helm-release at environments.prod.helmReleases.postgresql.after[0]: no Helm release "cloudnative-pg" in shop; it has "postgresql" → name one of them, or add "cloudnative-pg"',
  ],
  [
    "releases that wait for each other",
    { helmReleases: { one: release({ after: ["two"] }), two: release({ after: ["one"] }) } },
    'helm/cyclic at environments.prod.helmReleases.one.after: "one" waits for itself, at once or by what it waits for: two → take out one direction',
  ],
  [
    "kinds that the environment brings already",
    {
      monitoring: { kind: "operator", labels: {}, installCrds: true },
      helmReleases: { stack: release({ kinds: ["monitoring.coreos.com"] }) },
    },
    'helm/kinds-twice at environments.prod.helmReleases.stack.kinds[0]: monitoring.installCrds and "stack" both bring the kinds of monitoring.coreos.com, and a cluster has each once → leave one of the two out',
  ],
  [
    "a caller that is no service",
    { helmReleases: { queue: release({ callers: ["apo"] }) } },
    'reference/unknown-service at environments.prod.helmReleases.queue.callers[0]: no service "apo" in shop; it has "api", "store" → did you mean "api"?',
  ],
  [
    "a Secret that nobody reads",
    { secrets: { paymnet: { kind: "written" } } },
    'reference/unknown-secret at environments.prod.secrets.paymnet: no Secret "paymnet" in shop; it has',
  ],
  [
    "a key that is read and not fetched",
    { secrets: { payment: { kind: "external", store: "vault", keys: { other: key["api-key"] } } } },
    'secret/key-missing at environments.prod.secrets.payment.keys: "api-key" of "payment" is read, and nothing says where it is in the store → add it under keys: "api-key": { from: "…" }',
  ],
];

test.each(mistakes)("%s is a problem (issue 8, part 2)", (_what, more, said) => {
  const lines = problemsOf([shopWith(inProd(more))], right.policies).split("\n");
  expect(
    lines.filter((line) => line.startsWith(said)),
    lines.join("\n"),
  ).toHaveLength(1);
});

test("a Secret that is mounted, and of which nothing says the keys, is a problem where it is written", () => {
  const files = { "/tls": { secret: "api-tls" } };
  const mounted = { services: { ...services, api: { ...services.api, files } } };
  const parts = (source: object) => ({ ...mounted, ...inProd({ secrets: { "api-tls": source } }) });
  const said = (source: object) => problemsOf([shopWith(parts(source))], right.policies);
  expect(said({ kind: "written" })).toContain("secret/no-keys at environments.prod.secrets.api-tls");
  expect(said({ kind: "written", keys: ["tls.key"] })).toBe("");
});

test("a version that is a range, and a value that no YAML can hold, are refused with their place", () => {
  const said = (more: object) =>
    problemsOf([shopWith(inProd({ helmReleases: { queue: release(more) } }))], right.policies);
  expect(said({ version: ">=1.0.0" })).toContain("helmReleases.queue.version");
  expect(said({ values: { list: [{ made: () => 1 }] } })).toContain(
    "helmReleases.queue.values.list: list is a list; it must be text, a number, true, false, null, a list or a map at 0.made",
  );
});
