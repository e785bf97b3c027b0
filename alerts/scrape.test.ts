import { expect, test } from "vitest";
import { parse } from "yaml";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { manySignals } from "./fixtures/many-signals.ts";
import { promtool } from "./fixtures/promtool.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { alerts } from "./index.ts";

const artifacts = [...alerts(modelOf([shop], policies)), ...alerts(modelOf([manySignals]))];
const configuration = (path: string) =>
  parse(artifacts.find((one) => one.path.endsWith(path))?.content ?? "");

test("promtool accepts every configuration, and finds the rules beside it", async () => {
  const folder = await temporaryFolder(artifacts);
  for (const { path } of artifacts.filter((one) => one.path.endsWith("prometheus.yaml"))) {
    const { ok, said } = await promtool(["check", "config", "--lint=all", "--lint-fatal", path], folder);
    expect(said).toMatch(/SUCCESS: \d\d? rule files found/);
    expect(ok, said).toBe(true);
  }
});

test("on a cluster the service's pods are found by their labels, and series say whose they are", () => {
  expect(configuration("shop/prod/prometheus.yaml")).toMatchInlineSnapshot(`
    {
      "alerting": {
        "alertmanagers": [
          {
            "scheme": "https",
            "static_configs": [
              {
                "targets": [
                  "alertmanager.shop.example:443",
                ],
              },
            ],
          },
        ],
      },
      "global": {
        "evaluation_interval": "30s",
        "external_labels": {
          "environment": "prod",
        },
        "scrape_interval": "15s",
      },
      "rule_files": [
        "rules/*.yaml",
      ],
      "scrape_configs": [
        {
          "job_name": "shop-api",
          "kubernetes_sd_configs": [
            {
              "namespaces": {
                "names": [
                  "shop-prod",
                ],
              },
              "role": "pod",
              "selectors": [
                {
                  "label": "app.kubernetes.io/name=api,app.kubernetes.io/part-of=shop",
                  "role": "pod",
                },
              ],
            },
          ],
          "metrics_path": "/metrics",
          "relabel_configs": [
            {
              "action": "keep",
              "regex": "http",
              "source_labels": [
                "__meta_kubernetes_pod_container_port_name",
              ],
            },
            {
              "action": "drop",
              "regex": "Succeeded|Failed",
              "source_labels": [
                "__meta_kubernetes_pod_phase",
              ],
            },
            {
              "replacement": "shop",
              "target_label": "platform",
            },
            {
              "replacement": "api",
              "target_label": "service",
            },
            {
              "replacement": "prod",
              "target_label": "environment",
            },
            {
              "source_labels": [
                "__meta_kubernetes_namespace",
              ],
              "target_label": "namespace",
            },
            {
              "source_labels": [
                "__meta_kubernetes_pod_name",
              ],
              "target_label": "pod",
            },
          ],
          "scrape_interval": "5s",
        },
      ],
    }
  `);
});

test("on one machine the service's port is read on the loopback address", () => {
  expect(configuration("shop/local/prometheus.yaml").scrape_configs).toMatchInlineSnapshot(`
    [
      {
        "job_name": "shop-api",
        "metrics_path": "/metrics",
        "scrape_interval": "5s",
        "static_configs": [
          {
            "labels": {
              "environment": "local",
              "namespace": "shop-local",
              "platform": "shop",
              "pod": "api",
              "service": "api",
            },
            "targets": [
              "127.0.0.1:8080",
            ],
          },
        ],
      },
    ]
  `);
});

test("an Alertmanager behind a path is reached there", () => {
  const environments = (shop.parts.find((part) => part.environments)?.environments ?? {}) as NonNullable<
    (typeof shop.parts)[number]["environments"]
  >;
  const { local } = environments;
  if (!local) throw new Error("the shop has no local environment");
  const moved = {
    ...local,
    links: { ...local.links, alertmanager: "https://monitoring.example/alertmanager" },
  };
  const parts = shop.parts.map((part) =>
    part.environments ? { ...part, environments: { ...environments, local: moved } } : part,
  );
  const file = alerts(modelOf([{ ...shop, parts }], policies)).find(({ path }) =>
    path.endsWith("local/prometheus.yaml"),
  );
  expect(parse(file?.content ?? "").alerting.alertmanagers).toEqual([
    {
      scheme: "https",
      path_prefix: "/alertmanager",
      static_configs: [{ targets: ["monitoring.example:443"] }],
    },
  ]);
});

test("Prometheus takes its own way to Alertmanager where the environment has one", () => {
  const model = modelOf([shop], policies);
  const local = model.platforms[0]?.environments.find(({ name }) => name === "local");
  if (local?.monitoring.kind !== "plain") throw new Error("the shop's local environment reads plain files");
  local.monitoring.alertmanager = "http://alertmanager:9093";
  const written = alerts(model).find(({ path }) => path.endsWith("shop/local/prometheus.yaml"));
  expect(parse(written?.content ?? "").alerting.alertmanagers).toEqual([
    { scheme: "http", static_configs: [{ targets: ["alertmanager:9093"] }] },
  ]);
});
