import { expect, test } from "vitest";
import { alerts as generate } from "../alerts/index.ts";
import type { Artifact } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { alertmanager } from "./alertmanager.ts";
import { changed, runAlone } from "./run-alone.ts";

const model = modelOf([shop], policies);
const good = generate(model).filter((a) => a.path.endsWith("/alertmanager.yaml"));
const prod = "generated/alerts/shop/prod/alertmanager.yaml";
const toCritical = /receiver: .?shop\/critical.?/;
const toHeartbeat = /receiver: .?shop\/heartbeat.?/;

test("the generated configurations tell whom the catalog says", async () => {
  expect(good).toHaveLength(2);
  expect(await runAlone(alertmanager, { model, artifacts: good })).toEqual([]);
});

test.each<[string, { artifacts: Artifact[]; message: string; path?: string }]>([
  [
    "a field that Alertmanager does not know",
    {
      artifacts: changed(good, prod, (text) => text.replace("group_by:", "groupby:")),
      message: "yaml: unmarshal errors: line 4: field groupby not found in type config.plain",
      path: `${prod}:4`,
    },
  ],
  [
    "what is no YAML",
    {
      artifacts: changed(good, prod, (text) => text.replace("route:\n", "route: [\n")),
      message: "yaml: line 3: did not find expected ',' or ']'",
      path: `${prod}:3`,
    },
  ],
  [
    "a route to a receiver that does not exist",
    {
      artifacts: changed(good, prod, (text) => text.replace(toCritical, "receiver: gone")),
      message: 'undefined receiver "gone" used in route',
    },
  ],
  [
    "a critical alert that pages nobody",
    {
      artifacts: changed(good, prod, (text) => text.replace(toCritical, "receiver: shop/warning")),
      message:
        'an alert with {platform="shop", severity="critical"} (and 8 more like it) is told to slack #shop-alerts alertmanager-chat/url; ' +
        "the catalog says pager, chat: pagerduty alertmanager-pager/routing-key, slack #shop-alerts alertmanager-chat/url",
    },
  ],
  [
    "a Watchdog that does not reach the heartbeat",
    {
      artifacts: changed(good, prod, (text) => text.replace(toHeartbeat, "receiver: shop/nobody")),
      message:
        'an alert with {platform="shop", severity="none", alertname="Watchdog"} is told to nobody; ' +
        "the catalog says heartbeat: webhook alertmanager-heartbeat/url",
    },
  ],
  [
    "a Watchdog that goes to another secret's address",
    {
      artifacts: changed(good, prod, (text) => text.replace("alertmanager-heartbeat/url", "other/url")),
      message:
        'an alert with {platform="shop", severity="none", alertname="Watchdog"} is told to webhook other/url; ' +
        "the catalog says heartbeat: webhook alertmanager-heartbeat/url",
    },
  ],
])(
  "%s is found, at the routing that it was generated from",
  async (_, { artifacts, message, path = prod }) => {
    const problems = await runAlone(alertmanager, { model, artifacts });
    expect(problems).toEqual([
      {
        rule: "check/amtool",
        severity: "error",
        message: `amtool: ${message}`,
        path,
        location: { file: "catalog/parts/1/routing.ts", line: 3, column: 5, exact: true },
      },
    ]);
  },
);

test("an alert that a route of its own sends astray is found", async () => {
  const route = `        - matchers: ['alertname="QueueDeep"']\n          receiver: shop/nobody\n`;
  const artifacts = changed(good, prod, (text) =>
    text.replace(/^ +routes:\n(?=\s+- matchers:\n?.*severity)/m, (head) => head + route),
  );
  const [problem] = await runAlone(alertmanager, { model, artifacts });
  expect(problem?.message).toBe(
    'amtool: an alert with {platform="shop", severity="warning", alertname="QueueDeep"} is told to nobody; ' +
      "the catalog says chat: slack #shop-alerts alertmanager-chat/url",
  );
});
